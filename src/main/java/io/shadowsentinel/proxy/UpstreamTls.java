package io.shadowsentinel.proxy;

import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsMaterial;
import io.shadowsentinel.tls.TlsOptions;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
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

  /** The clients of one {@link ClientTls}; each is made when it is first needed. */
  private static final class Clients {
    TlsMaterial material;
    @Nullable HttpClientAgent any;
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

  /** The client that speaks HTTP/2 where the upstream does, by ALPN. */
  HttpClient of(ClientTls tls) {
    Clients known = clients(tls);
    if (known.any == null) {
      known.any =
          build(
              options.get().setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2),
              tls,
              known.material);
    }
    return known.any;
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
   * Makes new connections with what the files hold now. Requests go to those only; the older ones
   * finish what they carry, and close when they have been idle.
   */
  void refresh() {
    clients.forEach(
        (tls, known) -> {
          TlsMaterial now = known.needed ? store.of(tls) : known.material;
          if (now == known.material) {
            return;
          }
          known.material = now;
          if (known.any != null) {
            update(known.any, tls, now);
          }
          if (known.http1 != null) {
            update(known.http1, tls, now);
          }
        });
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
      shutDown(known.any);
      shutDown(known.http1);
    }
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
