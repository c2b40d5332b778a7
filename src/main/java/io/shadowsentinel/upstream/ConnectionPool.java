package io.shadowsentinel.upstream;

import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.HeaderRules;
import io.vertx.core.Future;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one upstream, for one side. Of HTTP/1.1, each has one call
 * at a time, and the one that was used last is used next, so that those a lull does not need grow
 * old and are closed; of HTTP/2, calls share them. Which of both an upstream speaks is seen with
 * each connection anew, since replicas, and what they are replaced by, may differ. Bound to one
 * event loop, which is why it needs no lock (docs/performance.md has what that saves).
 */
public final class ConnectionPool implements Http1Connection.Owner, SharedConnection.Owner {
  /**
   * Idle connections are closed before most servers close them (uvicorn: 5 s, Node: 5 s), because a
   * request that meets a close on its way cannot be sent again.
   */
  public static final int KEEP_ALIVE_SECONDS = 4;

  /** Closed this much before the end that the upstream announced, for the same reason. */
  private static final long ANNOUNCED_MARGIN_SECONDS = 1;

  static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(KEEP_ALIVE_SECONDS);

  /** Of HTTP/2, which has room for many calls on each. */
  static final int MAX_SHARED = 4;

  /** Makes connections. */
  interface Connector {
    /**
     * Connects, and gives the connection its place in the pool.
     *
     * @return fails when there is no connection within the timeout
     */
    Future<PooledConnection> connect(
        UpstreamSet.Upstream upstream, long timeoutMillis, ConnectionPool owner);
  }

  /** A call that waits for a connection. */
  private record Waiting(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamCall.Caller caller) {}

  private final UpstreamSet.Upstream upstream;
  private final int maxConnections;
  private final int maxWaiting;
  private final LongSupplier clock;
  private final Connector connector;
  private final Runnable inUse;

  /** Of HTTP/1.1; least lately used first. */
  private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();

  /** Of HTTP/2, those that may get more calls. */
  private final List<SharedConnection> shared = new ArrayList<>();

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Connections there are, idle or not, and those being made. */
  private int open;

  private int connecting;

  /** True while a call needs a connection to itself, as far as the last one made has told. */
  private boolean exclusive;

  /** Of connections that may be used again; those of an earlier one may not. */
  private int generation;

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
    this.upstream = upstream;
    this.maxConnections = maxConnections;
    this.maxWaiting = maxWaiting;
    this.clock = clock;
    this.connector = connector;
    this.inUse = inUse;
    this.exclusive = upstream.protocol == UpstreamSet.Protocol.HTTP;
  }

  UpstreamSet.Upstream upstream() {
    return upstream;
  }

  /** Asks for a call; the caller is told, at once when there is a connection with room. */
  void request(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamCall.Caller caller) {
    PooledConnection connection = withRoom();
    if (connection != null) {
      caller.connected(connection.call(method, target, caller));
    } else if (mayConnect()) {
      connect(method, target, connectTimeoutMillis, caller);
    } else if (waiting.size() < maxWaiting + roomToCome()) {
      waiting.add(new Waiting(method, target, connectTimeoutMillis, caller));
    } else {
      caller.notConnected(
          new ConnectionPoolTooBusyException("all " + maxConnections + " connections are in use"));
    }
  }

  private @Nullable PooledConnection withRoom() {
    for (int i = 0; i < shared.size(); i++) {
      if (shared.get(i).hasRoom()) {
        return shared.get(i);
      }
    }
    long now = clock.getAsLong();
    Http1Connection connection = idle.pollLast();
    while (connection != null && now - connection.idleUntilNanos() >= 0) {
      connection.close();
      connection = idle.pollLast();
    }
    return connection;
  }

  private boolean mayConnect() {
    if (open >= maxConnections) {
      return false;
    }
    // One at a time, where it may be that all can use the one that is being made.
    return exclusive || (connecting == 0 && shared.size() < MAX_SHARED);
  }

  private int roomToCome() {
    return exclusive ? 0 : connecting * SharedConnection.MAX_CALLS;
  }

  private void connect(
      HttpMethod method, String target, long connectTimeoutMillis, UpstreamCall.Caller caller) {
    if (open++ == 0) {
      inUse.run();
    }
    connecting++;
    int made = generation;
    connector
        .connect(upstream, connectTimeoutMillis, this)
        .onComplete(
            connection -> {
              connecting--;
              take(connection, made);
              caller.connected(connection.call(method, target, caller));
              serveAll();
            },
            failure -> {
              connecting--;
              open--;
              notConnected(failure, caller);
            });
  }

  private void take(PooledConnection connection, int made) {
    exclusive = connection instanceof Http1Connection;
    if (connection instanceof Http1Connection single) {
      single.generation = made;
    } else if (connection instanceof SharedConnection calls) {
      calls.adopt(this);
      if (made == generation) {
        shared.add(calls);
      } else {
        calls.retire();
      }
    }
  }

  private void notConnected(Throwable failure, UpstreamCall.Caller caller) {
    List<Waiting> told = List.of();
    if (open == 0 && !exclusive) {
      // They all waited for this connection, and would wait for the next one in turn.
      told = List.copyOf(waiting);
      waiting.clear();
    }
    caller.notConnected(failure);
    for (Waiting each : told) {
      if (!each.caller.isOver()) {
        each.caller.notConnected(failure);
      }
    }
    serveNext();
  }

  @Override
  public void closed(PooledConnection connection) {
    open--;
    if (connection instanceof SharedConnection calls) {
      shared.remove(calls);
    } else {
      idle.remove(connection);
    }
    serveNext();
  }

  @Override
  public long now() {
    return clock.getAsLong();
  }

  @Override
  public void idle(Http1Connection connection) {
    if (connection.generation != generation) {
      connection.close();
      return;
    }
    idle.addLast(connection);
    serveNext();
  }

  @Override
  public void hasRoomAgain(SharedConnection connection) {
    serveNext();
  }

  @Override
  public void retired(SharedConnection connection) {
    shared.remove(connection);
  }

  /** There may be room for one who waits. */
  private void serveNext() {
    Waiting next = waiting.poll();
    while (next != null && next.caller.isOver()) {
      next = waiting.poll();
    }
    if (next != null) {
      request(next.method, next.target, next.connectTimeoutMillis, next.caller);
    }
  }

  /** There may be room for all who wait; whom there is none for waits on, in turn. */
  private void serveAll() {
    for (int i = waiting.size(); i > 0 && !waiting.isEmpty(); i--) {
      serveNext();
    }
  }

  /** What is used from now on is made from now on; what is under way goes on. */
  void renew() {
    generation++;
    for (Http1Connection connection : List.copyOf(idle)) {
      connection.close();
    }
    for (SharedConnection connection : List.copyOf(shared)) {
      connection.retire();
    }
  }

  /**
   * Closes connections that were idle for too long, and those that have gone silent.
   *
   * @return true while there are others
   */
  boolean sweep() {
    long now = clock.getAsLong();
    // Each of them leaves the idle as it closes.
    for (Http1Connection connection : List.copyOf(idle)) {
      if (now - connection.idleUntilNanos() >= 0) {
        connection.close();
      }
    }
    for (SharedConnection connection : List.copyOf(shared)) {
      connection.sweep(now);
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
