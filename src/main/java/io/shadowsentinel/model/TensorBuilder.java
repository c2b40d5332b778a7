package io.shadowsentinel.model;

import com.fasterxml.jackson.databind.JsonNode;

/** Fills an array of a tensor's type, refusing every value that the type cannot hold. */
final class TensorBuilder {

  private final DataType datatype;
  private final Object array;
  private int size;

  TensorBuilder(DataType datatype, int capacity) {
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
  String expectation() {
    return switch (datatype) {
      case BOOL -> "true or false";
      case BYTES -> "a string";
      case FP32, FP64 -> "a finite " + datatype + " number";
      default -> "an integer from " + datatype.lowest() + " to " + datatype.highest();
    };
  }

  /** Adds a JSON value; false, and nothing is added, when the type cannot hold it. */
  boolean add(JsonNode value) {
    return switch (datatype) {
      case BOOL -> value.isBoolean() && addInteger(value.booleanValue() ? 1 : 0);
      case BYTES -> value.isTextual() && addText(value.textValue());
      case FP32, FP64 -> value.isNumber() && addNumber(value.doubleValue());
      default ->
          value.isIntegralNumber() && value.canConvertToLong() && addInteger(value.longValue());
    };
  }

  /**
   * Adds a number to a tensor of numbers; false, and nothing is added, when the type cannot hold
   * it.
   */
  boolean addNumber(double value) {
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

  private boolean addText(String value) {
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
