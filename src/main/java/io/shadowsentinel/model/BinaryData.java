package io.shadowsentinel.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The data of tensors as the binary extension of the Open Inference Protocol has it: the elements
 * little-endian, row by row; of BOOL a byte each, of BYTES a length of four bytes and so many
 * bytes.
 */
final class BinaryData {

  private static final int LENGTH = Integer.BYTES;

  private BinaryData() {}

  /**
   * Reads the elements of an input into an array of its type.
   *
   * @param size how many its shape asks for
   * @throws InvalidRequestException when they are others
   */
  static Object read(TensorSpec spec, long size, ByteBuffer from) {
    if (spec.datatype() == DataType.BYTES) {
      return texts(spec, size, from);
    }
    long wanted = Math.multiplyExact(Math.min(size, Integer.MAX_VALUE), spec.datatype().width());
    if (from.remaining() != wanted) {
      throw fault(spec, from.remaining() + " bytes (expected " + wanted + ")");
    }
    Object values = Values.array(spec.datatype(), (int) size);
    Values.get(from, values);
    if (spec.datatype() == DataType.BOOL) {
      byte[] truths = (byte[]) values;
      for (int i = 0; i < truths.length; i++) {
        truths[i] = (byte) (truths[i] == 0 ? 0 : 1);
      }
    }
    return values;
  }

  private static String[] texts(TensorSpec spec, long size, ByteBuffer from) {
    if (size > from.remaining() / LENGTH) {
      throw fault(
          spec, from.remaining() + " bytes (expected " + size + " strings, each with its length)");
    }
    String[] texts = new String[(int) size];
    for (int i = 0; i < texts.length; i++) {
      int length = from.remaining() < LENGTH ? -1 : from.getInt();
      if (length < 0 || length > from.remaining()) {
        throw fault(spec, "string " + i + " is cut off");
      }
      ByteBuffer bytes = from.slice(from.position(), length);
      from.position(from.position() + length);
      try {
        texts[i] = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      } catch (CharacterCodingException e) {
        throw fault(spec, "string " + i + " is not UTF-8 (expected text)");
      }
    }
    if (from.hasRemaining()) {
      throw fault(spec, from.remaining() + " bytes behind the last string (expected none)");
    }
    return texts;
  }

  private static InvalidRequestException fault(TensorSpec spec, String what) {
    return TensorReader.fault(spec, "binary data", what);
  }

  /** The elements of an output. */
  static byte[] write(Tensor tensor) {
    if (tensor.values() instanceof String[] texts) {
      return bytes(texts);
    }
    ByteBuffer to =
        ByteBuffer.allocate(Math.multiplyExact(tensor.size(), tensor.datatype().width()))
            .order(ByteOrder.LITTLE_ENDIAN);
    Values.put(tensor.values(), to);
    return to.array();
  }

  private static byte[] bytes(String[] texts) {
    byte[][] encoded = new byte[texts.length][];
    int length = 0;
    for (int i = 0; i < texts.length; i++) {
      encoded[i] = texts[i].getBytes(StandardCharsets.UTF_8);
      length = Math.addExact(length, LENGTH + encoded[i].length);
    }
    ByteBuffer to = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] text : encoded) {
      to.putInt(text.length).put(text);
    }
    return to.array();
  }
}
