package io.shadowsentinel.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When an alert that was not delivered is tried again: exponential backoff with jitter, and an end.
 * The jitter is a hash of alert and attempt, so the same history gives the same schedule.
 *
 * @param first the least wait after the first failure
 * @param cap the longest wait
 * @param giveUpAfter age at which a failed attempt was the last
 */
record RetryPolicy(Duration first, Duration cap, Duration giveUpAfter) {

  static final RetryPolicy DEFAULTS =
      new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(24));

  private static final double JITTER = 0.25;

  /**
   * The wait before the next attempt, from {@code first} to {@code cap}; empty to give up.
   *
   * @param failures attempts that failed so far, 1 or more
   * @param retryAfter what the receiver asked for, honoured up to {@code cap}; null if it did not
   */
  Optional<Duration> next(
      String id, Instant enqueuedAt, Instant now, int failures, @Nullable Duration retryAfter) {
    if (Duration.between(enqueuedAt, now).compareTo(giveUpAfter) >= 0) {
      return Optional.empty();
    }
    Duration wait = backoff(id, failures);
    if (retryAfter != null && retryAfter.compareTo(wait) > 0) {
      wait = retryAfter.compareTo(cap) < 0 ? retryAfter : cap;
    }
    return Optional.of(wait);
  }

  private Duration backoff(String id, int failures) {
    double highest = cap.toMillis() / (1 + JITTER);
    double base = Math.min(Math.scalb((double) first.toMillis(), failures - 1), highest);
    return Duration.ofMillis((long) (base * (1 + JITTER * Mix.unit(Mix.hash(id) + failures))));
  }
}
