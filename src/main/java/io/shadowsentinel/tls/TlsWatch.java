package io.shadowsentinel.tls;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls a {@link TlsStore} each second, on a daemon thread of its own, and tells when something was
 * taken up. By content and by path, so that the link which Kubernetes swaps is followed.
 */
public final class TlsWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TlsWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ScheduledExecutorService executor;

  private TlsWatch(ScheduledExecutorService executor) {
    this.executor = executor;
  }

  /**
   * Begins to watch, until {@link #close}.
   *
   * @param changed called on the watch's thread after each change
   */
  public static TlsWatch start(TlsStore store, Runnable changed) {
    return start(store, changed, INTERVAL);
  }

  static TlsWatch start(TlsStore store, Runnable changed, Duration interval) {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "tls-watch");
              thread.setDaemon(true);
              return thread;
            });
    long nanos = interval.toNanos();
    var unused =
        executor.scheduleWithFixedDelay(
            () -> poll(store, changed), nanos, nanos, TimeUnit.NANOSECONDS);
    return new TlsWatch(executor);
  }

  /** Never throws, since that would end the schedule. */
  private static void poll(TlsStore store, Runnable changed) {
    try {
      if (store.poll()) {
        changed.run();
      }
    } catch (RuntimeException e) {
      log.error("certificate files: could not be looked at; the next look is in a second", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
