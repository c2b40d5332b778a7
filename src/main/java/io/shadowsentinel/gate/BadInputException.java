package io.shadowsentinel.gate;

import io.shadowsentinel.text.Printable;

/** The gate cannot measure what it was given. The message is one line that names file and line. */
public final class BadInputException extends Exception {

  BadInputException(String message) {
    super(Printable.escape(message));
  }

  BadInputException(String message, Throwable cause) {
    super(Printable.escape(message), cause);
  }
}
