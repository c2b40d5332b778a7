package io.shadowsentinel.tls;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one listener secured as its files say: at its start, and when they change. Connections that
 * are open stay as they were made. Bound to the event loop that listens.
 */
public final class ListenerTls {
  private static final Logger log = LoggerFactory.getLogger(ListenerTls.class);

  private final Tls tls;
  private final TlsStore store;
  private final boolean http2;
  private TlsMaterial used;

  private ListenerTls(Tls tls, TlsStore store, boolean http2) {
    this.tls = tls;
    this.store = store;
    this.http2 = http2;
    this.used = store.of(tls);
  }

  /**
   * Secures a server that is made with these options: TLS 1.2 and 1.3.
   *
   * @param http2 true offers HTTP/2 beside HTTP/1.1, by ALPN
   */
  public static ListenerTls secure(
      HttpServerOptions options, Tls tls, TlsStore store, boolean http2) {
    ListenerTls made = new ListenerTls(tls, store, http2);
    options
        .setSsl(true)
        .setUseAlpn(http2)
        .setEnabledSecureTransportProtocols(TlsOptions.PROTOCOLS)
        .setKeyCertOptions(KeyCertOptions.wrap(Objects.requireNonNull(made.used.keys())))
        .setClientAuth(TlsOptions.clientAuth(made.used));
    TlsOptions.SUITES.forEach(options::addEnabledCipherSuite);
    if (made.used.trust() != null) {
      options.setTrustOptions(TrustOptions.wrap(made.used.trust()));
    }
    return made;
  }

  /** Takes up what the files hold whenever they change, from now on. The server listens. */
  public void follow(Vertx vertx, HttpServer server) {
    TlsChanged.CHANNEL.subscribe(vertx.eventBus(), unused -> refresh(server));
    // What changed while the server was being started was told to nobody.
    refresh(server);
  }

  private void refresh(HttpServer server) {
    TlsMaterial now = store.of(tls);
    if (now == used) {
      return;
    }
    used = now;
    store
        .inTurn(() -> server.updateSSLOptions(TlsOptions.server(now, http2)))
        .onFailure(e -> log.error("{}: not taken up: {}", tls.cert(), e.toString()));
  }
}
