package io.shadowsentinel.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one tensor of a request, nested or flat, value by value into an array of its type. */
final class TensorReader {

  private final TensorSpec spec;
  private final List<Long> shape;
  private final TensorBuilder values;

  private TensorReader(TensorSpec spec, List<Long> shape, int size) {
    this.spec = spec;
    this.shape = shape;
    this.values = new TensorBuilder(spec.datatype(), size);
  }

  /**
   * @param freeSizes the sizes that this request has given to named free dimensions so far; added
   *     to
   * @throws InvalidRequestException when the tensor is not what {@code spec} asks for
   */
  static Tensor read(TensorSpec spec, JsonNode tensor, Map<String, Long> freeSizes) {
    checkDatatype(spec, tensor.get("datatype"));
    List<Long> shape = shape(spec, tensor.get("shape"), freeSizes);
    JsonNode data = tensor.get("data");
    if (data == null || !data.isArray()) {
      throw fault(spec, "data", "missing (expected an array; binary data is not supported)");
    }
    // The data is there already, so its own length bounds what is allocated for it.
    long leaves = leaves(data);
    long expected = elements(spec, shape);
    if (leaves != expected) {
      throw fault(
          spec, "data", leaves + " values (expected " + expected + " for shape " + shape + ")");
    }
    TensorReader reader = new TensorReader(spec, shape, Math.toIntExact(leaves));
    if (!data.isEmpty() && data.get(0).isArray()) {
      reader.nested(data, 0);
    } else {
      data.forEach(reader::value);
    }
    return new Tensor(spec.name(), spec.datatype(), shape, reader.values.array(), null);
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
      if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 1) {
        throw fault(
            spec, "shape", OneLine.value(sizes) + " (expected sizes that are integers over 0)");
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
      return shape.stream().reduce(1L, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw fault(spec, "shape", shape + " (expected no more values than are in data)");
    }
  }

  private static long leaves(JsonNode node) {
    if (!node.isArray()) {
      return 1;
    }
    long leaves = 0;
    for (JsonNode child : node) {
      leaves += leaves(child);
    }
    return leaves;
  }

  private void nested(JsonNode node, int depth) {
    if (depth == shape.size()) {
      value(node);
      return;
    }
    if (!node.isArray() || node.size() != shape.get(depth)) {
      throw fault(
          spec, "data", "not nested as shape " + shape + " says, at value " + values.size());
    }
    for (JsonNode child : node) {
      nested(child, depth + 1);
    }
  }

  private void value(JsonNode value) {
    if (!values.add(value)) {
      throw fault(
          spec,
          "data[" + values.size() + "]",
          OneLine.value(value) + " (expected " + values.expectation() + ")");
    }
  }

  private static InvalidRequestException fault(TensorSpec spec, String place, String what) {
    return new InvalidRequestException("input '" + spec.name() + "' " + place + ": " + what);
  }
}
