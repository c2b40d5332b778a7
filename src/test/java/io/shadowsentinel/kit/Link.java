package io.shadowsentinel.kit;

import java.time.Duration;

/**
 * What one direction of a {@link FaultProxy} does to the bytes that pass. Immutable; each {@code
 * with} makes another, so that faults add up.
 *
 * @param delay before each piece that was read is passed on, which for a short message is its
 *     latency
 * @param jitter up to so much more of it, evenly spread
 * @param bytesPerSecond 0 for as fast as it goes
 * @param stopAfter bytes of a connection that pass before {@code stop}, counted from when this link
 *     was set; -1 for never
 * @param stop what happens then
 */
public record Link(
    Duration delay, Duration jitter, long bytesPerSecond, long stopAfter, Stop stop) {

  /** How a link ends. */
  public enum Stop {
    /** Both sides are closed in order, in the middle of whatever passes. */
    CLOSE,
    /** Both sides are reset. */
    RESET,
    /** The receiver is told that nothing more comes; the other direction goes on. */
    HALF_CLOSE,
    /** Nothing passes any more, and nobody is told: a black hole. */
    SILENCE
  }

  /** Passes everything on at once. */
  public static final Link CLEAR = new Link(Duration.ZERO, Duration.ZERO, 0, -1, Stop.CLOSE);

  public Link {
    if (delay.isNegative() || jitter.isNegative() || bytesPerSecond < 0 || stopAfter < -1) {
      throw new IllegalArgumentException(
          "delay %s, jitter %s, bytesPerSecond %d, stopAfter %d (expected 0 or more)"
              .formatted(delay, jitter, bytesPerSecond, stopAfter));
    }
  }

  public Link withDelay(Duration each) {
    return new Link(each, jitter, bytesPerSecond, stopAfter, stop);
  }

  public Link withJitter(Duration upTo) {
    return new Link(delay, upTo, bytesPerSecond, stopAfter, stop);
  }

  public Link throttled(long toBytesPerSecond) {
    return new Link(delay, jitter, toBytesPerSecond, stopAfter, stop);
  }

  public Link stopping(Stop how, long afterBytes) {
    return new Link(delay, jitter, bytesPerSecond, afterBytes, how);
  }
}
