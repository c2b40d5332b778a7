package io.shadowsentinel.proxy;

import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Picks a share of requests, evenly spread: of any 1,000 in a row, 10 % is 100. A counter, not a
 * die, so that a test and an incident can be replayed. Any thread.
 */
final class Sampler {
  /** Four decimals of a percent. */
  private static final long SCALE = 1_000_000;

  private final AtomicLong seen = new AtomicLong();

  /**
   * Counts a request, and tells whether it is one of the share.
   *
   * @param share from {@link #shareOf}
   */
  boolean take(long share) {
    if (share == SCALE) {
      return true;
    }
    if (share == 0) {
      return false;
    }
    long position = seen.getAndIncrement() % SCALE;
    return (position * share) % SCALE + share >= SCALE;
  }

  /** The share that {@link #take} understands, of a percentage from 0 to 100. */
  static long shareOf(BigDecimal percent) {
    return percent.movePointRight(4).longValueExact();
  }
}
