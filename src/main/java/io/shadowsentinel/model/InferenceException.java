package io.shadowsentinel.model;

/** A model failed on input that its own description allows. */
public final class InferenceException extends RuntimeException {

  InferenceException(String message) {
    super(message);
  }

  InferenceException(String message, Throwable cause) {
    super(message, cause);
  }
}
