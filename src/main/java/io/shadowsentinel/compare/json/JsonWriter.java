package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Writes a {@link Json} tree as bytes that {@link JsonReader} reads back as the same values. What
 * is ignored is written all the same.
 */
public final class JsonWriter {
  /** Integers up to here are written without a point and an exponent. */
  private static final double PLAIN_BOUND = 1e15;

  /** Escapes all that is not ASCII, because half of a surrogate pair has no other spelling. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(2 * JsonReader.MAX_DEPTH).build())
          .build();

  private JsonWriter() {}

  public static byte[] write(Json document) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator to = FACTORY.createGenerator(out)) {
      write(document, to);
    } catch (IOException inMemory) {
      throw new UncheckedIOException(inMemory);
    }
    return out.toByteArray();
  }

  private static void write(Json value, JsonGenerator to) throws IOException {
    if (value instanceof Json.Members members) {
      to.writeStartObject();
      for (Map.Entry<String, Json> member : members.byName().entrySet()) {
        to.writeFieldName(member.getKey());
        write(member.getValue(), to);
      }
      to.writeEndObject();
    } else if (value instanceof Json.Items items) {
      to.writeStartArray();
      for (int i = 0; i < items.size(); i++) {
        write(items.get(i), to);
      }
      to.writeEndArray();
    } else if (value instanceof Json.Text text) {
      to.writeString(text.value());
    } else if (value instanceof Json.Num number) {
      to.writeNumber(spelling(number));
    } else if (value instanceof Json.Ignored ignored) {
      write(ignored.hidden(), to);
    } else {
      literal((Json.Literal) value, to);
    }
  }

  private static void literal(Json.Literal value, JsonGenerator to) throws IOException {
    switch (value) {
      case TRUE -> to.writeBoolean(true);
      case FALSE -> to.writeBoolean(false);
      case NULL -> to.writeNull();
    }
  }

  private static String spelling(Json.Num number) {
    if (number.text() != null) {
      return number.text();
    }
    double value = number.value();
    return value == Math.rint(value) && Math.abs(value) < PLAIN_BOUND
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
