package io.shadowsentinel.config;

import io.shadowsentinel.text.Printable;

/** How values from a file look in a message: one line, bounded, control characters escaped. */
final class Quoted {
  private static final int MAX_LENGTH = 80;
  private static final int MAX_MESSAGE = 200;

  private Quoted() {}

  static String text(String value) {
    return Printable.escape(value, MAX_LENGTH);
  }

  /** A message that may hold a piece of the file. */
  static String bounded(String message) {
    return Printable.escape(message, MAX_MESSAGE);
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
