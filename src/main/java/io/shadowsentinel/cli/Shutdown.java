package io.shadowsentinel.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the main thread until the process is told to end, and then ends things in order. */
final class Shutdown {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);
  private static final long LIMIT_SECONDS = 25;

  private Shutdown() {}

  /** Blocks until a signal ends the process; the JVM waits for {@code stop} then. */
  static void await(Supplier<Future<Void>> stop, Vertx vertx) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stopInOrder(stop, vertx), "stop-in-order"));
    new CountDownLatch(1).await();
  }

  /** Stops, and closes Vert.x whatever comes of it. Blocks for 25 s at most. */
  static void stopInOrder(Supplier<Future<Void>> stop, Vertx vertx) {
    log.info("stopping");
    try {
      stop.get().await(LIMIT_SECONDS, TimeUnit.SECONDS);
      // Not chained to the above: a future whose event loop is closed never completes.
      vertx.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
      log.info("stopped");
    } catch (TimeoutException e) {
      log.error("not stopped in {} s; what was decided is on disk", LIMIT_SECONDS);
    }
  }
}
