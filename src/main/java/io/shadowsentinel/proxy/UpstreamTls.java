package io.shadowsentinel.proxy;

import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsMaterial;
import io.shadowsentinel.tls.TlsOptions;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code https} clients of one event loop for one side: one for each way to secure a
 * connection, and never one for two, since Vert.x keeps its TLS contexts by certificates alone and
 * not by what is verified. Bound to one event loop.
 */
final class UpstreamTls {
  private static final Logger log = LoggerFactory.getLogger(UpstreamTls.class);

  /** A fault on every request must not fill the disk. */
  private static final long LOG_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A request that began with an older table has long connected by then. */
  private static final long RETIRED_AFTER_MILLIS = 60_000;

  private static final long RETIRED_FOR_HOURS = 24;

  private static final List<String> ALPN = List.of("h2", "http/1.1");

  /** The clients of one {@link ClientTls}; each is made when it is first needed. */
  private static final class Clients {
    TlsMaterial material;
    @Nullable NetClient any;
    @Nullable HttpClientAgent http1;

    /** False once no route needs them, for a while. */
    boolean needed = true;

    Clients(TlsMaterial material) {
      this.material = material;
    }
  }

  private final Vertx vertx;
  private final TlsStore store;
  private final Supplier<HttpClientOptions> options;
  private final Function<HttpClientOptions, HttpClientAgent> builder;
  private final Consumer<HttpClient> closed;
  private final LongSupplier clock;
  private final Map<ClientTls, Clients> clients = new HashMap<>();
  private boolean logged;
  private long loggedNanos;

  /**
   * @param options what clients have in common
   * @param closed told of a client that is no more
   * @param clock as {@link System#nanoTime()}
   */
  UpstreamTls(
      Vertx vertx,
      TlsStore store,
      Supplier<HttpClientOptions> options,
      Function<HttpClientOptions, HttpClientAgent> builder,
      Consumer<HttpClient> closed,
      LongSupplier clock) {
    this.vertx = vertx;
    this.store = store;
    this.options = options;
    this.builder = builder;
    this.closed = closed;
    this.clock = clock;
  }

  /**
   * Connects to an upstream, which chooses between HTTP/2 and HTTP/1.1.
   *
   * @return fails with what {@link #failure} makes of it
   */
  Future<NetSocket> connect(UpstreamSet.Upstream to, ConnectOptions options) {
    Clients known = clients(to.tls);
    if (known.any == null) {
      known.any = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    }
    String name = to.tls.serverName();
    if (name != null) {
      options
          .setRemoteAddress(SocketAddress.inetSocketAddress(to.port, to.host))
          .setHost(name)
          .setSniServerName(name);
    }
    // Options of the same material are equal, and that is what contexts and sessions are kept by.
    ClientSSLOptions secured = TlsOptions.client(to.tls, known.material);
    secured.setUseAlpn(true).setApplicationLayerProtocols(ALPN);
    return known
        .any
        .connect(options.setSsl(true).setSslOptions(secured))
        .recover(failure -> Future.failedFuture(failure(to, failure)));
  }

  /** The client that speaks HTTP/1.1 whatever the upstream offers. */
  HttpClient ofHttp1(ClientTls tls) {
    Clients known = clients(tls);
    if (known.http1 == null) {
      known.http1 = build(options.get(), tls, known.material);
    }
    return known.http1;
  }

  private Clients clients(ClientTls tls) {
    Clients known = clients.get(tls);
    if (known == null) {
      known = new Clients(store.of(tls));
      clients.put(tls, known);
    }
    return known;
  }

  private HttpClientAgent build(HttpClientOptions made, ClientTls tls, TlsMaterial material) {
    HttpClientAgent client =
        builder.apply(
            made.setSsl(true).setVerifyHost(tls.verify()).setForceSni(tls.serverName() != null));
    update(client, tls, material);
    return client;
  }

  private static void update(HttpClientAgent client, ClientTls tls, TlsMaterial material) {
    // Completed when it returns: it is connections made from now on that use them.
    client.updateSSLOptions(TlsOptions.client(tls, material));
  }

  /**
   * Makes new connections with what the files hold now.
   *
   * @return what has changed: requests are to go to new connections only
   */
  Set<ClientTls> refresh() {
    Set<ClientTls> changed = new HashSet<>();
    clients.forEach(
        (tls, known) -> {
          TlsMaterial now = known.needed ? store.of(tls) : known.material;
          if (now == known.material) {
            return;
          }
          known.material = now;
          changed.add(tls);
          if (known.http1 != null) {
            update(known.http1, tls, now);
          }
        });
    return changed;
  }

  /** Gives up, in time, what no route needs any more. */
  void retainOnly(Set<ClientTls> needed) {
    clients.forEach(
        (tls, known) -> {
          boolean before = known.needed;
          known.needed = needed.contains(tls);
          if (before && !known.needed) {
            vertx.setTimer(RETIRED_AFTER_MILLIS, unused -> retire(tls));
          }
        });
  }

  private void retire(ClientTls tls) {
    Clients known = clients.get(tls);
    if (known != null && !known.needed) {
      clients.remove(tls);
      if (known.any != null) {
        // Its connections close when they have been idle.
        known.any.shutdown(RETIRED_FOR_HOURS, TimeUnit.HOURS).onFailure(UpstreamTls::unexpected);
      }
      shutDown(known.http1);
    }
  }

  private static void unexpected(Throwable failure) {
    log.warn("the connections of a former model were not closed: {}", failure.toString());
  }

  private void shutDown(@Nullable HttpClientAgent client) {
    if (client != null) {
      client.shutdown(RETIRED_FOR_HOURS, TimeUnit.HOURS).onComplete(done -> closed.accept(client));
    }
  }

  /**
   * The failure of a connection as it is to be told: what TLS has to do with it in a {@link
   * TlsFailure}, and why in the log.
   */
  Throwable failure(UpstreamSet.Upstream to, Throwable failure) {
    Throwable told = TlsFailure.of(failure);
    long now = clock.getAsLong();
    if (told instanceof TlsFailure tls && (!logged || now - loggedNanos >= LOG_PERIOD_NANOS)) {
      logged = true;
      loggedNanos = now;
      log.warn("no secure connection to {}: {} ({})", to, tls.getMessage(), tls.why());
    }
    return told;
  }

  /** A request to this upstream, which may have to be asked for by another name than its host. */
  static RequestOptions named(RequestOptions request, UpstreamSet.Upstream upstream) {
    String name = upstream.tls.serverName();
    return name == null
        ? request
        : request
            .setServer(SocketAddress.inetSocketAddress(upstream.port, upstream.host))
            .setHost(name);
  }
}
