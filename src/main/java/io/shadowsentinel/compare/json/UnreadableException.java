package io.shadowsentinel.compare.json;

import io.shadowsentinel.text.Printable;

/**
 * An answer cannot be read as the route's format. An expected outcome inside this package, never
 * seen outside it; it carries no stack trace because only its words are used.
 */
public final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnreadableException(String reason) {
    super(Printable.escape(reason), null, false, false);
  }

  /** Why, in words that fit behind "the challenger's answer was refused: ". */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
