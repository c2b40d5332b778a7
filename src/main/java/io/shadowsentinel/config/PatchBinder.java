package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds {@code mirror.patchBody}, a JSON Patch (RFC 6902), to its JSON text. */
final class PatchBinder {
  private static final int MAX_OPERATIONS = 100;
  private static final JsonFactory JSON = new JsonFactory();

  private static final List<String> OPS =
      List.of("add", "remove", "replace", "move", "copy", "test");

  /** The whole document cannot be a place: a mirror that sends always the same shows nothing. */
  private static final Pattern POINTER = Pattern.compile("(/([^~/]|~[01])*)+");

  private static final String POINTER_FORM = "a JSON Pointer as in /model or /inputs/0/name";
  private static final String LIST_FORM = "a list of mappings with op and path, as RFC 6902 has it";

  private PatchBinder() {}

  /** The patch as JSON; null when it has no operation, or a fault was added. */
  static @Nullable String patch(Value value) {
    List<Value> items = value.items(LIST_FORM);
    if (items == null || items.isEmpty()) {
      return null;
    }
    if (items.size() > MAX_OPERATIONS) {
      value.fault(items.size() + " operations", "at most " + MAX_OPERATIONS);
      return null;
    }
    StringWriter text = new StringWriter();
    boolean whole = true;
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartArray();
      for (Value item : items) {
        whole &= operation(item, json);
      }
      json.writeEndArray();
    } catch (IOException inMemory) {
      throw new UncheckedIOException(inMemory);
    }
    return whole ? text.toString() : null;
  }

  private static boolean operation(Value item, JsonGenerator json) throws IOException {
    Section section = item.section(item.path(), "a mapping with op and path");
    if (section == null) {
      return false;
    }
    Value opValue = section.required("op", "one of " + String.join(", ", OPS));
    String op = opValue == null ? null : opValue.word(OPS);
    String path = pointer(section.required("path", POINTER_FORM));
    json.writeStartObject();
    boolean whole = op != null && path != null;
    if (whole) {
      json.writeStringField("op", op);
      json.writeStringField("path", path);
    }
    if ("move".equals(op) || "copy".equals(op)) {
      Value fromValue = section.required("from", POINTER_FORM);
      String from = pointer(fromValue);
      whole &= from != null;
      if (from != null && fromValue != null) {
        json.writeStringField("from", from);
        if (op.equals("move") && path != null && path.startsWith(from + "/")) {
          fromValue.fault(Quoted.text(from), "another place than one that path is in");
          whole = false;
        }
      }
    } else if (op != null && !op.equals("remove")) {
      Value value = section.required("value", "any JSON value");
      json.writeFieldName("value");
      whole &= value != null && write(value, json);
      if (value == null) {
        json.writeNull();
      }
    }
    json.writeEndObject();
    // What else there is, is passed over: RFC 6902, section 4 and appendix A.11.
    return whole;
  }

  private static @Nullable String pointer(@Nullable Value value) {
    return value == null ? null : value.text(POINTER, POINTER_FORM);
  }

  /** Writes a value as JSON; false when a part of it is none. */
  private static boolean write(Value value, JsonGenerator json) throws IOException {
    boolean whole = true;
    if (value.node() instanceof Node.Mapping mapping) {
      json.writeStartObject();
      for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
        json.writeFieldName(entry.getKey());
        whole &= write(part(value, "." + entry.getKey(), entry.getValue().value()), json);
      }
      json.writeEndObject();
    } else if (value.node() instanceof Node.Sequence sequence) {
      json.writeStartArray();
      for (int i = 0; i < sequence.items().size(); i++) {
        whole &= write(part(value, "[" + i + "]", sequence.items().get(i)), json);
      }
      json.writeEndArray();
    } else {
      whole = write(value, (Node.Scalar) value.node(), json);
    }
    return whole;
  }

  private static Value part(Value whole, String step, Node node) {
    return new Value(whole.path() + Quoted.text(step), node, whole.faults());
  }

  private static boolean write(Value value, Node.Scalar scalar, JsonGenerator json)
      throws IOException {
    String text = scalar.text();
    switch (scalar.kind()) {
      case TEXT, FROM_ENVIRONMENT -> json.writeString(text);
      case NUMBER -> {
        if (Scalars.isNumber(text)) {
          json.writeNumber(text);
          return true;
        }
        return notJson(value, "a number as JSON spells it, or quotes", json);
      }
      case BOOLEAN -> {
        if (text.equals("true") || text.equals("false")) {
          json.writeBoolean(text.equals("true"));
          return true;
        }
        return notJson(value, "true or false, or quotes", json);
      }
      case NULL -> {
        json.writeNull();
        if (!text.equals("null")) {
          value.fault("empty", "null spelled out, or another value");
          return false;
        }
      }
      case FAULTY -> {
        json.writeNull();
        return false;
      }
    }
    return true;
  }

  private static boolean notJson(Value value, String expected, JsonGenerator json)
      throws IOException {
    value.fault(Quoted.node(value.node()), expected);
    json.writeNull();
    return false;
  }
}
