package io.shadowsentinel.model;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The threads that inferences run on, and the bounded queue before them. Any thread. */
final class InferencePool {

  private static final long CLOSE_SECONDS = 10;

  private final ThreadPoolExecutor executor;
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param workers how many inferences run at once, 1 or more
   * @param queue how many more may wait, 1 or more
   */
  InferencePool(String name, int workers, int queue) {
    AtomicInteger number = new AtomicInteger();
    executor =
        new ThreadPoolExecutor(
            workers,
            workers,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            task -> {
              Thread thread =
                  new Thread(task, "inference-" + name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs a task as soon as a thread is free; false, and it is counted, when the queue is full. */
  boolean offer(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      refused.incrementAndGet();
      return false;
    }
  }

  /** How many tasks found the queue full. */
  long refused() {
    return refused.get();
  }

  /** Takes no more tasks and waits for those it has, 10 s at most. Blocks. */
  void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
