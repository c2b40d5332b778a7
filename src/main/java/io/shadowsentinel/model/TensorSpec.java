package io.shadowsentinel.model;

import java.util.ArrayList;
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
  public boolean isDiscreteColumn() {
    boolean column = shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1);
    return column && !datatype.isFloating();
  }

  /** True for what may hold one fractional number a row, such as a forecast or a probability. */
  public boolean isNumberColumn() {
    boolean column = shape.size() < 2 || (shape.size() == 2 && shape.get(1) == 1);
    return column && datatype.isFloating();
  }

  /**
   * The shape that carries one row of so many values; null when this takes none of that size. The
   * first dimension is that of the batch; one further dimension may be free.
   */
  public @Nullable List<Long> oneRow(int values) {
    if (shape.isEmpty()) {
      return List.of(1L, (long) values);
    }
    if (shape.get(0) > 1 || shape.get(0) == 0) {
      return null;
    }
    List<Long> row = new ArrayList<>(shape);
    row.set(0, 1L);
    long known = 1;
    int free = -1;
    for (int i = 1; i < row.size(); i++) {
      if (row.get(i) >= 0) {
        known *= row.get(i);
      } else if (free < 0) {
        free = i;
      } else {
        return null;
      }
    }
    if (free >= 0 && known > 0 && values % known == 0) {
      row.set(free, values / known);
      return row;
    }
    return free < 0 && known == values ? row : null;
  }

  /** True for what holds a number for each of several classes, a row. */
  public boolean isScoreMatrix() {
    return shape.size() == 2 && (shape.get(1) < 0 || shape.get(1) > 1) && datatype.isFloating();
  }
}
