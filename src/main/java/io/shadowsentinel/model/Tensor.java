package io.shadowsentinel.model;

import ai.onnxruntime.platform.Fp16Conversions;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named block of values. Whoever makes one gives its array away: nobody changes it afterwards.
 *
 * <p>The values lie row by row in one array, of the type that {@code Values} tells.
 */
public final class Tensor {

  private final String name;
  private final DataType datatype;
  private final List<Long> shape;
  private final Object values;
  private final @Nullable List<String> classes;

  Tensor(
      String name,
      DataType datatype,
      List<Long> shape,
      Object values,
      @Nullable List<String> classes) {
    this.name = name;
    this.datatype = datatype;
    this.shape = List.copyOf(shape);
    this.values = values;
    this.classes = classes == null ? null : List.copyOf(classes);
  }

  /** A tensor of single-precision numbers. */
  public static Tensor of(String name, float[] values, long... shape) {
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    if (sizes.stream().reduce(1L, Math::multiplyExact) != values.length) {
      throw new IllegalArgumentException(
          values.length + " values (expected the product of " + sizes + ")");
    }
    return new Tensor(name, DataType.FP32, sizes, values.clone(), null);
  }

  public String name() {
    return name;
  }

  public DataType datatype() {
    return datatype;
  }

  public List<Long> shape() {
    return shape;
  }

  /** What the positions of the last dimension stand for; null where that is not known. */
  public @Nullable List<String> classes() {
    return classes;
  }

  /** How many values there are. */
  public int size() {
    return Array.getLength(values);
  }

  /** The value at a position, row by row, as JSON would show it. */
  public String text(int index) {
    return Values.text(datatype, values, index);
  }

  /**
   * The value at a position as a number.
   *
   * @throws IllegalStateException when this holds no floating-point numbers
   */
  public double number(int index) {
    return switch (datatype) {
      case FP16 -> Fp16Conversions.fp16ToFloat(((short[]) values)[index]);
      case FP32 -> ((float[]) values)[index];
      case FP64 -> ((double[]) values)[index];
      default -> throw new IllegalStateException(name + " is " + datatype);
    };
  }

  /**
   * One row of a batch, as a batch of one.
   *
   * @throws IndexOutOfBoundsException when the first dimension is not that long
   */
  public Tensor row(int row) {
    int rows = shape.isEmpty() ? 0 : Math.toIntExact(shape.get(0));
    Objects.checkIndex(row, rows);
    int width = size() / rows;
    Object part = Array.newInstance(values.getClass().getComponentType(), width);
    System.arraycopy(values, row * width, part, 0, width);
    List<Long> sizes = new ArrayList<>(shape);
    sizes.set(0, 1L);
    return new Tensor(name, datatype, sizes, part, classes);
  }

  /** The array itself; see the class for its type. */
  Object values() {
    return values;
  }
}
