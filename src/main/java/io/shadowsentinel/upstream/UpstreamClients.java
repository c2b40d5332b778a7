package io.shadowsentinel.upstream;

import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsStore;
import io.shadowsentinel.wire.HeadParser;
import io.shadowsentinel.wire.RequestEncoder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The connections of one event loop for one side. Champion and challenger have one each, so that a
 * challenger can never use up a connection that a user needs. Bound to one event loop.
 */
public final class UpstreamClients {
  private final ContextInternal context;
  private final NetClient sockets;
  private final Http1Connection.Codec codec;
  private final int maxConnections;
  private final int maxWaiting;
  private final LongSupplier clock;
  private final Set<ConnectionPool> pools = new LinkedHashSet<>();
  private final UpstreamTls tls;

  /**
   * Clients that open connections as they need them; made on the event loop that is to use them.
   *
   * @param maxConnections to one upstream, from this loop
   * @param maxWaiting requests that may wait for one of them
   * @param clock as {@link System#nanoTime()}
   * @param store what the files of {@code https} upstreams hold
   */
  public UpstreamClients(
      Vertx vertx, int maxConnections, int maxWaiting, LongSupplier clock, TlsStore store) {
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.sockets = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    this.codec = new Http1Connection.Codec(new HeadParser(), new RequestEncoder());
    this.maxConnections = maxConnections;
    this.maxWaiting = maxWaiting;
    this.clock = clock;
    this.tls = new UpstreamTls(vertx, store, clock);
  }

  /** The clients of {@code https} upstreams. */
  public UpstreamTls tls() {
    return tls;
  }

  /**
   * Asks an upstream for something.
   *
   * @param target path and query, as they are sent
   * @param caller told once of a connection or of none, possibly before this returns
   */
  public void request(
      UpstreamSet.Upstream upstream,
      HttpMethod method,
      String target,
      long connectTimeoutMillis,
      UpstreamCall.Caller caller) {
    pool(upstream).request(method, target, connectTimeoutMillis, caller);
  }

  private ConnectionPool pool(UpstreamSet.Upstream upstream) {
    ConnectionPool known = upstream.pool;
    if (known != null) {
      return known;
    }
    ConnectionPool[] made = new ConnectionPool[1];
    made[0] =
        new ConnectionPool(
            upstream, maxConnections, maxWaiting, clock, this::connect, () -> pools.add(made[0]));
    upstream.pool = made[0];
    return made[0];
  }

  /**
   * Asks an upstream for another protocol: in HTTP/1.1 whatever it offers, over a connection that
   * is for this call alone. How many there may be, is the users' connections that they are for.
   *
   * @param caller told as by {@link #request}, and perhaps {@link UpstreamCall.Caller#switched}
   */
  public void requestUpgrade(
      UpstreamSet.Upstream upstream,
      HttpMethod method,
      String target,
      long connectTimeoutMillis,
      UpstreamCall.Caller caller) {
    socket(upstream, connectTimeoutMillis, true)
        .onComplete(
            socket -> {
              Http1Connection made = Http1Connection.on(socket, context, codec, single);
              caller.connected(made.maySwitch().call(method, target, caller));
            },
            caller::notConnected);
  }

  /** Of connections that are in no pool. */
  private final Http1Connection.Owner single =
      new Http1Connection.Owner() {
        @Override
        public void idle(Http1Connection connection) {
          connection.close();
        }

        @Override
        public void closed(PooledConnection connection) {}

        @Override
        public long now() {
          return clock.getAsLong();
        }
      };

  private Future<PooledConnection> connect(
      UpstreamSet.Upstream upstream, long timeoutMillis, ConnectionPool owner) {
    long begun = clock.getAsLong();
    return socket(upstream, timeoutMillis, false)
        .compose(
            socket -> {
              long left = timeoutMillis - (clock.getAsLong() - begun) / 1_000_000;
              return on(upstream, socket, Math.max(1, left), owner);
            });
  }

  private Future<NetSocketInternal> socket(
      UpstreamSet.Upstream upstream, long timeoutMillis, boolean http1Only) {
    ConnectOptions options =
        new ConnectOptions()
            .setHost(upstream.host)
            .setPort(upstream.port)
            .setTimeout((int) Math.min(Integer.MAX_VALUE, timeoutMillis));
    Future<NetSocket> connecting =
        upstream.protocol == UpstreamSet.Protocol.HTTPS
            ? tls.connect(upstream, options, http1Only)
            : sockets.connect(options);
    // That timeout begins when the name is resolved, and a name server may be silent for long.
    return connecting
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .onFailure(late -> connecting.onSuccess(NetSocket::close))
        .map(NetSocketInternal.class::cast);
  }

  private Future<PooledConnection> on(
      UpstreamSet.Upstream upstream,
      NetSocketInternal socket,
      long timeoutMillis,
      ConnectionPool owner) {
    boolean http2 =
        upstream.protocol == UpstreamSet.Protocol.H2C
            || "h2".equals(socket.applicationLayerProtocol());
    if (!http2) {
      return Future.succeededFuture(Http1Connection.on(socket, context, codec, owner));
    }
    return SharedConnection.on(socket, context, clock, codec.requests())
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .onFailure(unready -> socket.close())
        .recover(unready -> Future.failedFuture(tls.failure(upstream, unready)));
  }

  /** Uses what the files of {@code https} upstreams hold now. */
  public void refresh() {
    Set<ClientTls> changed = tls.refresh();
    for (ConnectionPool pool : List.copyOf(pools)) {
      if (changed.contains(pool.upstream().tls)) {
        pool.renew();
      }
    }
  }

  /** Closes connections that were idle for too long. */
  public void sweep() {
    pools.removeIf(pool -> !pool.sweep());
  }

  public void close() {
    sockets.close();
  }
}
