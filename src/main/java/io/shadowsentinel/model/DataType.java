package io.shadowsentinel.model;

import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The types of a tensor's elements, by their names in the Open Inference Protocol. */
public enum DataType {
  BOOL(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, 1),
  UINT8(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, 1),
  UINT16(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, 2),
  UINT32(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, 4),
  UINT64(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, 8),
  INT8(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, 1),
  INT16(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, 2),
  INT32(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, 4),
  INT64(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, 8),
  FP16(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, 2),
  FP32(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, 4),
  FP64(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, 8),
  /** Text; JSON carries it as strings. */
  BYTES(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, 4);

  private final OnnxTensorType onnx;
  private final int width;

  DataType(OnnxTensorType onnx, int width) {
    this.onnx = onnx;
    this.width = width;
  }

  /** How many bytes an element takes; of text the least, which is that of its length. */
  int width() {
    return width;
  }

  /** True for the types that hold fractions. */
  public boolean isFloating() {
    return this == FP16 || this == FP32 || this == FP64;
  }

  /** True for the types that hold integers and no signs. */
  boolean isUnsigned() {
    return this == UINT8 || this == UINT16 || this == UINT32 || this == UINT64;
  }

  /** The smallest integer that fits; 0 for what is no integer. */
  BigInteger lowest() {
    return switch (this) {
      case INT8, INT16, INT32, INT64 -> BigInteger.ONE.shiftLeft(8 * width - 1).negate();
      default -> BigInteger.ZERO;
    };
  }

  /** The largest integer that fits; 0 for what is no integer. */
  BigInteger highest() {
    return switch (this) {
      case BOOL -> BigInteger.ONE;
      case INT8, INT16, INT32, INT64 ->
          BigInteger.ONE.shiftLeft(8 * width - 1).subtract(BigInteger.ONE);
      case UINT8, UINT16, UINT32, UINT64 ->
          BigInteger.ONE.shiftLeft(8 * width).subtract(BigInteger.ONE);
      default -> BigInteger.ZERO;
    };
  }

  /** The type of ONNX's elements, and not that of Java's, which knows of no sign to leave out. */
  static @Nullable DataType of(OnnxTensorType onnx) {
    for (DataType type : values()) {
      if (type.onnx == onnx) {
        return type;
      }
    }
    return null;
  }

  OnnxTensorType onnx() {
    return onnx;
  }
}
