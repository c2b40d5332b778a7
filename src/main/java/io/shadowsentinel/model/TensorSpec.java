package io.shadowsentinel.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model says of one input or output.
 *
 * @param shape a size for each dimension, -1 where any size will do; empty for a scalar, and for a
 *     tensor whose rank the model leaves open
 * @param dimensionNames the name of each free dimension, "" for one without; two free dimensions of
 *     one name have one size
 * @param classes what the positions of the last dimension stand for; null where that is not known
 */
public record TensorSpec(
    String name,
    DataType datatype,
    List<Long> shape,
    List<String> dimensionNames,
    @Nullable List<String> classes) {

  public TensorSpec {
    shape = List.copyOf(shape);
    dimensionNames = List.copyOf(dimensionNames);
    classes = classes == null ? null : List.copyOf(classes);
  }

  /** True for what holds one discrete value a row, such as a label. */
  boolean isDiscreteColumn() {
    boolean column = shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1);
    return column && !datatype.isFloating();
  }

  /** True for what holds a number for each of several classes, a row. */
  boolean isScoreMatrix() {
    return shape.size() == 2 && shape.get(1) != 1 && datatype.isFloating();
  }
}
