package io.shadowsentinel.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;

/** Fills an array of a tensor's type, refusing every value that the type cannot hold. */
public final class TensorBuilder {

  private static final Pattern TRUTH = Pattern.compile("(?i)true|false");
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,18}");

  /** Stricter than Java, which takes 1f, 0x1p3 and NaN for numbers. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,9})?");

  private final DataType datatype;
  private final Object array;
  private int size;

  /**
   * @param capacity how many values will be added, at most
   */
  public TensorBuilder(DataType datatype, int capacity) {
    this.datatype = datatype;
    array =
        switch (datatype) {
          case BOOL, UINT8, INT8 -> new byte[capacity];
          case INT16 -> new short[capacity];
          case INT32 -> new int[capacity];
          case INT64 -> new long[capacity];
          case FP32 -> new float[capacity];
          case FP64 -> new double[capacity];
          case BYTES -> new String[capacity];
        };
  }

  /** How many values are in. */
  int size() {
    return size;
  }

  /** The array as it is, not a copy. */
  Object array() {
    return array;
  }

  /** What the type can hold, for a message. */
  public String expectation() {
    return switch (datatype) {
      case BOOL -> "true or false";
      case BYTES -> "a string";
      case FP32, FP64 -> "a finite " + datatype + " number";
      default -> "an integer from " + datatype.lowest() + " to " + datatype.highest();
    };
  }

  /** Adds a JSON value; false, and nothing is added, when the type cannot hold it. */
  public boolean add(JsonNode value) {
    return switch (datatype) {
      case BOOL -> value.isBoolean() && addInteger(value.booleanValue() ? 1 : 0);
      case BYTES -> value.isTextual() && addString(value.textValue());
      case FP32, FP64 -> value.isNumber() && addNumber(value.doubleValue());
      default ->
          value.isIntegralNumber() && value.canConvertToLong() && addInteger(value.longValue());
    };
  }

  /**
   * Adds what a text says: for BYTES the text itself, for BOOL true, false, 1 or 0, else a number
   * in decimal. False, and nothing is added, when the type cannot hold it.
   */
  public boolean addText(String text) {
    if (datatype == DataType.BYTES) {
      return addString(text);
    }
    if (datatype == DataType.BOOL && TRUTH.matcher(text).matches()) {
      return addInteger(text.equalsIgnoreCase("true") ? 1 : 0);
    }
    if (INTEGER.matcher(text).matches() && !datatype.isFloating()) {
      // A double would lose the last digits of a large one.
      return addInteger(Long.parseLong(text));
    }
    return NUMBER.matcher(text).matches() && addNumber(Double.parseDouble(text));
  }

  /**
   * A tensor of what was added. This builder is used up.
   *
   * @param shape its product is the number of values
   */
  public Tensor tensor(String name, List<Long> shape) {
    return new Tensor(name, datatype, shape, array, null);
  }

  /**
   * Adds a number to a tensor of numbers; false, and nothing is added, when the type cannot hold
   * it.
   */
  public boolean addNumber(double value) {
    return switch (datatype) {
      case FP32 -> {
        // What is finite as a double may be too large for a float.
        boolean finite = Float.isFinite((float) value);
        if (finite) {
          ((float[]) array)[size++] = (float) value;
        }
        yield finite;
      }
      case FP64 -> {
        boolean finite = Double.isFinite(value);
        if (finite) {
          ((double[]) array)[size++] = value;
        }
        yield finite;
      }
      case BYTES -> false;
      default -> value == Math.rint(value) && Math.abs(value) < 0x1p63 && addInteger((long) value);
    };
  }

  private boolean addString(String value) {
    ((String[]) array)[size++] = value;
    return true;
  }

  private boolean addInteger(long value) {
    if (value < datatype.lowest() || value > datatype.highest()) {
      return false;
    }
    switch (datatype) {
      case INT16 -> ((short[]) array)[size++] = (short) value;
      case INT32 -> ((int[]) array)[size++] = (int) value;
      case INT64 -> ((long[]) array)[size++] = value;
      default -> ((byte[]) array)[size++] = (byte) value;
    }
    return true;
  }
}
