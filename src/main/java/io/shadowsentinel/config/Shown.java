package io.shadowsentinel.config;

/** How values from a file look in a message: one line, bounded, control characters escaped. */
final class Shown {
  private static final int MAX_LENGTH = 80;

  private Shown() {}

  static String text(String value) {
    StringBuilder out = new StringBuilder();
    value
        .codePoints()
        .limit(MAX_LENGTH)
        .forEach(
            c -> {
              if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                out.append(String.format("\\u%04x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return value.codePointCount(0, value.length()) > MAX_LENGTH ? out + "…" : out.toString();
  }

  /** What a node is, for a message that says that it should be something else. */
  static String node(Node node) {
    if (node instanceof Node.Mapping) {
      return "a mapping";
    }
    if (node instanceof Node.Sequence) {
      return "a list";
    }
    Node.Scalar scalar = (Node.Scalar) node;
    return switch (scalar.kind()) {
      case NULL, FAULTY -> "empty";
      case NUMBER, BOOLEAN -> text(scalar.text());
      case TEXT, FROM_ENVIRONMENT ->
          needsQuotes(scalar.text()) ? '"' + text(scalar.text()) + '"' : text(scalar.text());
    };
  }

  /** Quotes tell an empty text from nothing, and the text "5" from the number 5. */
  private static boolean needsQuotes(String text) {
    return text.isBlank()
        || Scalars.isNumber(text)
        || text.equals("true")
        || text.equals("false")
        || !text.equals(text.strip());
  }
}
