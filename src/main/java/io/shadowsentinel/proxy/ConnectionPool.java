package io.shadowsentinel.proxy;

import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 connections of one event loop to one upstream, for one side. The connection that was
 * used last is used next, so that those a lull does not need grow old and are closed. Bound to one
 * event loop, which is why it needs no lock, where the client's own pool is built for any thread
 * (docs/performance.md has what that saves).
 */
final class ConnectionPool {
  /**
   * Idle connections are closed before most servers close them (uvicorn: 5 s, Node: 5 s), because a
   * request that meets a close on its way cannot be sent again.
   */
  static final int KEEP_ALIVE_SECONDS = 4;

  /** Closed this much before the end that the upstream announced, for the same reason. */
  private static final long ANNOUNCED_MARGIN_SECONDS = 1;

  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(KEEP_ALIVE_SECONDS);

  /** One connection; in use, or among the idle. */
  private final class Pooled {
    final HttpClientConnection connection;
    long idleUntilNanos;
    boolean closed;

    Pooled(HttpClientConnection connection) {
      this.connection = connection;
      connection.closeHandler(unused -> closed(this));
    }
  }

  /** A request that waits for a connection. */
  private record Waiting(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamClients.Caller caller) {}

  private final String host;
  private final int port;
  private final int maxConnections;
  private final int maxWaiting;
  private final LongSupplier clock;
  private final LongFunction<HttpClientAgent> clients;
  private final Consumer<Runnable> later;
  private final Runnable inUse;

  /** Least lately used first. */
  private final ArrayDeque<Pooled> idle = new ArrayDeque<>();

  private final List<Pooled> released = new ArrayList<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Connections there are, idle or not, and those being made. */
  private int open;

  /**
   * A pool without a connection.
   *
   * @param maxConnections more are not made
   * @param maxWaiting requests that may wait for one when all are in use
   * @param clock as {@link System#nanoTime()}
   * @param clients makes connections, for a connect timeout in milliseconds
   * @param later runs something on this event loop, after what it does now
   * @param inUse told when the first connection is made, and from then on to be swept
   */
  ConnectionPool(
      UpstreamSet.Upstream upstream,
      int maxConnections,
      int maxWaiting,
      LongSupplier clock,
      LongFunction<HttpClientAgent> clients,
      Consumer<Runnable> later,
      Runnable inUse) {
    this.host = upstream.host;
    this.port = upstream.port;
    this.maxConnections = maxConnections;
    this.maxWaiting = maxWaiting;
    this.clock = clock;
    this.clients = clients;
    this.later = later;
    this.inUse = inUse;
  }

  /** Asks for a request on a connection; the caller is told, at once when one is idle. */
  void request(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamClients.Caller caller) {
    Pooled pooled = pollIdle();
    if (pooled != null) {
      use(pooled, method, target, connectTimeoutMillis, caller);
    } else if (open < maxConnections) {
      connect(method, target, connectTimeoutMillis, caller);
    } else if (waiting.size() < maxWaiting) {
      waiting.add(new Waiting(method, target, connectTimeoutMillis, caller));
    } else {
      caller.notConnected(
          new ConnectionPoolTooBusyException("all " + maxConnections + " connections are in use"));
    }
  }

  private @Nullable Pooled pollIdle() {
    long now = clock.getAsLong();
    Pooled pooled = idle.pollLast();
    while (pooled != null && now - pooled.idleUntilNanos >= 0) {
      pooled.connection.close();
      pooled = idle.pollLast();
    }
    return pooled;
  }

  private void use(
      Pooled pooled,
      HttpMethod method,
      String target,
      long connectTimeoutMillis,
      UpstreamClients.Caller caller) {
    pooled
        .connection
        .request(new RequestOptions().setMethod(method).setURI(target))
        .onComplete(
            request -> caller.connected(new PooledLease(pooled, request)),
            // Closed an instant ago, and nothing was sent on it: there is the next one.
            closed -> request(method, target, connectTimeoutMillis, caller));
  }

  private void connect(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamClients.Caller caller) {
    if (open++ == 0) {
      inUse.run();
    }
    clients
        .apply(connectTimeoutMillis)
        .connect(new HttpConnectOptions().setHost(host).setPort(port))
        .onComplete(
            connection -> use(new Pooled(connection), method, target, connectTimeoutMillis, caller),
            failure -> {
              open--;
              caller.notConnected(failure);
              serveNext();
            });
  }

  private void closed(Pooled pooled) {
    pooled.closed = true;
    open--;
    idle.remove(pooled);
    serveNext();
  }

  /**
   * Not idle at once, but after what is being read now: bytes that follow an answer in the same
   * read must find no request that waits, or they would pass for its answer.
   */
  private void release(Pooled pooled, long keepAliveNanos) {
    pooled.idleUntilNanos = clock.getAsLong() + keepAliveNanos;
    if (released.isEmpty()) {
      later.accept(this::releasedAreIdle);
    }
    released.add(pooled);
  }

  private void releasedAreIdle() {
    for (Pooled pooled : released) {
      if (!pooled.closed) {
        idle.addLast(pooled);
      }
    }
    released.clear();
    while (!waiting.isEmpty() && !idle.isEmpty()) {
      serveNext();
    }
  }

  /** There may be a connection for one who waits. */
  private void serveNext() {
    Waiting next = waiting.poll();
    while (next != null && next.caller.isOver()) {
      next = waiting.poll();
    }
    if (next != null) {
      request(next.method, next.target, next.connectTimeoutMillis, next.caller);
    }
  }

  /**
   * Closes connections that were idle for too long.
   *
   * @return true while there are others
   */
  boolean sweep() {
    long now = clock.getAsLong();
    List<Pooled> old = new ArrayList<>();
    for (Pooled pooled : idle) {
      if (now - pooled.idleUntilNanos >= 0) {
        old.add(pooled);
      }
    }
    for (Pooled pooled : old) {
      idle.remove(pooled);
      pooled.connection.close();
    }
    return open > 0;
  }

  /** Connections there are, and those being made. */
  int open() {
    return open;
  }

  /** How long a connection may be kept after this answer; 0 when it may not. */
  static long keepAliveNanos(HttpClientResponse answer) {
    if (!HeaderRules.isPersistent(answer)) {
      return 0;
    }
    String announced = answer.getHeader("Keep-Alive");
    return announced == null ? KEEP_ALIVE_NANOS : announcedNanos(announced);
  }

  /** The {@code timeout} parameter, as in {@code timeout=5, max=100}: RFC 2068, section 19.7.1. */
  private static long announcedNanos(String keepAlive) {
    for (String parameter : keepAlive.toLowerCase(Locale.ROOT).split("[,;]", -1)) {
      String trimmed = parameter.trim();
      if (trimmed.startsWith("timeout=")) {
        long seconds = HeaderRules.parseLength(trimmed.substring("timeout=".length()));
        if (seconds < 0) {
          return KEEP_ALIVE_NANOS;
        }
        long margin = TimeUnit.SECONDS.toNanos(seconds - ANNOUNCED_MARGIN_SECONDS);
        return Math.max(0, Math.min(KEEP_ALIVE_NANOS, margin));
      }
    }
    return KEEP_ALIVE_NANOS;
  }

  /** A connection that is one exchange's, until it is given back or closed. */
  private final class PooledLease implements UpstreamClients.Lease {
    private final Pooled pooled;
    private final HttpClientRequest request;
    private boolean over;

    PooledLease(Pooled pooled, HttpClientRequest request) {
      this.pooled = pooled;
      this.request = request;
    }

    @Override
    public HttpClientRequest request() {
      return request;
    }

    @Override
    public void done(HttpClientResponse answer) {
      if (over) {
        return;
      }
      over = true;
      long keepAliveNanos = keepAliveNanos(answer);
      if (keepAliveNanos == 0) {
        pooled.connection.close();
      } else {
        release(pooled, keepAliveNanos);
      }
    }

    @Override
    public void cancel() {
      if (over) {
        return;
      }
      over = true;
      request.reset();
      // A reset closes the connection only if it waits for an answer; this one may have it, unread.
      pooled.connection.close();
    }
  }
}
