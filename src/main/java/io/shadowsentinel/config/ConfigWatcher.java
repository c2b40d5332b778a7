package io.shadowsentinel.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a configuration file by its content. Each second the path is resolved anew, which follows
 * an editor's rename and the symbolic link that Kubernetes swaps, and the content is hashed; a new
 * one that two polls in a row have seen is loaded and told to the listener, once. The second poll
 * keeps a file that is half written from being taken for a whole one with fewer routes.
 *
 * <p>The listener is called on the watcher's own daemon thread, never on an event loop.
 */
public final class ConfigWatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigWatcher.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Polls in a row without the file that are taken for a rename under way. */
  static final int TOLERATED_MISSES = 3;

  private final Path file;
  private final Function<String, @Nullable String> environment;
  private final Consumer<ConfigResult> listener;
  private final @Nullable ScheduledExecutorService executor;
  private volatile boolean closed;
  private volatile @Nullable ScheduledFuture<?> polling;

  // What follows belongs to the thread that polls.
  private String told;
  private String seen;
  private int misses;

  /** Watches nothing by itself: {@link #poll} is the caller's to call. */
  ConfigWatcher(
      Path file,
      Function<String, @Nullable String> environment,
      String runningHash,
      Consumer<ConfigResult> listener) {
    this(file, environment, runningHash, listener, null);
  }

  private ConfigWatcher(
      Path file,
      Function<String, @Nullable String> environment,
      String runningHash,
      Consumer<ConfigResult> listener,
      @Nullable ScheduledExecutorService executor) {
    this.file = file;
    this.environment = environment;
    this.listener = listener;
    this.executor = executor;
    this.told = runningHash;
    this.seen = runningHash;
  }

  /**
   * Begins to watch, until {@link #close}.
   *
   * @param runningHash {@link ConfigResult.Loaded#contentHash()} of the config that runs
   * @param listener gets each new content's result, good or bad, within about two seconds; a
   *     content that comes back after another counts as new
   */
  public static ConfigWatcher start(
      Path file,
      Function<String, @Nullable String> environment,
      String runningHash,
      Consumer<ConfigResult> listener) {
    return start(file, environment, runningHash, listener, INTERVAL);
  }

  static ConfigWatcher start(
      Path file,
      Function<String, @Nullable String> environment,
      String runningHash,
      Consumer<ConfigResult> listener,
      Duration interval) {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "config-watcher");
              thread.setDaemon(true);
              return thread;
            });
    ConfigWatcher watcher = new ConfigWatcher(file, environment, runningHash, listener, executor);
    long nanos = interval.toNanos();
    watcher.polling =
        executor.scheduleWithFixedDelay(watcher::poll, nanos, nanos, TimeUnit.NANOSECONDS);
    return watcher;
  }

  /** Looks at the file once. Never throws, since that would end the schedule. */
  void poll() {
    byte[] content;
    try {
      content = SourceText.read(file);
    } catch (IOException e) {
      missed(e);
      return;
    }
    found();
    String hash = SourceText.hash(content);
    boolean settled = hash.equals(seen);
    seen = hash;
    if (closed || !settled || hash.equals(told)) {
      return;
    }
    told = hash;
    try {
      listener.accept(ConfigLoader.parse(file, content, environment));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("config {}: the change was read, but not applied; change the file again", file, e);
    }
  }

  private void missed(IOException e) {
    misses++;
    if (misses == TOLERATED_MISSES + 1) {
      LOG.warn("config {}: cannot be read ({}); the running config stays", file, e.toString());
    }
  }

  private void found() {
    if (misses > TOLERATED_MISSES) {
      LOG.info("config {}: can be read again", file);
    }
    misses = 0;
  }

  /** Ends the watch; no call of the listener begins after this. */
  @Override
  public void close() {
    closed = true;
    ScheduledFuture<?> running = polling;
    if (running != null) {
      running.cancel(false);
    }
    if (executor != null) {
      executor.shutdown();
    }
  }
}
