package io.shadowsentinel.model;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Makes ONNX Runtime's tensors of ours, for one model. Its Java binding makes none of unsigned
 * integers over a byte, so such a tensor is made of signed ones, and a model of a single {@code
 * Cast} takes it over, bit by bit. Any thread; blocks.
 */
final class NativeTensors implements AutoCloseable {

  /** The models that take signed integers over, by what they take them over to. */
  private static final Map<DataType, byte[]> CASTS =
      Map.of(
          DataType.UINT16, CastModel.of(CastModel.INT16, CastModel.UINT16),
          DataType.UINT32, CastModel.of(CastModel.INT32, CastModel.UINT32),
          DataType.UINT64, CastModel.of(CastModel.INT64, CastModel.UINT64));

  private final OrtEnvironment environment;
  private final Map<DataType, OrtSession> casts = new EnumMap<>(DataType.class);

  private NativeTensors(OrtEnvironment environment) {
    this.environment = environment;
  }

  /**
   * For a model with such inputs.
   *
   * @param options for the sessions that casts run in
   */
  static NativeTensors of(
      OrtEnvironment environment, OrtSession.SessionOptions options, Collection<TensorSpec> inputs)
      throws OrtException {
    NativeTensors tensors = new NativeTensors(environment);
    try {
      for (TensorSpec input : inputs) {
        byte[] cast = CASTS.get(input.datatype());
        if (cast != null && !tensors.casts.containsKey(input.datatype())) {
          tensors.casts.put(input.datatype(), environment.createSession(cast, options));
        }
      }
    } catch (OrtException e) {
      tensors.close();
      throw e;
    }
    return tensors;
  }

  /** The tensor in native memory, which is the caller's to close. */
  OnnxTensor make(Tensor tensor) throws OrtException {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    OnnxTensor made = signed(tensor, shape);
    if (!CASTS.containsKey(tensor.datatype())) {
      return made;
    }
    try (made) {
      OrtSession cast = Objects.requireNonNull(casts.get(tensor.datatype()));
      // The result is not closed: the tensor in it is what is wanted, and all that it holds.
      return (OnnxTensor) cast.run(Map.of(CastModel.INPUT, made)).get(0);
    }
  }

  private OnnxTensor signed(Tensor tensor, long[] shape) throws OrtException {
    Object values = tensor.values();
    return switch (tensor.datatype()) {
      case FP64 ->
          OnnxTensor.createTensor(environment, DoubleBuffer.wrap((double[]) values), shape);
      case FP32 -> OnnxTensor.createTensor(environment, FloatBuffer.wrap((float[]) values), shape);
      case FP16 ->
          OnnxTensor.createTensor(
              environment, ShortBuffer.wrap((short[]) values), shape, OnnxJavaType.FLOAT16);
      case INT64, UINT64 ->
          OnnxTensor.createTensor(environment, LongBuffer.wrap((long[]) values), shape);
      case INT32, UINT32 ->
          OnnxTensor.createTensor(environment, IntBuffer.wrap((int[]) values), shape);
      case INT16, UINT16 ->
          OnnxTensor.createTensor(environment, ShortBuffer.wrap((short[]) values), shape);
      case BOOL -> bytes(values, shape, OnnxJavaType.BOOL);
      case UINT8 -> bytes(values, shape, OnnxJavaType.UINT8);
      case INT8 -> bytes(values, shape, OnnxJavaType.INT8);
      case BYTES -> OnnxTensor.createTensor(environment, (String[]) values, shape);
    };
  }

  private OnnxTensor bytes(Object values, long[] shape, OnnxJavaType type) throws OrtException {
    return OnnxTensor.createTensor(environment, ByteBuffer.wrap((byte[]) values), shape, type);
  }

  @Override
  public void close() throws OrtException {
    for (OrtSession cast : casts.values()) {
      cast.close();
    }
  }
}
