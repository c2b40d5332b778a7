package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Map;

/** Writes a value as JSON for people: one line, cut where it grows too long. */
public final class JsonText {
  private final StringBuilder text = new StringBuilder();
  private final int max;

  private JsonText(int max) {
    this.max = max;
  }

  /** At most {@code max} characters and an ellipsis. */
  public static String of(Json value, int max) {
    JsonText json = new JsonText(max);
    json.write(value);
    return Texts.cut(json.text.toString(), max);
  }

  private boolean isFull() {
    return text.length() > max;
  }

  private void write(Json value) {
    if (value instanceof Json.Ignored ignored) {
      write(ignored.hidden());
    } else if (value instanceof Json.Members members) {
      members(members.byName());
    } else if (value instanceof Json.Items items) {
      text.append('[');
      for (int i = 0; i < items.size() && !isFull(); i++) {
        text.append(i == 0 ? "" : ",");
        write(items.get(i));
      }
      text.append(']');
    } else if (value instanceof Json.Text string) {
      string(string.value());
    } else {
      text.append(value == Json.Literal.NULL ? "null" : Labels.show(value));
    }
  }

  private void members(Map<String, Json> members) {
    text.append('{');
    boolean first = true;
    for (Map.Entry<String, Json> member : members.entrySet()) {
      if (isFull()) {
        break;
      }
      text.append(first ? "" : ",");
      first = false;
      string(member.getKey());
      text.append(':');
      write(member.getValue());
    }
    text.append('}');
  }

  private void string(String value) {
    String start = value.length() > max ? value.substring(0, max + 1) : value;
    text.append('"');
    JsonStringEncoder.getInstance().quoteAsString(start, text);
    text.append('"');
  }
}
