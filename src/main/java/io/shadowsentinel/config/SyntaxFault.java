package io.shadowsentinel.config;

/** Ends the reading of a file that cannot be read on. */
final class SyntaxFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Place at;

  SyntaxFault(Place at, String message) {
    super(message, null, false, false);
    this.at = at;
  }

  SyntaxFault(Place at, String message, Throwable cause) {
    super(message, cause);
    this.at = at;
  }

  Place at() {
    return at;
  }

  /** What to tell the user: one line. */
  String told() {
    return String.valueOf(getMessage());
  }
}
