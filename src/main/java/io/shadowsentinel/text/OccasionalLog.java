package io.shadowsentinel.text;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs a fault of ours at most once in an interval, with how many were left out since: one on every
 * request must not fill the disk. It says where it happened and not what with: a stack would be a
 * stranger's to cause, and a message may quote a body. For one thread at a time.
 */
public final class OccasionalLog {
  private final Logger log;
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private long lastNanos;
  private long suppressed;
  private boolean logged;

  /** A log that has said nothing yet; the clock is as {@link System#nanoTime()}. */
  public OccasionalLog(Logger log, Duration interval, LongSupplier nanoTime) {
    this.log = log;
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Logs it, in one line. */
  public void error(String message, Throwable cause) {
    long now = nanoTime.getAsLong();
    if (logged && now - lastNanos < intervalNanos) {
      suppressed++;
      return;
    }
    StackTraceElement[] stack = cause.getStackTrace();
    log.error(
        "{}: {} at {} ({} like it since the last of these lines)",
        message,
        cause.getClass().getName(),
        stack.length == 0 ? "an unknown place" : stack[0],
        suppressed);
    logged = true;
    lastNanos = now;
    suppressed = 0;
  }
}
