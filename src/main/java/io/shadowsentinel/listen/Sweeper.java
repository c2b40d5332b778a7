package io.shadowsentinel.listen;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds what of one event loop is overdue, by looking at all of it from time to time, while there
 * is any: an idle loop is not woken for it. A linked list threaded through its members: joining and
 * leaving allocate nothing, where a timer for each request would. Bound to one event loop.
 */
public final class Sweeper {
  /** How often exchanges are looked at, which is how late a time-out of one may come. */
  public static final long EXCHANGES_MILLIS = 20;

  /** Something that may be overdue. */
  public abstract static class Timed {
    private @Nullable Timed previous;
    private @Nullable Timed next;
    private @Nullable Sweeper in;

    /**
     * Acts if it is overdue. It may leave the sweeper while called.
     *
     * @return true when what it did may wait for others; a sweep stops after {@link #MAX_EXPIRED}
     *     of those
     */
    public abstract boolean sweep(long nowNanos);
  }

  /**
   * Mirrors reset in one sweep, at most. 128 mirrors timing out at once showed in the user's p99;
   * the rest wait for the next sweep, which is soon.
   */
  static final int MAX_EXPIRED = 8;

  private final LongSupplier clock;
  private final Consumer<Runnable> timer;
  private @Nullable Timed first;
  private int size;
  private boolean ticking;

  /**
   * A sweeper of nothing yet.
   *
   * @param clock as {@link System#nanoTime()}
   * @param timer runs what it is given, once, after the time that a time-out may come late by
   */
  public Sweeper(LongSupplier clock, Consumer<Runnable> timer) {
    this.clock = clock;
    this.timer = timer;
  }

  /**
   * Joining twice does nothing, and is a mistake: nothing may be in a list at two places, or in two
   * lists.
   */
  public void join(Timed timed) {
    assert timed.in == null : "joined twice: " + timed;
    if (timed.in != null) {
      return;
    }
    timed.next = first;
    timed.previous = null;
    if (first != null) {
      first.previous = timed;
    }
    first = timed;
    timed.in = this;
    size++;
    if (!ticking) {
      ticking = true;
      timer.accept(this::tick);
    }
  }

  /** Leaving twice does nothing, nor does leaving what was joined elsewhere. */
  public void leave(Timed timed) {
    if (timed.in != this) {
      return;
    }
    timed.in = null;
    size--;
    if (timed.previous == null) {
      first = timed.next;
    } else {
      timed.previous.next = timed.next;
    }
    if (timed.next != null) {
      timed.next.previous = timed.previous;
    }
    timed.previous = null;
    timed.next = null;
  }

  private void tick() {
    try {
      sweep(clock.getAsLong());
    } finally {
      ticking = size > 0;
      if (ticking) {
        timer.accept(this::tick);
      }
    }
  }

  private void sweep(long nowNanos) {
    int expired = 0;
    Timed timed = first;
    while (timed != null && expired < MAX_EXPIRED) {
      Timed next = timed.next;
      if (timed.sweep(nowNanos)) {
        expired++;
      }
      // What it did may have taken the next one out as well; the following sweep sees the rest.
      timed = next != null && next.in == this ? next : null;
    }
  }

  public int size() {
    return size;
  }
}
