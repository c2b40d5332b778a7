package io.shadowsentinel.text;

import java.util.Locale;

/**
 * Makes text from elsewhere (a config, a file's name, an upstream, a client) fit for a message, a
 * terminal and a log: what would move a cursor, forge a line, turn the direction of what follows or
 * not be seen at all is spelled out, as in {@code \\u202E}.
 */
public final class Printable {

  private Printable() {}

  /** The text on one line, with nothing in it that cannot be seen. */
  public static String escape(String text) {
    int plain = 0;
    while (plain < text.length() && text.charAt(plain) >= ' ' && text.charAt(plain) <= '~') {
      plain++;
    }
    if (plain == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, plain);
    text.substring(plain).codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  /** The same of the first {@code max} characters, and an ellipsis where there are more. */
  public static String escape(String text, int max) {
    if (text.codePointCount(0, text.length()) <= max) {
      return escape(text);
    }
    return escape(text.substring(0, text.offsetByCodePoints(0, max))) + "…";
  }

  /** The same with each break of a line, and each tab, as a space. */
  public static String oneLine(String text) {
    return escape(text.replace('\n', ' ').replace('\r', ' ').replace('\t', ' '));
  }

  /** A failure in one line: its own message, or its kind where it has none. */
  public static String describe(Throwable fault) {
    String message = fault.getMessage();
    return oneLine(
        message == null || message.isBlank() ? fault.getClass().getSimpleName() : message);
  }

  private static void append(StringBuilder out, int c) {
    switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED -> {
        for (char unit : Character.toChars(c)) {
          out.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
        }
      }
      default -> out.appendCodePoint(c);
    }
  }
}
