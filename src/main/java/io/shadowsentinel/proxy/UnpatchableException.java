package io.shadowsentinel.proxy;

import io.shadowsentinel.text.Printable;

/** A body that a route's patch does not fit. The message says why, and quotes nothing of it. */
final class UnpatchableException extends Exception {
  private static final long serialVersionUID = 1;

  UnpatchableException(String why) {
    super(Printable.escape(why));
  }
}
