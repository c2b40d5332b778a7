package io.shadowsentinel.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the main thread until the process is told to end, and then ends things in order. */
public final class Shutdown {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  /** What is done after the last request: mirrors answered, pairs compared, evidence written. */
  private static final Duration REST = Duration.ofSeconds(15);

  private Shutdown() {}

  /**
   * Blocks until a signal ends the process; the JVM waits for {@code stop} then, and a second
   * signal ends that.
   *
   * @param grace how long requests may go on then; asked then
   * @param halt ends the process at once, with an exit code
   */
  public static void await(
      Supplier<Future<Void>> stop, Vertx vertx, Supplier<Duration> grace, IntConsumer halt)
      throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  SecondSignal.endsAtOnce(halt);
                  stopInOrder(stop, vertx, grace.get());
                },
                "stop-in-order"));
    new CountDownLatch(1).await();
  }

  /**
   * Stops, and closes Vert.x whatever comes of it. Blocks for 15 s longer than the grace at most.
   */
  public static void stopInOrder(Supplier<Future<Void>> stop, Vertx vertx, Duration grace) {
    log.info("stopping");
    long limitMillis = grace.plus(REST).toMillis();
    try {
      stop.get().await(limitMillis, TimeUnit.MILLISECONDS);
      // Not chained to the above: a future whose event loop is closed never completes.
      vertx.close().await(REST.toMillis(), TimeUnit.MILLISECONDS);
      log.info("stopped");
    } catch (TimeoutException e) {
      log.error("not stopped in {} ms; what was decided is on disk", limitMillis);
    }
  }
}
