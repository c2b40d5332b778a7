package io.shadowsentinel.model;

import io.shadowsentinel.text.Printable;

/** A model cannot be served. The message is one line that names the file and what is wrong. */
public final class ModelLoadException extends Exception {

  ModelLoadException(String message) {
    super(Printable.escape(message));
  }

  ModelLoadException(String message, Throwable cause) {
    super(Printable.escape(message), cause);
  }
}
