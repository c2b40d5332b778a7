package io.shadowsentinel.gate;

/** The gate cannot measure what it was given. The message is one line that names file and line. */
public final class BadInputException extends Exception {

  BadInputException(String message) {
    super(message);
  }

  BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
