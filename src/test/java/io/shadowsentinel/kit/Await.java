package io.shadowsentinel.kit;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for something that another thread does, and fails in words when it does not happen. */
public final class Await {
  /**
   * The bound where none is given: far above what is ever needed, so that it costs only failures.
   */
  public static final Duration DEFAULT = Duration.ofSeconds(30);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Await() {}

  /** Waits up to {@link #DEFAULT} until the condition holds. */
  public static void until(String what, BooleanSupplier condition) {
    until(what, DEFAULT, condition);
  }

  /**
   * Waits until the condition holds. It is asked at least twice, first at once, last at the bound.
   *
   * @throws AssertionError when it does not hold in time
   */
  public static void until(String what, Duration atMost, BooleanSupplier condition) {
    value(what, atMost, condition::getAsBoolean, holds -> holds);
  }

  /** Waits up to {@link #DEFAULT} for a value that is wanted, and gives it back. */
  public static <T> T value(String what, Supplier<T> supplier, Predicate<? super T> wanted) {
    return value(what, DEFAULT, supplier, wanted);
  }

  /**
   * Waits for a value that is wanted, and gives it back.
   *
   * @throws AssertionError with the last value, when none comes in time
   */
  public static <T> T value(
      String what, Duration atMost, Supplier<T> supplier, Predicate<? super T> wanted) {
    long start = System.nanoTime();
    while (true) {
      boolean last = System.nanoTime() - start >= atMost.toNanos();
      T value = supplier.get();
      if (wanted.test(value)) {
        return value;
      }
      if (last) {
        throw new AssertionError("not in " + atMost + ": " + what + "; last seen: " + value);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Waits until a task is over that was told to end. */
  static void end(Future<?> task) {
    try {
      task.get();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a task", stop);
    } catch (ExecutionException failed) {
      throw new AssertionError("a task failed", failed);
    }
  }
}
