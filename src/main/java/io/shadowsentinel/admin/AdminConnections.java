package io.shadowsentinel.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of the admin port, which shares the process's file descriptors with users. There
 * are at most so many; when one more comes, the one that is idle for longest makes way, so that who
 * opens many keeps no operator out. Who takes too long with a request is let go. On the event loop.
 */
final class AdminConnections {
  private static final Logger LOG = LoggerFactory.getLogger(AdminConnections.class);

  /**
   * What a connection may take.
   *
   * @param connections at once, 1 or more
   * @param firstHead until the head of the first request is there
   * @param idle from an answer to the head of the next request
   * @param request from a head to the end of the answer, which for an action waits for the disk
   */
  record Limits(int connections, Duration firstHead, Duration idle, Duration request) {
    static final Limits DEFAULTS =
        new Limits(512, Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(90));
  }

  private static final class Entry {
    final HttpConnection connection;
    int requests;
    boolean stream;
    long deadline;

    Entry(HttpConnection connection) {
      this.connection = connection;
    }
  }

  private final Limits limits;
  private final LongSupplier nanoTime;
  private final Map<HttpConnection, Entry> open = new HashMap<>();
  private final Set<Entry> idleLongestFirst = new LinkedHashSet<>();
  private final Counter refused;
  private final Counter madeWay;
  private final Counter tooSlow;
  private volatile int count;

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  AdminConnections(Limits limits, MeterRegistry registry, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    refused = closed(registry, "full");
    madeWay = closed(registry, "made_way");
    tooSlow = closed(registry, "too_slow");
    Gauge.builder("shadow.sentinel.admin.connections", () -> count)
        .description("Connections to the admin port")
        .register(registry);
  }

  private static Counter closed(MeterRegistry registry, String reason) {
    return Counter.builder("shadow.sentinel.admin.connections.closed")
        .description("Connections to the admin port that were closed from this side, by why")
        .tag("reason", reason)
        .register(registry);
  }

  /** A connection was made. */
  void opened(HttpConnection connection) {
    if (open.size() >= limits.connections()) {
      Iterator<Entry> idle = idleLongestFirst.iterator();
      if (!idle.hasNext()) {
        refused.increment();
        close(connection);
        return;
      }
      madeWay.increment();
      letGo(idle.next());
    }
    Entry entry = new Entry(connection);
    entry.deadline = deadline(limits.firstHead());
    open.put(connection, entry);
    idleLongestFirst.add(entry);
    count = open.size();
    connection.closeHandler(gone -> forget(entry));
  }

  /** The head of a request is there. */
  void began(HttpServerRequest request) {
    Entry entry = open.get(request.connection());
    if (entry != null) {
      entry.requests++;
      entry.deadline = deadline(limits.request());
      idleLongestFirst.remove(entry);
    }
  }

  /** The request is answered by a stream, which may take as long as it likes. */
  void streams(HttpServerRequest request) {
    Entry entry = open.get(request.connection());
    if (entry != null) {
      entry.stream = true;
    }
  }

  /** The request is answered, or will not be. */
  void ended(HttpServerRequest request) {
    Entry entry = open.get(request.connection());
    if (entry != null && --entry.requests == 0) {
      entry.stream = false;
      entry.deadline = deadline(limits.idle());
      idleLongestFirst.add(entry);
    }
  }

  /** Lets those go that take too long. To be called each second or so. */
  void sweep() {
    long now = nanoTime.getAsLong();
    for (Entry entry : List.copyOf(open.values())) {
      if (!entry.stream && entry.deadline - now <= 0) {
        tooSlow.increment();
        letGo(entry);
      }
    }
  }

  private long deadline(Duration after) {
    return nanoTime.getAsLong() + after.toNanos();
  }

  private void letGo(Entry entry) {
    forget(entry);
    close(entry.connection);
  }

  private void forget(Entry entry) {
    open.remove(entry.connection);
    idleLongestFirst.remove(entry);
    count = open.size();
  }

  private static void close(HttpConnection connection) {
    connection.close().onFailure(gone -> LOG.debug("the connection was gone already", gone));
  }
}
