package io.shadowsentinel.model;

import ai.onnxruntime.platform.Fp16Conversions;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;

/**
 * The elements of a tensor in one array: {@code byte[]} for BOOL (0 or 1), UINT8 and INT8, {@code
 * short[]} for UINT16, INT16 and FP16, {@code int[]} for UINT32 and INT32, {@code long[]} for
 * UINT64 and INT64, {@code float[]}, {@code double[]}, or {@code String[]} for BYTES. What Java has
 * no type for lies there by its bits.
 */
final class Values {

  private Values() {}

  static Object array(DataType datatype, int size) {
    return switch (datatype) {
      case BOOL, UINT8, INT8 -> new byte[size];
      case UINT16, INT16, FP16 -> new short[size];
      case UINT32, INT32 -> new int[size];
      case UINT64, INT64 -> new long[size];
      case FP32 -> new float[size];
      case FP64 -> new double[size];
      case BYTES -> new String[size];
    };
  }

  /** Fills an array from bytes, in their order; not for text. */
  static void get(ByteBuffer from, Object array) {
    if (array instanceof byte[] values) {
      from.get(values);
    } else if (array instanceof short[] values) {
      from.asShortBuffer().get(values);
    } else if (array instanceof int[] values) {
      from.asIntBuffer().get(values);
    } else if (array instanceof long[] values) {
      from.asLongBuffer().get(values);
    } else if (array instanceof float[] values) {
      from.asFloatBuffer().get(values);
    } else {
      from.asDoubleBuffer().get((double[]) array);
    }
  }

  /** Writes an array as bytes, in their order; not for text. */
  static void put(Object array, ByteBuffer to) {
    if (array instanceof byte[] values) {
      to.put(values);
    } else if (array instanceof short[] values) {
      to.asShortBuffer().put(values);
    } else if (array instanceof int[] values) {
      to.asIntBuffer().put(values);
    } else if (array instanceof long[] values) {
      to.asLongBuffer().put(values);
    } else if (array instanceof float[] values) {
      to.asFloatBuffer().put(values);
    } else {
      to.asDoubleBuffer().put((double[]) array);
    }
  }

  /** An element as JSON would show it, if it has a number for it. */
  static String text(DataType datatype, Object array, int index) {
    return switch (datatype) {
      case BOOL -> String.valueOf(((byte[]) array)[index] != 0);
      case UINT8 -> String.valueOf(Byte.toUnsignedInt(((byte[]) array)[index]));
      case UINT16 -> String.valueOf(Short.toUnsignedInt(((short[]) array)[index]));
      case UINT32 -> Integer.toUnsignedString(((int[]) array)[index]);
      case UINT64 -> Long.toUnsignedString(((long[]) array)[index]);
      case FP16 -> String.valueOf(Fp16Conversions.fp16ToFloat(((short[]) array)[index]));
      default -> String.valueOf(Array.get(array, index));
    };
  }
}
