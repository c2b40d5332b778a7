package io.shadowsentinel.compare.json;

import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a value so that equal values, and no others, are written alike: numbers by value, members
 * by name, ignored parts left out. Takes time and memory in proportion to the value.
 */
public final class Canonical {
  private Canonical() {}

  public static String of(Json value) {
    StringBuilder text = new StringBuilder();
    write(value, text);
    return text.toString();
  }

  private static void write(Json value, StringBuilder to) {
    if (value instanceof Json.Members members) {
      to.append('{');
      for (Map.Entry<String, Json> member : new TreeMap<>(members.byName()).entrySet()) {
        if (!(member.getValue() instanceof Json.Ignored)) {
          write(member.getKey(), to);
          write(member.getValue(), to);
        }
      }
      to.append('}');
    } else if (value instanceof Json.Items items) {
      to.append('[');
      for (int i = 0; i < items.size(); i++) {
        write(items.get(i), to);
      }
      to.append(']');
    } else if (value instanceof Json.Num number) {
      to.append('#').append(number(number)).append(';');
    } else if (value instanceof Json.Text string) {
      write(string.value(), to);
    } else {
      to.append(value instanceof Json.Ignored ? "_" : ((Json.Literal) value).name()).append(';');
    }
  }

  private static Object number(Json.Num number) {
    boolean isNumber = number.text() != null || Double.isFinite(number.value());
    return isNumber
        ? Numeric.counted(number.value(), number.text()).stripTrailingZeros()
        : number.value();
  }

  /** The length in front tells where a string ends, whatever it holds. */
  private static void write(String text, StringBuilder to) {
    to.append(text.length()).append(':').append(text);
  }
}
