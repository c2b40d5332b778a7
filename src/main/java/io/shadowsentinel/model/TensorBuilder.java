package io.shadowsentinel.model;

import ai.onnxruntime.platform.Fp16Conversions;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;

/** Fills an array of a tensor's type, refusing every value that the type cannot hold. */
public final class TensorBuilder {

  private static final Pattern TRUTH = Pattern.compile("(?i)true|false");
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,40}");

  /** Stricter than Java, which takes 1f, 0x1p3 and NaN for numbers. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,9})?");

  private final DataType datatype;
  private final BigInteger lowest;
  private final BigInteger highest;

  /** Of the integers that a {@code long} holds, the smallest and the largest that fit. */
  private final long smallest;

  private final long largest;
  private final Object array;
  private int size;

  /**
   * @param capacity how many values will be added, at most
   */
  public TensorBuilder(DataType datatype, int capacity) {
    this.datatype = datatype;
    lowest = datatype.lowest();
    highest = datatype.highest();
    smallest = lowest.longValue();
    largest = highest.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    array = Values.array(datatype, capacity);
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
      case FP16, FP32, FP64 -> "a finite " + datatype + " number";
      default -> "an integer from " + datatype.lowest() + " to " + datatype.highest();
    };
  }

  /** Adds a JSON value; false, and nothing is added, when the type cannot hold it. */
  public boolean add(JsonNode value) {
    return switch (datatype) {
      case BOOL -> value.isBoolean() && addInteger(value.booleanValue() ? 1 : 0);
      case BYTES -> value.isTextual() && addString(value.textValue());
      case FP16, FP32, FP64 -> value.isNumber() && addNumber(value.doubleValue());
      default ->
          value.isIntegralNumber()
              && (value.canConvertToLong()
                  ? addInteger(value.longValue())
                  : addInteger(value.bigIntegerValue()));
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
      return addInteger(new BigInteger(text));
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
      case FP16 -> {
        short half = Fp16Conversions.floatToFp16((float) value);
        boolean finite = Float.isFinite(Fp16Conversions.fp16ToFloat(half));
        if (finite) {
          ((short[]) array)[size++] = half;
        }
        yield finite;
      }
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
      default ->
          value == Math.rint(value)
              && Math.abs(value) <= 0x1p64
              && addInteger(new BigDecimal(value).toBigInteger());
    };
  }

  private boolean addString(String value) {
    ((String[]) array)[size++] = value;
    return true;
  }

  private boolean addInteger(BigInteger value) {
    if (value.compareTo(lowest) < 0 || value.compareTo(highest) > 0) {
      return false;
    }
    addBits(value.longValue());
    return true;
  }

  private boolean addInteger(long value) {
    if (value < smallest || value > largest) {
      return false;
    }
    addBits(value);
    return true;
  }

  private void addBits(long value) {
    if (array instanceof byte[] bytes) {
      bytes[size++] = (byte) value;
    } else if (array instanceof short[] shorts) {
      shorts[size++] = (short) value;
    } else if (array instanceof int[] ints) {
      ints[size++] = (int) value;
    } else {
      ((long[]) array)[size++] = value;
    }
  }
}
