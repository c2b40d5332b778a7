package io.shadowsentinel.proxy;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The places for mirrors under way on a route, and the pace at which they are taken when users ask
 * more than the challenger can. Any thread.
 *
 * <p>Left to themselves, places that were taken at one moment come back at one moment, and are all
 * taken again at once: a challenger that takes 2 s gets 256 requests within some milliseconds, and
 * nothing for the rest of the 2 s. All that such a herd costs falls on the few users' requests of
 * that moment. So while requests are turned away for want of a place, the places that come free are
 * taken evenly, at the rate the challenger can bear by <a
 * href="https://doi.org/10.1287/opre.9.3.383">Little's law</a>, places by the mean time one is held
 * for, and a quarter more, so that none stays empty. A token bucket spaces them; it holds as many
 * tokens as there are places, and is emptied whenever a request is turned away: what is left of it
 * serves traffic that comes in bursts, with rests between them.
 */
final class MirrorPlaces {
  /**
   * Mirrors that are due within this time may start at once: loops get their requests in batches.
   */
  private static final long BATCH_NANOS = 10_000_000;

  /** For how long after a request was turned away starts are spaced, at the least. */
  private static final long CROWDED_NANOS = 1_000_000_000;

  private final AtomicInteger taken = new AtomicInteger();

  // Two threads may write these at once, and one's share is lost then: a mean and a pace bear it.

  /** For how long a place is held: an exponentially weighted mean, 0 before the first came back. */
  private volatile long heldNanos;

  private volatile long crowdedUntil;

  /** When the bucket is full again; each start moves it by a spacing. */
  private volatile long fullAt;

  /**
   * Places that are all free.
   *
   * @param nowNanos as {@link System#nanoTime()}
   */
  MirrorPlaces(long nowNanos) {
    crowdedUntil = nowNanos;
    fullAt = nowNanos;
  }

  /**
   * Takes a place, for {@link #giveBack} to end.
   *
   * @param max how many there are, 1 or more
   * @param nowNanos as {@link System#nanoTime()}
   * @return false when all are taken, or the next one is not due
   */
  boolean tryTake(int max, long nowNanos) {
    boolean crowded = crowdedUntil - nowNanos > 0;
    if (crowded && !isDue(max, nowNanos)) {
      turnedAway(nowNanos);
      return false;
    }
    if (taken.incrementAndGet() > max) {
      taken.decrementAndGet();
      allTaken(max, nowNanos);
      return false;
    }
    if (crowded) {
      fullAt = later(fullAt, nowNanos) + spacing(max);
    }
    return true;
  }

  /**
   * Asks for a place without taking it: who is told that there is none has been turned away, and
   * who is told that there is one must ask again.
   */
  boolean hasRoom(int max, long nowNanos) {
    if (crowdedUntil - nowNanos > 0 && !isDue(max, nowNanos)) {
      turnedAway(nowNanos);
      return false;
    }
    if (taken.get() >= max) {
      allTaken(max, nowNanos);
      return false;
    }
    return true;
  }

  private boolean isDue(int max, long nowNanos) {
    return fullAt - nowNanos <= depth(max) - spacing(max);
  }

  private long spacing(int max) {
    return heldNanos * 4 / (5L * max);
  }

  private long depth(int max) {
    return Math.max(BATCH_NANOS, spacing(max) * max);
  }

  private void allTaken(int max, long nowNanos) {
    turnedAway(nowNanos);
    // Tokens left: those of one batch.
    fullAt = later(fullAt, nowNanos + depth(max) - BATCH_NANOS);
  }

  private void turnedAway(long nowNanos) {
    crowdedUntil = nowNanos + Math.max(CROWDED_NANOS, 2 * heldNanos);
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }

  /**
   * Gives a place back.
   *
   * @param forNanos how long it was held, 0 or more
   */
  void giveBack(long forNanos) {
    taken.decrementAndGet();
    long mean = heldNanos;
    heldNanos = mean == 0 ? forNanos : mean + (forNanos - mean) / 16;
  }

  /** Places that are taken now. */
  int taken() {
    return taken.get();
  }
}
