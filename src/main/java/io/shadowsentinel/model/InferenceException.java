package io.shadowsentinel.model;

import io.shadowsentinel.text.Printable;

/** A model failed on input that its own description allows. */
public final class InferenceException extends RuntimeException {

  InferenceException(String message) {
    super(Printable.escape(message));
  }

  InferenceException(String message, Throwable cause) {
    super(Printable.escape(message), cause);
  }
}
