package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes values out of what is kept of an answer: what stands at a JSON Pointer, in which {@code *}
 * is any one step, becomes {@value #REDACTED}, whatever it was. Copies token by token, so that the
 * rest stays as it was written, numbers to the last digit. Immutable, any thread.
 */
public final class Redaction {
  public static final String REDACTED = "[redacted]";

  private static final JsonFactory JSON = JsonReader.factoryWithSpecials();

  private final @Nullable IgnoreRules rules;

  /**
   * @throws IllegalArgumentException for what is no JSON Pointer
   */
  public Redaction(List<String> pointers) {
    rules = IgnoreRules.of(pointers.stream().map(JsonPointer::compile).toList());
  }

  /** True when nothing is taken out. */
  public boolean isEmpty() {
    return rules == null;
  }

  /** True when something of what stands at the place is taken out, or may be. */
  public boolean touches(Path place) {
    return rules != null && place.touches(rules);
  }

  /**
   * The document without what is taken out, on one line.
   *
   * @return null when it is no JSON: nothing can be found in it then
   */
  public @Nullable String apply(byte[] document) {
    StringWriter out = new StringWriter(document.length);
    try {
      JsonReader.requireUtf8(document);
      try (JsonParser from = JSON.createParser(document);
          JsonGenerator to = JSON.createGenerator(out)) {
        JsonToken first = from.nextToken();
        if (first == null) {
          return null;
        }
        copy(from, first, rules, to);
        if (from.nextToken() != null) {
          return null;
        }
      }
    } catch (IOException | UnreadableException notJson) {
      return null;
    }
    return out.toString();
  }

  private static void copy(
      JsonParser from, JsonToken token, @Nullable IgnoreRules rules, JsonGenerator to)
      throws IOException {
    if (rules != null && rules.ignoresThis()) {
      from.skipChildren();
      to.writeString(REDACTED);
      return;
    }
    switch (token) {
      case START_OBJECT -> {
        to.writeStartObject();
        for (String name = from.nextFieldName(); name != null; name = from.nextFieldName()) {
          to.writeFieldName(name);
          copy(from, from.nextToken(), rules == null ? null : rules.child(name), to);
        }
        to.writeEndObject();
      }
      case START_ARRAY -> {
        to.writeStartArray();
        int index = 0;
        for (JsonToken each = from.nextToken();
            each != JsonToken.END_ARRAY;
            each = from.nextToken()) {
          copy(from, each, rules == null ? null : rules.child(index++), to);
        }
        to.writeEndArray();
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> to.writeNumber(from.getText());
      default -> to.copyCurrentEvent(from);
    }
  }
}
