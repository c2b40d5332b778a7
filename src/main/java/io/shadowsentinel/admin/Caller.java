package io.shadowsentinel.admin;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.security.Principal;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as the decision log has it.
 *
 * @param name that of the token or, without one, of the certificate that was shown; null when there
 *     was neither
 * @param address where the call came from
 */
record Caller(@Nullable String name, String address) {
  private static final String KEY = "caller";
  private static final int MAX_NAME_CHARS = 200;

  /** Remembers whose token it was. */
  static void identified(RoutingContext ctx, AdminToken token) {
    ctx.put(KEY, token.name());
  }

  static Caller of(RoutingContext ctx) {
    String name = ctx.get(KEY);
    return new Caller(name == null ? certificate(ctx.request()) : name, address(ctx));
  }

  static String address(RoutingContext ctx) {
    SocketAddress remote = ctx.request().remoteAddress();
    String address = remote == null ? null : remote.hostAddress();
    return address == null ? "unknown" : address;
  }

  /** The subject of a certificate, which was verified when the connection was made. */
  private static @Nullable String certificate(HttpServerRequest request) {
    SSLSession session = request.sslSession();
    if (session == null) {
      return null;
    }
    try {
      Principal subject = session.getPeerPrincipal();
      String name = subject == null ? "" : subject.getName();
      return name.isEmpty() ? null : name.substring(0, Math.min(name.length(), MAX_NAME_CHARS));
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }
}
