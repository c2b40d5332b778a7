package io.shadowsentinel.compare;

/**
 * How many disagreements of a route may keep their bodies: {@value #PER_SECOND} a second, by the
 * time of the answers. More is more than anyone looks at, and each costs time to read and to write.
 * Any thread.
 */
final class BodyAllowance {
  static final int PER_SECOND = 10;

  private long second = Long.MIN_VALUE;
  private int taken;

  /** True when one more may be kept. */
  synchronized boolean take(long atMillis) {
    long now = Math.floorDiv(atMillis, 1_000L);
    if (now > second) {
      second = now;
      taken = 0;
    }
    return ++taken <= PER_SECOND;
  }
}
