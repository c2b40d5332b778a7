package io.shadowsentinel.app;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Work that must not overlap: asked for while it is under way, it is done once more after that,
 * however often it was asked for. Any thread.
 */
final class OneAtATime {
  private final Supplier<Future<?>> work;
  private boolean busy;
  private boolean again;

  /**
   * @param work ends with its future, however that ends; called by whoever asks, or by whoever
   *     ended it before
   */
  OneAtATime(Supplier<Future<?>> work) {
    this.work = work;
  }

  void ask() {
    synchronized (this) {
      again = busy;
      if (busy) {
        return;
      }
      busy = true;
    }
    begin();
  }

  private void begin() {
    Future<?> ended;
    try {
      ended = work.get();
    } catch (RuntimeException e) {
      ended = Future.failedFuture(e);
    }
    ended.onComplete(any -> next());
  }

  private void next() {
    synchronized (this) {
      busy = again;
      again = false;
      if (!busy) {
        return;
      }
    }
    begin();
  }
}
