package io.shadowsentinel.model;

/** A model cannot be served. The message is one line that names the file and what is wrong. */
public final class ModelLoadException extends Exception {

  ModelLoadException(String message) {
    super(message);
  }

  ModelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
