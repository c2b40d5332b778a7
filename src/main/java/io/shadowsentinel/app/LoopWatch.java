package io.shadowsentinel.app;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.admin.Liveness;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees from outside whether event loops answer: from a thread of its own it hands each a task once
 * a second, never a second one before the first was done. Any thread.
 */
final class LoopWatch implements Liveness, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LoopWatch.class);

  /** What has not answered for so long does not answer any more. */
  static final Duration STUCK = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** A loop, and the task that it was given last. */
  private static final class Watched {
    final String name;
    final Consumer<Runnable> loop;
    private boolean asked;
    private long askedNanos;
    private long lagNanos;
    private boolean stuck;

    Watched(String name, Consumer<Runnable> loop) {
      this.name = name;
      this.loop = loop;
    }

    synchronized boolean ask(long nowNanos) {
      if (asked) {
        return false;
      }
      asked = true;
      askedNanos = nowNanos;
      return true;
    }

    synchronized void answered(long nowNanos) {
      asked = false;
      lagNanos = nowNanos - askedNanos;
    }

    /** How long the last task had to wait, or this one does already if that is longer. */
    synchronized long lagNanos(long nowNanos) {
      return asked ? Math.max(lagNanos, nowNanos - askedNanos) : lagNanos;
    }

    synchronized boolean isStuck(long nowNanos) {
      return asked && nowNanos - askedNanos >= STUCK.toNanos();
    }

    /** True when that has changed since it was asked for. */
    synchronized boolean turned(boolean now) {
      boolean turned = stuck != now;
      stuck = now;
      return turned;
    }
  }

  private final LongSupplier clock;
  private final MeterRegistry registry;
  private final List<Watched> loops = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /**
   * A watch that nobody has started.
   *
   * @param clock as {@link System#nanoTime()}
   */
  LoopWatch(LongSupplier clock, MeterRegistry registry) {
    this.clock = clock;
    this.registry = registry;
  }

  /** Looks from now on, each second. */
  LoopWatch start() {
    Thread thread = new Thread(this::run, "event-loop-watch");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /**
   * Watches one more.
   *
   * @param loop runs a task on it
   */
  void add(String name, Consumer<Runnable> loop) {
    Watched watched = new Watched(name, loop);
    loops.add(watched);
    Gauge.builder("shadow.sentinel.event.loop.lag", () -> lagSeconds(watched))
        .description("How long a task had to wait for the event loop, or has waited already")
        .baseUnit("seconds")
        .tag("loop", name)
        .register(registry);
  }

  private double lagSeconds(Watched watched) {
    return watched.lagNanos(clock.getAsLong()) / 1e9;
  }

  private void run() {
    while (!closed) {
      look();
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** Asks those that have answered, and tells the log of those that stop to, or begin again. */
  void look() {
    for (Watched watched : loops) {
      long now = clock.getAsLong();
      boolean stuck = watched.isStuck(now);
      if (watched.turned(stuck) && stuck) {
        log.error(
            "event loop {} has not answered for {} s; its users are not served, and only a restart"
                + " helps if it stays so",
            watched.name,
            STUCK.toSeconds());
      } else if (!stuck) {
        ask(watched, now);
      }
    }
  }

  private void ask(Watched watched, long now) {
    if (!watched.ask(now)) {
      return;
    }
    try {
      watched.loop.accept(() -> watched.answered(clock.getAsLong()));
    } catch (RejectedExecutionException gone) {
      // It was shut down, with all that it served.
      loops.remove(watched);
    }
  }

  @Override
  public List<String> stuck() {
    long now = clock.getAsLong();
    return loops.stream()
        .filter(watched -> watched.isStuck(now))
        .map(
            watched ->
                "event loop %s has not answered for %d s"
                    .formatted(watched.name, watched.lagNanos(now) / 1_000_000_000))
        .toList();
  }

  @Override
  public void close() {
    closed = true;
  }
}
