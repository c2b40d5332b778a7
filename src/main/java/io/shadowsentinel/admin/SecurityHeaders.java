package io.shadowsentinel.admin;

import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/** What every answer carries; the dashboard's loosens it for itself. */
final class SecurityHeaders {
  private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";

  private static final String A_YEAR = "max-age=31536000";

  private SecurityHeaders() {}

  static void put(HttpServerRequest request) {
    MultiMap headers = request.response().headers();
    headers
        .set("X-Content-Type-Options", "nosniff")
        .set("X-Frame-Options", "DENY")
        .set("Referrer-Policy", "no-referrer")
        .set("Cross-Origin-Opener-Policy", "same-origin")
        .set("Cross-Origin-Resource-Policy", "same-origin")
        .set("Content-Security-Policy", API_POLICY)
        .set("Cache-Control", "no-store");
    if (request.isSSL() && isName(request.authority())) {
      headers.set("Strict-Transport-Security", A_YEAR);
    }
  }

  /**
   * Browsers apply it to every port of the host: to an address they do not, and for localhost it
   * would shut out whatever else is developed there.
   */
  private static boolean isName(@Nullable HostAndPort authority) {
    if (authority == null) {
      return false;
    }
    String host = authority.host();
    return !host.equalsIgnoreCase("localhost")
        && !NetUtil.isValidIpV4Address(host)
        && !NetUtil.isValidIpV6Address(host);
  }
}
