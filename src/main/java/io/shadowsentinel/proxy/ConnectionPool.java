package io.shadowsentinel.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 connections of one event loop to one upstream, for one side. The connection that was
 * used last is used next, so that those a lull does not need grow old and are closed. Bound to one
 * event loop, which is why it needs no lock, where the client's own pool is built for any thread
 * (docs/performance.md has what that saves).
 */
final class ConnectionPool implements Http1Connection.Owner {
  /**
   * Idle connections are closed before most servers close them (uvicorn: 5 s, Node: 5 s), because a
   * request that meets a close on its way cannot be sent again.
   */
  static final int KEEP_ALIVE_SECONDS = 4;

  /** Closed this much before the end that the upstream announced, for the same reason. */
  private static final long ANNOUNCED_MARGIN_SECONDS = 1;

  static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(KEEP_ALIVE_SECONDS);

  /** Makes connections. */
  interface Connector {
    /**
     * Connects, and gives the connection its place in the pool.
     *
     * @return fails when there is no connection within the timeout
     */
    Future<Http1Connection> connect(
        String host, int port, long timeoutMillis, Http1Connection.Owner owner);
  }

  /** A call that waits for a connection. */
  private record Waiting(
      HttpMethod method,
      String target,
      long connectTimeoutMillis,
      UpstreamCall.Listener listener) {}

  private final String host;
  private final int port;
  private final int maxConnections;
  private final int maxWaiting;
  private final LongSupplier clock;
  private final Connector connector;
  private final Runnable inUse;

  /** Least lately used first. */
  private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Connections there are, idle or not, and those being made. */
  private int open;

  /**
   * A pool without a connection.
   *
   * @param maxConnections more are not made
   * @param maxWaiting calls that may wait for one when all are in use
   * @param clock as {@link System#nanoTime()}
   * @param inUse told when the first connection is made, and from then on to be swept
   */
  ConnectionPool(
      UpstreamSet.Upstream upstream,
      int maxConnections,
      int maxWaiting,
      LongSupplier clock,
      Connector connector,
      Runnable inUse) {
    this.host = upstream.host;
    this.port = upstream.port;
    this.maxConnections = maxConnections;
    this.maxWaiting = maxWaiting;
    this.clock = clock;
    this.connector = connector;
    this.inUse = inUse;
  }

  /** Asks for a call; the listener is told, at once when a connection is idle. */
  void request(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamCall.Listener listener) {
    Http1Connection connection = pollIdle();
    if (connection != null) {
      listener.connected(connection.call(method, target, listener));
    } else if (open < maxConnections) {
      connect(method, target, connectTimeoutMillis, listener);
    } else if (waiting.size() < maxWaiting) {
      waiting.add(new Waiting(method, target, connectTimeoutMillis, listener));
    } else {
      listener.notConnected(
          new ConnectionPoolTooBusyException("all " + maxConnections + " connections are in use"));
    }
  }

  private @Nullable Http1Connection pollIdle() {
    long now = clock.getAsLong();
    Http1Connection connection = idle.pollLast();
    while (connection != null && now - connection.idleUntilNanos >= 0) {
      connection.close();
      connection = idle.pollLast();
    }
    return connection;
  }

  private void connect(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamCall.Listener listener) {
    if (open++ == 0) {
      inUse.run();
    }
    connector
        .connect(host, port, connectTimeoutMillis, this)
        .onComplete(
            connection -> listener.connected(connection.call(method, target, listener)),
            failure -> {
              open--;
              listener.notConnected(failure);
              serveNext();
            });
  }

  @Override
  public void closed(Http1Connection connection) {
    open--;
    idle.remove(connection);
    serveNext();
  }

  @Override
  public void idle(Http1Connection connection) {
    connection.idleUntilNanos = clock.getAsLong() + connection.keepAliveNanos();
    idle.addLast(connection);
    serveNext();
  }

  /** There may be a connection for one who waits. */
  private void serveNext() {
    Waiting next = waiting.poll();
    while (next != null && next.listener.isOver()) {
      next = waiting.poll();
    }
    if (next != null) {
      request(next.method, next.target, next.connectTimeoutMillis, next.listener);
    }
  }

  /**
   * Closes connections that were idle for too long.
   *
   * @return true while there are others
   */
  boolean sweep() {
    long now = clock.getAsLong();
    // Each of them leaves the idle as it closes.
    for (Http1Connection connection : List.copyOf(idle)) {
      if (now - connection.idleUntilNanos >= 0) {
        connection.close();
      }
    }
    return open > 0;
  }

  /** Connections there are, and those being made. */
  int open() {
    return open;
  }

  /** How long a connection may be kept after this answer; 0 when it may not. */
  static long keepAliveNanos(AnswerHead answer) {
    if (!HeaderRules.isPersistent(answer)) {
      return 0;
    }
    String announced = answer.fields().get("Keep-Alive");
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
}
