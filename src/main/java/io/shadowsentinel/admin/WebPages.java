package io.shadowsentinel.admin;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells calls that a foreign web page has a browser make. Browsers say where a call comes from by
 * {@code Origin}, with every call that may change something, and by {@code Sec-Fetch-Site}; other
 * callers say neither.
 */
final class WebPages {
  private static final Set<String> OWN = Set.of("same-origin", "none");
  private static final String EXPECTED = " (expected a call from the dashboard, or none of a page)";

  private WebPages() {}

  /** What is wrong with a call that changes something, or null. */
  static @Nullable String refuseChange(HttpServerRequest request, HostNames hosts) {
    String origin = request.getHeader("Origin");
    if (origin != null && !isOurs(origin, request.authority(), hosts)) {
      return "Origin: " + origin + EXPECTED;
    }
    String site = request.getHeader("Sec-Fetch-Site");
    return site == null || OWN.contains(site.toLowerCase(Locale.ROOT))
        ? null
        : "Sec-Fetch-Site: " + site + EXPECTED;
  }

  /**
   * What is wrong with a call that shows something, or null. A page cannot read the answer, but may
   * learn from how long it takes, or hold connections. A link that a person follows is none of it.
   */
  static @Nullable String refuseRead(HttpServerRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    boolean foreign = "cross-site".equalsIgnoreCase(site) || "same-site".equalsIgnoreCase(site);
    boolean followed = "navigate".equalsIgnoreCase(request.getHeader("Sec-Fetch-Mode"));
    return foreign && !followed ? "Sec-Fetch-Site: " + site + EXPECTED : null;
  }

  private static boolean isOurs(String origin, @Nullable HostAndPort called, HostNames hosts) {
    try {
      URI uri = new URI(origin);
      String host = uri.getHost();
      if (called == null || host == null || uri.getScheme() == null) {
        return false;
      }
      int standard = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
      int port = uri.getPort() < 0 ? standard : uri.getPort();
      boolean same =
          host.equalsIgnoreCase(called.host())
              && port == (called.port() < 0 ? standard : called.port());
      // Behind a proxy that calls us by another name, the page is where its users see it.
      return same || (port == standard && hosts.allows(host));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
