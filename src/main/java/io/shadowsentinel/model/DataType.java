package io.shadowsentinel.model;

import ai.onnxruntime.OnnxJavaType;
import org.jspecify.annotations.Nullable;

/** The types of a tensor's elements, by their names in the Open Inference Protocol. */
public enum DataType {
  BOOL(OnnxJavaType.BOOL),
  UINT8(OnnxJavaType.UINT8),
  INT8(OnnxJavaType.INT8),
  INT16(OnnxJavaType.INT16),
  INT32(OnnxJavaType.INT32),
  INT64(OnnxJavaType.INT64),
  FP32(OnnxJavaType.FLOAT),
  FP64(OnnxJavaType.DOUBLE),
  /** Text; JSON carries it as strings. */
  BYTES(OnnxJavaType.STRING);

  private final OnnxJavaType onnx;

  DataType(OnnxJavaType onnx) {
    this.onnx = onnx;
  }

  OnnxJavaType onnx() {
    return onnx;
  }

  /** True for the types that hold fractions. */
  public boolean isFloating() {
    return this == FP32 || this == FP64;
  }

  /** The smallest integer that fits; 0 for what is no integer. */
  long lowest() {
    return switch (this) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      default -> 0;
    };
  }

  /** The largest integer that fits; 0 for what is no integer. */
  long highest() {
    return switch (this) {
      case UINT8 -> 255;
      case BOOL -> 1;
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case INT64 -> Long.MAX_VALUE;
      default -> 0;
    };
  }

  static @Nullable DataType of(OnnxJavaType onnx) {
    for (DataType type : values()) {
      if (type.onnx == onnx) {
        return type;
      }
    }
    return null;
  }

  static @Nullable DataType named(String name) {
    for (DataType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
