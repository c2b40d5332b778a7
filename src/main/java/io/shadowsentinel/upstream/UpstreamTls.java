package io.shadowsentinel.upstream;

import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsMaterial;
import io.shadowsentinel.tls.TlsOptions;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code https} clients of one event loop for one side: one for each way to secure a
 * connection, and never one for two, since Vert.x keeps its TLS contexts by certificates alone and
 * not by what is verified. Bound to one event loop.
 */
public final class UpstreamTls {
  private static final Logger log = LoggerFactory.getLogger(UpstreamTls.class);

  /** A fault on every request must not fill the disk. */
  private static final long LOG_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A request that began with an older table has long connected by then. */
  private static final long RETIRED_AFTER_MILLIS = 60_000;

  private static final long RETIRED_FOR_HOURS = 24;

  private static final String HTTP1 = "http/1.1";
  private static final List<String> ALPN = List.of("h2", HTTP1);

  /** The client of one {@link ClientTls}; made when it is first needed. */
  private static final class Clients {
    TlsMaterial material;
    @Nullable NetClient sockets;

    /** False once no route needs them, for a while. */
    boolean needed = true;

    Clients(TlsMaterial material) {
      this.material = material;
    }
  }

  private final Vertx vertx;
  private final TlsStore store;
  private final LongSupplier clock;
  private final Map<ClientTls, Clients> clients = new HashMap<>();
  private boolean logged;
  private long loggedNanos;

  /**
   * @param clock as {@link System#nanoTime()}
   */
  UpstreamTls(Vertx vertx, TlsStore store, LongSupplier clock) {
    this.vertx = vertx;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Connects to an upstream, which chooses between HTTP/2 and HTTP/1.1.
   *
   * @param http1Only true when it has no choice
   * @return fails with what {@link #failure} makes of it
   */
  Future<NetSocket> connect(UpstreamSet.Upstream to, ConnectOptions options, boolean http1Only) {
    Clients known = clients(to.tls);
    if (known.sockets == null) {
      known.sockets = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
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
    secured.setUseAlpn(true).setApplicationLayerProtocols(http1Only ? List.of(HTTP1) : ALPN);
    return known
        .sockets
        .connect(options.setSsl(true).setSslOptions(secured))
        .recover(failure -> Future.failedFuture(failure(to, failure)));
  }

  private Clients clients(ClientTls tls) {
    Clients known = clients.get(tls);
    if (known == null) {
      known = new Clients(store.of(tls));
      clients.put(tls, known);
    }
    return known;
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
        });
    return changed;
  }

  /** Gives up, in time, what no route needs any more. */
  public void retainOnly(Set<ClientTls> needed) {
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
      if (known.sockets != null) {
        // Its connections close when they have been idle.
        known
            .sockets
            .shutdown(RETIRED_FOR_HOURS, TimeUnit.HOURS)
            .onFailure(UpstreamTls::unexpected);
      }
    }
  }

  private static void unexpected(Throwable failure) {
    log.warn("the connections of a former model were not closed: {}", failure.toString());
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
}
