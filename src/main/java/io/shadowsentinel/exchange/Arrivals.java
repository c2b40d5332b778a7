package io.shadowsentinel.exchange;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How requests of one scope came: how many were eligible, and the number that each gets whose copy
 * goes to the challenger. Verdicts count in the order of these numbers, so whoever took one must
 * see to it that it is settled: as a comparison, or as shed. Any thread; kept as a field by whoever
 * counts requests.
 */
public final class Arrivals {
  /** In place of a number: nothing that is counted later waits for it. */
  public static final long NO_NUMBER = -1;

  /**
   * Numbers of a scope that are not settled, or settled and waiting for an older one, at most. What
   * comes while there are so many is shed, whatever its answer would be.
   */
  public static final int MAX_UNSETTLED = 65_536;

  private final LongAdder eligible = new LongAdder();
  private final AtomicLong next;
  private final long first;
  private volatile long settledBelow;

  /**
   * Begins to count.
   *
   * @param first the first number. No other object gives any of the numbers that follow it, or what
   *     is left of a scope that went and came back would be taken for the new one's
   */
  Arrivals(long first) {
    this.first = first;
    this.next = new AtomicLong(first);
    this.settledBelow = first;
  }

  /** Counts the requests that may be mirrored. */
  public LongAdder eligible() {
    return eligible;
  }

  /** Takes the next number. */
  public long take() {
    return next.getAndIncrement();
  }

  /** True while new requests are to be shed, as {@link ShedReason#BACKLOG}. */
  public boolean isFull() {
    return next.get() - settledBelow >= MAX_UNSETTLED;
  }

  /** The first number there is. */
  public long first() {
    return first;
  }

  /** The first number that is not taken yet. */
  public long end() {
    return next.get();
  }

  /** All numbers below this one are settled, and counted. */
  public void settledBelow(long number) {
    settledBelow = number;
  }
}
