package io.shadowsentinel.compare;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs an error at most once in an interval, with how many were left out since: a fault on every
 * request must not fill the disk. For one thread at a time.
 */
final class OccasionalLog {
  private final Logger log;
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private long lastNanos;
  private long suppressed;
  private boolean logged;

  OccasionalLog(Logger log, Duration interval, LongSupplier nanoTime) {
    this.log = log;
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  void error(String message, Throwable cause) {
    long now = nanoTime.getAsLong();
    if (logged && now - lastNanos < intervalNanos) {
      suppressed++;
      return;
    }
    log.error("{} ({} like it since the last of these lines)", message, suppressed, cause);
    logged = true;
    lastNanos = now;
    suppressed = 0;
  }
}
