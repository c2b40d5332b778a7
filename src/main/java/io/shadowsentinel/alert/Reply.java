package io.shadowsentinel.alert;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How one attempt to deliver an alert ended. */
sealed interface Reply {

  /** The receiver answered 2xx. */
  record Delivered() implements Reply {}

  /**
   * It was not delivered.
   *
   * @param why for the log, without secrets
   * @param retryAfter how long the receiver asked to wait; null if it did not
   */
  record Failed(String why, @Nullable Duration retryAfter) implements Reply {}
}
