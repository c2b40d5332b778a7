package io.shadowsentinel.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Writes to stderr, and bounds the lines that others can cause: of what a library warns of, and of
 * whatever comes with something thrown, so many lines of one kind in each interval. What is over is
 * counted, and the count is said in one line when the interval is over. Any thread.
 */
final class LogAppender extends ConsoleAppender<ILoggingEvent> {
  static final int LINES = 10;
  static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final String OURS = "io.shadowsentinel";

  /** Kinds are templates of messages, of which there are some; those that are made are the rest. */
  private static final int MAX_KINDS = 256;

  private static final String OTHERS = "(others)";

  private static final class Kind {
    final long sinceNanos;
    int lines;
    long suppressed;

    Kind(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private final LongSupplier nanoTime;
  private final Map<String, Kind> kinds = new HashMap<>();
  private final AtomicLong suppressed = new AtomicLong();

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  LogAppender(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Lines that were left out so far. */
  long suppressed() {
    return suppressed.get();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (isOthersToCause(event) && !admit(event)) {
      return;
    }
    super.append(event);
  }

  private static boolean isOthersToCause(ILoggingEvent event) {
    return event.getLevel().isGreaterOrEqual(Level.WARN)
        && (event.getThrowableProxy() != null || !event.getLoggerName().startsWith(OURS));
  }

  private boolean admit(ILoggingEvent event) {
    Map<String, Long> over = new HashMap<>();
    boolean admitted;
    synchronized (kinds) {
      long now = nanoTime.getAsLong();
      forget(now, over);
      String name = kind(event);
      Kind kind = kinds.computeIfAbsent(name, unused -> new Kind(now));
      admitted = kind.lines < LINES;
      if (admitted) {
        kind.lines++;
      } else {
        kind.suppressed++;
        suppressed.incrementAndGet();
      }
    }
    over.forEach((name, count) -> super.append(summary(name, count)));
    return admitted;
  }

  /** Those whose interval is over, with what was left out in it. */
  private void forget(long now, Map<String, Long> over) {
    Iterator<Map.Entry<String, Kind>> each = kinds.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, Kind> entry = each.next();
      if (now - entry.getValue().sinceNanos >= INTERVAL_NANOS) {
        if (entry.getValue().suppressed > 0) {
          over.put(entry.getKey(), entry.getValue().suppressed);
        }
        each.remove();
      }
    }
  }

  /** A library's lines are one kind for each logger: it may build its messages itself. */
  private String kind(ILoggingEvent event) {
    String name = event.getLoggerName();
    if (name.startsWith(OURS)) {
      name += ": " + event.getMessage();
    }
    return kinds.containsKey(name) || kinds.size() < MAX_KINDS ? name : OTHERS;
  }

  private static LoggingEvent summary(String kind, long count) {
    return new LoggingEvent(
        LogAppender.class.getName(),
        (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(LogAppender.class),
        Level.WARN,
        "suppressed {} lines of {}",
        null,
        new Object[] {count, kind});
  }
}
