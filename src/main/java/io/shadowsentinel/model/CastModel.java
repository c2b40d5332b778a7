package io.shadowsentinel.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of an ONNX model that does no more than a {@code Cast}. Written by hand, field by field
 * of onnx.proto, since it is the only model that is ever written here.
 */
final class CastModel {

  static final String INPUT = "x";

  // Numbers of TensorProto.DataType; those of ONNX Runtime's Java are others.
  static final int UINT16 = 4;
  static final int INT16 = 5;
  static final int INT32 = 6;
  static final int INT64 = 7;
  static final int UINT32 = 12;
  static final int UINT64 = 13;

  private static final String OUTPUT = "y";
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final int ATTRIBUTE_IS_INT = 2;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private CastModel() {}

  /**
   * From any shape of one type to the same of another.
   *
   * @param from a {@code TensorProto.DataType}, as {@code to}
   */
  static byte[] of(int from, int to) {
    CastModel attribute = new CastModel().text(1, "to").number(3, to).number(20, ATTRIBUTE_IS_INT);
    CastModel node =
        new CastModel().text(1, INPUT).text(2, OUTPUT).text(4, "Cast").message(5, attribute);
    CastModel graph =
        new CastModel()
            .message(1, node)
            .text(2, "cast")
            .message(11, value(INPUT, from))
            .message(12, value(OUTPUT, to));
    return new CastModel()
        .number(1, IR_VERSION)
        .message(7, graph)
        .message(8, new CastModel().number(2, OPSET))
        .bytes
        .toByteArray();
  }

  /** A tensor of which no shape is told. */
  private static CastModel value(String name, int type) {
    CastModel tensor = new CastModel().number(1, type);
    return new CastModel().text(1, name).message(2, new CastModel().message(1, tensor));
  }

  private CastModel number(int field, int value) {
    varint(field << 3);
    varint(value);
    return this;
  }

  private CastModel text(int field, String value) {
    return part(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private CastModel message(int field, CastModel value) {
    return part(field, value.bytes.toByteArray());
  }

  private CastModel part(int field, byte[] value) {
    varint((field << 3) | 2);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  private void varint(int value) {
    int rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      bytes.write((rest & 0x7f) | 0x80);
    }
    bytes.write(rest);
  }
}
