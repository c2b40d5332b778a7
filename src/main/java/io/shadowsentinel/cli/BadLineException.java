package io.shadowsentinel.cli;

/** A line of a recording that holds no request. The message says what is wrong, in one line. */
final class BadLineException extends Exception {
  private static final long serialVersionUID = 1;

  BadLineException(String what) {
    super(what);
  }
}
