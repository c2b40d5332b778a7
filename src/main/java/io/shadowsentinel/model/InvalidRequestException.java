package io.shadowsentinel.model;

import io.shadowsentinel.text.Printable;

/** A request that the model cannot take. The message names the place and what was expected. */
public final class InvalidRequestException extends RuntimeException {

  InvalidRequestException(String message) {
    // A client's mistake is an answer, not an incident: nobody reads its stack trace.
    super(Printable.escape(message), null, false, false);
  }
}
