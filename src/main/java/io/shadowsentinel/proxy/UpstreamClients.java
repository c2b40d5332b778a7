package io.shadowsentinel.proxy;

import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.tracing.TracingPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop for one side. Champion and challenger have one each, so that a
 * challenger can never use up a connection that a user needs. Bound to one event loop.
 */
final class UpstreamClients {
  private static final int MAX_HEADER_BYTES = 64 << 10;

  private final Vertx vertx;
  private final ContextInternal context;
  private final NetClient sockets;
  private final Http1Connection.Codec codec;
  private final int maxConnections;
  private final int maxWaiting;
  private final LongSupplier clock;
  private final List<HttpClient> open = new ArrayList<>();
  private final Set<ConnectionPool> pools = new LinkedHashSet<>();
  private @Nullable HttpClient http;
  private final UpstreamTls tls;

  /**
   * Clients that open connections as they need them; made on the event loop that is to use them.
   *
   * @param maxConnections to one upstream, from this loop
   * @param maxWaiting requests that may wait for one of them
   * @param clock as {@link System#nanoTime()}
   * @param store what the files of {@code https} upstreams hold
   */
  UpstreamClients(
      Vertx vertx, int maxConnections, int maxWaiting, LongSupplier clock, TlsStore store) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.sockets = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    this.codec = new Http1Connection.Codec(new HeadParser(), new RequestEncoder());
    this.maxConnections = maxConnections;
    this.maxWaiting = maxWaiting;
    this.clock = clock;
    this.tls =
        new UpstreamTls(vertx, store, UpstreamClients::options, this::build, open::remove, clock);
  }

  /** The clients of {@code https} upstreams. */
  UpstreamTls tls() {
    return tls;
  }

  /**
   * Asks an upstream for something.
   *
   * @param target path and query, as they are sent
   * @param listener told once of a connection or of none, possibly before this returns
   */
  void request(
      UpstreamSet.Upstream upstream,
      HttpMethod method,
      String target,
      long connectTimeoutMillis,
      UpstreamCall.Listener listener) {
    pool(upstream).request(method, target, connectTimeoutMillis, listener);
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

  private Future<PooledConnection> connect(
      UpstreamSet.Upstream upstream, long timeoutMillis, ConnectionPool owner) {
    long begun = clock.getAsLong();
    ConnectOptions options =
        new ConnectOptions()
            .setHost(upstream.host)
            .setPort(upstream.port)
            .setTimeout((int) Math.min(Integer.MAX_VALUE, timeoutMillis));
    Future<NetSocket> connecting =
        upstream.protocol == UpstreamSet.Protocol.HTTPS
            ? tls.connect(upstream, options)
            : sockets.connect(options);
    // That timeout begins when the name is resolved, and a name server may be silent for long.
    return connecting
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .onFailure(late -> connecting.onSuccess(NetSocket::close))
        .compose(
            socket -> {
              long left = timeoutMillis - (clock.getAsLong() - begun) / 1_000_000;
              return on(upstream, (NetSocketInternal) socket, Math.max(1, left), owner);
            });
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
  void refresh() {
    Set<ClientTls> changed = tls.refresh();
    for (ConnectionPool pool : List.copyOf(pools)) {
      if (changed.contains(pool.upstream().tls)) {
        pool.renew();
      }
    }
  }

  /** Closes connections that were idle for too long. */
  void sweep() {
    pools.removeIf(pool -> !pool.sweep());
  }

  /** A client that speaks HTTP/1.1 whatever the upstream offers: for protocol upgrades. */
  HttpClient ofUpgrade(UpstreamSet.Upstream upstream) {
    if (upstream.protocol == UpstreamSet.Protocol.HTTPS) {
      return tls.ofHttp1(upstream.tls);
    }
    if (http == null) {
      http = build(options());
    }
    return http;
  }

  void close() {
    sockets.close();
    open.forEach(HttpClient::close);
  }

  private HttpClientAgent build(HttpClientOptions options) {
    HttpClientAgent client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(new PoolOptions().setHttp1MaxSize(maxConnections).setMaxWaitQueueSize(maxWaiting))
            .build();
    open.add(client);
    return client;
  }

  private static HttpClientOptions options() {
    return new HttpClientOptions()
        .setKeepAliveTimeout(ConnectionPool.KEEP_ALIVE_SECONDS)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setMaxInitialLineLength(MAX_HEADER_BYTES)
        .setMaxChunkSize(65_536)
        .setTcpNoDelay(true)
        .setDecompressionSupported(false)
        .setTracingPolicy(TracingPolicy.IGNORE);
  }
}
