package io.shadowsentinel.decide;

import java.io.IOException;

/**
 * The state directory cannot be used as it is. The message names the file, and the line where there
 * is one, and says what to do; it is meant for the operator.
 */
public final class StateFault extends IOException {

  private static final long serialVersionUID = 1L;

  StateFault(String message) {
    super(message);
  }

  StateFault(String message, Throwable cause) {
    super(message, cause);
  }
}
