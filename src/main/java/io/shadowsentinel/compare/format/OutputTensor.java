package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One output of an Open Inference answer, or another array with a shape.
 *
 * @param path where the output stands
 * @param shape the dimensions, rows first; none for a scalar
 * @param data the data as it came, flat or nested
 * @param flat the same, row by row
 * @param dataPath where the data stands
 */
@SuppressWarnings("ArrayRecordComponent") // handed from reader to comparator, never compared
record OutputTensor(
    Path path,
    String name,
    String datatype,
    int[] shape,
    Json data,
    Json.Items flat,
    Path dataPath) {

  private static final Set<String> LABEL_TYPES =
      Set.of(
          "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "BYTES",
          "STRING");
  private static final Set<String> FLOAT_TYPES = Set.of("FP16", "FP32", "FP64", "BF16");

  /** The tensor that one element of an answer describes. */
  static OutputTensor read(Json.Members output, Path path) throws UnreadableException {
    Json name = output.get("name");
    Json datatype = output.get("datatype");
    Json data = output.get("data");
    if (!(name instanceof Json.Text nameText)) {
      throw new UnreadableException(path + "/name: expected a string");
    }
    if (!(datatype instanceof Json.Text datatypeText)) {
      throw new UnreadableException(path + "/datatype: expected a string");
    }
    if (data == null) {
      throw new UnreadableException(path + "/data: expected an array");
    }
    return of(nameText.value(), datatypeText.value(), output.get("shape"), data, path, "data");
  }

  /**
   * An array of any kind with a shape.
   *
   * @param path where the object stands that holds both
   * @param dataName the name of the member that is the array
   */
  static OutputTensor of(
      String name,
      String datatype,
      @Nullable Json shapeValue,
      Json data,
      Path path,
      String dataName)
      throws UnreadableException {
    int[] shape = shape(shapeValue, path);
    Path dataPath = path.child(dataName);
    Json.Items flat = flatten(data, dataPath);
    long expected = 1;
    for (int dimension : shape) {
      // Cannot overflow: each dimension is an int, and the product stops growing past the data.
      expected = Math.min(expected * dimension, Integer.MAX_VALUE);
    }
    if (expected != flat.size()) {
      throw new UnreadableException(
          dataPath + ": " + flat.size() + " values (expected as many as the shape says)");
    }
    return new OutputTensor(path, name, datatype, shape, data, flat, dataPath);
  }

  int rows() {
    return shape.length == 0 ? 1 : shape[0];
  }

  /** Values in a row, 1 or more. */
  int width() {
    return rows() == 0 ? 1 : Math.max(1, flat.size() / rows());
  }

  /** True for a tensor of classes: [n] or [n,1] of a type that is not floating point. */
  boolean holdsLabels() {
    boolean oneEach = shape.length <= 1 || (shape.length == 2 && shape[1] == 1);
    if (!oneEach || !LABEL_TYPES.contains(datatype)) {
      return false;
    }
    for (int i = 0; i < flat.size(); i++) {
      if (!Json.isScalar(flat.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** True for a tensor with an entry for each class: [n,k] of floating point, k 2 or more. */
  boolean holdsVectors() {
    return shape.length == 2
        && shape[1] >= 2
        && FLOAT_TYPES.contains(datatype)
        && (flat instanceof Json.Numbers || flat.size() == 0)
        && !Vectors.hasNaN(numbers());
  }

  /** The numbers of a tensor for which {@link #holdsVectors()}. */
  double[] numbers() {
    return flat instanceof Json.Numbers numbers ? numbers.values() : new double[0];
  }

  /** Where a value stands in the answer, flat or nested as it came. */
  Path pathOf(int index) {
    Path at = dataPath;
    Json value = data;
    int rest = index;
    while (value instanceof Json.Items items) {
      int i = 0;
      for (int leaves = leaves(items.get(0)); rest >= leaves; leaves = leaves(items.get(i))) {
        rest -= leaves;
        i++;
      }
      at = at.child(i);
      value = items.get(i);
    }
    return at;
  }

  private static int leaves(Json value) {
    if (value instanceof Json.Numbers numbers) {
      return numbers.size();
    }
    if (!(value instanceof Json.Items items)) {
      return 1;
    }
    int leaves = 0;
    for (int i = 0; i < items.size(); i++) {
      leaves += leaves(items.get(i));
    }
    return leaves;
  }

  private static int[] shape(@Nullable Json value, Path path) throws UnreadableException {
    if (!(value instanceof Json.Items items)) {
      throw new UnreadableException(path + "/shape: expected an array");
    }
    int[] shape = new int[items.size()];
    for (int i = 0; i < shape.length; i++) {
      if (!(items.get(i) instanceof Json.Num dimension)
          || !dimension.isInteger()
          || dimension.value() < 0
          || dimension.value() > Integer.MAX_VALUE) {
        throw new UnreadableException(path + "/shape/" + i + ": expected an integer, 0 or more");
      }
      shape[i] = (int) dimension.value();
    }
    return shape;
  }

  private static Json.Items flatten(Json data, Path path) throws UnreadableException {
    if (data instanceof Json.Numbers numbers) {
      return numbers;
    }
    Json.ItemsBuilder flat = new Json.ItemsBuilder();
    append(data, flat, path);
    return flat.build();
  }

  private static void append(Json value, Json.ItemsBuilder flat, Path path)
      throws UnreadableException {
    if (value instanceof Json.Numbers numbers) {
      for (int i = 0; i < numbers.size(); i++) {
        flat.addNumber(numbers.values()[i], numbers.text(i));
      }
    } else if (value instanceof Json.Items items) {
      for (int i = 0; i < items.size(); i++) {
        append(items.get(i), flat, path);
      }
    } else if (value instanceof Json.Members) {
      throw new UnreadableException(path + ": an object (expected numbers or strings)");
    } else {
      flat.add(value);
    }
  }
}
