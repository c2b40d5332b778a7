package io.shadowsentinel.recorded;

/** A line of a recording that holds no request. The message says what is wrong, in one line. */
public final class BadLineException extends Exception {
  private static final long serialVersionUID = 1;

  public BadLineException(String what) {
    super(what);
  }
}
