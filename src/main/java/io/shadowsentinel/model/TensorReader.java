package io.shadowsentinel.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tensors of one request into arrays of their types, value by value from JSON, nested or
 * flat, or from bytes.
 */
final class TensorReader {

  /** An object, its array and the reference to it. */
  private static final int TEXT_BYTES = 64;

  private final RequestDocument document;
  private final LongPredicate room;

  /** The sizes that this request has given to named free dimensions so far. */
  private final Map<String, Long> freeSizes = new HashMap<>();

  TensorReader(RequestDocument document, LongPredicate room) {
    this.document = document;
    this.room = room;
  }

  /**
   * Reads one.
   *
   * @param binary its data, little-endian; null when it is in the JSON
   * @throws InvalidRequestException when the tensor is not what {@code spec} asks for
   */
  Tensor read(TensorSpec spec, TensorHead head, @Nullable ByteBuffer binary) {
    checkDatatype(spec, head.members().get("datatype"));
    List<Long> shape = shape(spec, head.members().get("shape"), freeSizes);
    if (binary == null && head.dataAt() < 0) {
      throw fault(spec, "data", head.hasData() ? "no array" : "missing (expected an array)");
    }
    // The data is there already, so its own length bounds what is allocated for it.
    long expected = elements(spec, shape);
    if (binary == null && head.values() != expected) {
      throw fault(
          spec,
          "data",
          head.values() + " values (expected " + expected + " for shape " + shape + ")");
    }
    long most = binary == null ? expected : Math.min(expected, binary.remaining());
    if (!room.test(most * held(spec.datatype()))) {
      throw new NoRoomException();
    }
    Object values =
        binary == null
            ? new JsonData(spec, shape, document).read(head.dataAt(), (int) expected)
            : BinaryData.read(spec, expected, binary);
    return new Tensor(spec.name(), spec.datatype(), shape, values, null);
  }

  /** How many bytes of memory a value takes here, about. */
  private static int held(DataType datatype) {
    return datatype == DataType.BYTES ? TEXT_BYTES : datatype.width();
  }

  private static void checkDatatype(TensorSpec spec, @Nullable JsonNode datatype) {
    if (datatype == null || !spec.datatype().name().equals(datatype.textValue())) {
      String given = datatype == null ? "missing" : OneLine.value(datatype);
      throw fault(spec, "datatype", given + " (expected \"" + spec.datatype() + "\")");
    }
  }

  private static List<Long> shape(
      TensorSpec spec, @Nullable JsonNode sizes, Map<String, Long> freeSizes) {
    List<Long> shape = new ArrayList<>();
    if (sizes == null || !sizes.isArray()) {
      throw fault(spec, "shape", "missing (expected an array of sizes)");
    }
    for (JsonNode size : sizes) {
      if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
        throw fault(spec, "shape", OneLine.value(sizes) + " (expected sizes, integers from 0 on)");
      }
      shape.add(size.longValue());
    }
    // Without a declared rank the session alone can tell what fits.
    String expected = spec.shape().isEmpty() ? null : misfit(spec, shape, freeSizes);
    if (expected != null) {
      throw fault(spec, "shape", OneLine.value(shape) + " (expected " + expected + ")");
    }
    return shape;
  }

  /** What was expected instead; null when the shape fits. */
  private static @Nullable String misfit(
      TensorSpec spec, List<Long> shape, Map<String, Long> freeSizes) {
    if (shape.size() != spec.shape().size()) {
      return spec.shape().toString();
    }
    for (int i = 0; i < shape.size(); i++) {
      long declared = spec.shape().get(i);
      if (declared >= 0 && declared != shape.get(i)) {
        return spec.shape().toString();
      }
      String name = spec.dimensionNames().get(i);
      if (declared < 0 && !name.isEmpty()) {
        Long before = freeSizes.putIfAbsent(name, shape.get(i));
        if (before != null && !before.equals(shape.get(i))) {
          return spec.shape() + ", with " + before + " for every '" + name + "'";
        }
      }
    }
    return null;
  }

  private static long elements(TensorSpec spec, List<Long> shape) {
    try {
      return shape.contains(0L) ? 0 : shape.stream().reduce(1L, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw fault(spec, "shape", shape + " (expected no more values than are in data)");
    }
  }

  static InvalidRequestException fault(TensorSpec spec, String place, String what) {
    return new InvalidRequestException("input '" + spec.name() + "' " + place + ": " + what);
  }
}
