package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.NumberScanner;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.Texts;
import io.shadowsentinel.compare.json.UnreadableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The binary extension of the Open Inference Protocol: JSON of {@code
 * Inference-Header-Content-Length} bytes, and behind it the data of those outputs that have a
 * parameter {@code binary_data_size}, in their order, little-endian. Decoded, each becomes the
 * {@code data} that the JSON would have held; bytes that are no UTF-8 become Base64.
 */
final class BinaryTensors {
  private static final String SIZE = "binary_data_size";

  private final Body body;
  private final ByteBuffer tail;
  private int values;

  private BinaryTensors(Body body, ByteBuffer tail) {
    this.body = body;
    this.tail = tail;
  }

  /** The answer as JSON alone, with what came behind it put in. */
  static Json read(Body body) throws UnreadableException {
    String header = body.inferenceHeaderLength();
    if (header == null) {
      return body.readJson();
    }
    int length = length(header, body.bytes().length);
    Json document = body.json().read(Arrays.copyOf(body.bytes(), length));
    ByteBuffer tail =
        ByteBuffer.wrap(body.bytes(), length, body.bytes().length - length)
            .order(ByteOrder.LITTLE_ENDIAN);
    return new BinaryTensors(body, tail).fill(document);
  }

  private static int length(String header, int most) throws UnreadableException {
    Json.Num length = NumberScanner.parse(header.strip());
    if (length == null || !length.isInteger() || !(length.value() >= 0 && length.value() <= most)) {
      throw new UnreadableException(
          "Inference-Header-Content-Length: "
              + Texts.cut(header, 32)
              + " (expected 0.."
              + most
              + ")");
    }
    return (int) length.value();
  }

  private Json fill(Json document) throws UnreadableException {
    if (!(document instanceof Json.Members answer)
        || !(member(answer, "outputs") instanceof Json.Items outputs)) {
      throw new UnreadableException("/outputs: expected an array of tensors");
    }
    Json[] filled = new Json[outputs.size()];
    for (int i = 0; i < filled.length; i++) {
      filled[i] = fill(outputs.get(i), i);
    }
    if (tail.hasRemaining()) {
      throw new UnreadableException(
          tail.remaining() + " bytes behind the last tensor (expected none)");
    }
    Map<String, Json> members = new LinkedHashMap<>(answer.byName());
    Json whole = new Json.Mixed(filled);
    members.put(
        "outputs",
        members.get("outputs") instanceof Json.Ignored ? new Json.Ignored(whole) : whole);
    return new Json.Members(members);
  }

  private Json fill(Json value, int index) throws UnreadableException {
    if (!(Json.uncover(value) instanceof Json.Members output)
        || !(member(output, "parameters") instanceof Json.Members parameters)
        || !parameters.byName().containsKey(SIZE)) {
      return value;
    }
    Path path = Path.ROOT.child("outputs").child(index);
    if (!(member(parameters, SIZE) instanceof Json.Num bytes)
        || !bytes.isInteger()
        || !(bytes.value() >= 0 && bytes.value() <= tail.remaining())) {
      throw new UnreadableException(
          path + "/parameters/" + SIZE + ": expected 0.." + tail.remaining() + " bytes");
    }
    String datatype = member(output, "datatype") instanceof Json.Text text ? text.value() : "";
    Json data = decode(datatype, slice((int) bytes.value()), path);
    Map<String, Json> members = new LinkedHashMap<>(output.byName());
    members.put(
        "data", body.json().ignores("outputs", index, "data") ? new Json.Ignored(data) : data);
    Json filled = new Json.Members(members);
    return value instanceof Json.Ignored ? new Json.Ignored(filled) : filled;
  }

  /** Also an ignored one: how the bytes are to be read does not depend on what is compared. */
  private static Json member(Json.Members members, String name) {
    return Json.uncover(members.byName().getOrDefault(name, Json.Literal.NULL));
  }

  private ByteBuffer slice(int bytes) {
    ByteBuffer slice = tail.slice(tail.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    tail.position(tail.position() + bytes);
    return slice;
  }

  private Json decode(String datatype, ByteBuffer data, Path path) throws UnreadableException {
    int width =
        switch (datatype) {
          case "BOOL", "INT8", "UINT8" -> 1;
          case "INT16", "UINT16", "FP16", "BF16" -> 2;
          case "INT32", "UINT32", "FP32" -> 4;
          case "INT64", "UINT64", "FP64" -> 8;
          case "BYTES" -> 0;
          default ->
              throw new UnreadableException(
                  path
                      + "/datatype: "
                      + Texts.cut(datatype, 32)
                      + " (expected one of the protocol)");
        };
    if (width > 0 && data.remaining() % width != 0) {
      throw new UnreadableException(
          path + "/parameters/" + SIZE + ": expected a multiple of " + width);
    }
    Json.ItemsBuilder items = new Json.ItemsBuilder();
    while (data.hasRemaining()) {
      if (++values > JsonReader.MAX_TOKENS) {
        throw new UnreadableException("more than " + JsonReader.MAX_TOKENS + " values");
      }
      switch (datatype) {
        case "BOOL" -> items.add(data.get() == 0 ? Json.Literal.FALSE : Json.Literal.TRUE);
        case "BYTES" -> items.add(string(data, path));
        case "INT64" -> addLong(items, data.getLong(), false);
        case "UINT64" -> addLong(items, data.getLong(), true);
        default -> items.addNumber(number(datatype, data), null);
      }
    }
    return items.build();
  }

  private static double number(String datatype, ByteBuffer data) {
    return switch (datatype) {
      case "INT8" -> data.get();
      case "UINT8" -> Byte.toUnsignedInt(data.get());
      case "INT16" -> data.getShort();
      case "UINT16" -> Short.toUnsignedInt(data.getShort());
      case "INT32" -> data.getInt();
      case "UINT32" -> Integer.toUnsignedLong(data.getInt());
      case "FP16" -> half(data.getShort());
      case "BF16" -> Float.intBitsToFloat(data.getShort() << 16);
      case "FP32" -> data.getFloat();
      default -> data.getDouble();
    };
  }

  /** IEEE 754 binary16. */
  static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude;
    if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((double) fraction, -24);
    } else {
      magnitude = Math.scalb((double) (fraction | 0x400), exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  /** With its digits, where a double is too coarse. */
  private static void addLong(Json.ItemsBuilder items, long value, boolean unsigned) {
    boolean exact = Math.abs(value) < NumberScanner.EXACT_BOUND && (value >= 0 || !unsigned);
    String digits = unsigned ? Long.toUnsignedString(value) : Long.toString(value);
    items.addNumber(Double.parseDouble(digits), exact && value != Long.MIN_VALUE ? null : digits);
  }

  private static Json string(ByteBuffer data, Path path) throws UnreadableException {
    if (data.remaining() < Integer.BYTES) {
      throw new UnreadableException(path + ": a string's length is cut off");
    }
    long length = Integer.toUnsignedLong(data.getInt());
    if (length > data.remaining()) {
      throw new UnreadableException(
          path + ": a string of " + length + " bytes (expected at most " + data.remaining() + ")");
    }
    byte[] bytes = new byte[(int) length];
    data.get(bytes);
    String text = utf8(bytes);
    return new Json.Text(text == null ? Base64.getEncoder().encodeToString(bytes) : text);
  }

  private static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
