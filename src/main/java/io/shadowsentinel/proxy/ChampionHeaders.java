package io.shadowsentinel.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;

/**
 * What the champion gets of a request's header fields: all that are end-to-end, its id, and those
 * that a promoted challenger's rules set.
 */
final class ChampionHeaders {
  private ChampionHeaders() {}

  static void copy(
      Loop loop,
      RequestRules rules,
      HttpServerRequest request,
      String requestId,
      UpstreamSet.Upstream upstream,
      HttpClientRequest to) {
    MultiMap from = request.headers();
    MultiMap headers = to.headers();
    HeaderRules.copyEndToEnd(from, headers);
    rules.setHeaders(headers);
    if (!headers.contains(HeaderRules.REQUEST_ID)) {
      headers.set(HeaderRules.REQUEST_ID, requestId);
    }
    boolean http2 = to.version() == HttpVersion.HTTP_2;
    if (http2 || request.version() == HttpVersion.HTTP_2) {
      HostAndPort authority = request.authority();
      RequestTarget.setHost(
          to, upstream, authority == null ? upstream.authority : authority.toString());
      joinCookies(headers, http2);
      if (http2 && from.contains("TE", "trailers", true)) {
        headers.set("TE", "trailers");
      }
    } else if (!headers.contains("Host")) {
      headers.set("Host", upstream.authority);
    }
    if (loop.forwardedHeaders()) {
      addForwarded(request, headers);
    }
  }

  /** HTTP/2 may send a field for each cookie, HTTP/1.1 may not: RFC 9113, section 8.2.3. */
  private static void joinCookies(MultiMap headers, boolean toHttp2) {
    List<String> cookies = headers.getAll("Cookie");
    if (!toHttp2 && cookies.size() > 1) {
      headers.set("Cookie", String.join("; ", cookies));
    }
  }

  private static void addForwarded(HttpServerRequest request, MultiMap headers) {
    String client = request.remoteAddress().hostAddress();
    String before = String.join(", ", headers.getAll("X-Forwarded-For"));
    headers.set("X-Forwarded-For", before.isEmpty() ? client : before + ", " + client);
    if (!headers.contains("X-Forwarded-Proto")) {
      headers.set("X-Forwarded-Proto", request.isSSL() ? "https" : "http");
    }
    HostAndPort authority = request.authority();
    if (authority != null && !headers.contains("X-Forwarded-Host")) {
      headers.set("X-Forwarded-Host", authority.toString());
    }
  }
}
