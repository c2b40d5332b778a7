package io.shadowsentinel.proxy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what captured requests and answers may hold in memory, over all routes and event loops:
 * bytes, and pairs that wait to be compared. The event bus has no backpressure of its own, so this
 * is it. Any thread.
 */
final class CaptureBudget {
  private final long maxBytes;
  private final int maxWaiting;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();

  CaptureBudget(long maxBytes, int maxWaiting) {
    this.maxBytes = maxBytes;
    this.maxWaiting = maxWaiting;
  }

  /** Takes so many bytes, all or none. */
  boolean tryTake(long count) {
    if (bytes.addAndGet(count) > maxBytes) {
      bytes.addAndGet(-count);
      return false;
    }
    return true;
  }

  /** Gives bytes back. */
  void giveBack(long count) {
    bytes.addAndGet(-count);
  }

  /** True when another pair may still be made. */
  boolean hasRoom() {
    return waiting.get() < maxWaiting && bytes.get() < maxBytes;
  }

  /** Pairs went over to be compared. */
  void handedOver(int pairs) {
    waiting.addAndGet(pairs);
  }

  /** Pairs were compared. */
  void compared(int pairs, long count) {
    waiting.addAndGet(-pairs);
    bytes.addAndGet(-count);
  }

  long bytes() {
    return bytes.get();
  }

  int waiting() {
    return waiting.get();
  }
}
