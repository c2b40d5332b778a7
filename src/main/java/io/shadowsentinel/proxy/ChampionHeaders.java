package io.shadowsentinel.proxy;

import io.shadowsentinel.upstream.UpstreamSet;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.vertx.core.MultiMap;
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

  /**
   * The fields to send.
   *
   * @param http2 true when the champion speaks HTTP/2, which names the host outside of the fields
   */
  static Fields of(
      Loop loop,
      RequestRules rules,
      HttpServerRequest request,
      String requestId,
      UpstreamSet.Upstream upstream,
      boolean http2) {
    MultiMap from = request.headers();
    Fields headers = HeaderRules.endToEnd(from);
    rules.setHeaders(headers);
    if (!headers.contains(HeaderRules.REQUEST_ID)) {
      headers.add(HeaderRules.REQUEST_ID, requestId);
    }
    if (http2 || request.version() == HttpVersion.HTTP_2) {
      RequestTarget.setHost(headers, http2, authority(request, upstream));
      joinCookies(headers, http2);
      if (http2 && from.contains("TE", "trailers", true)) {
        headers.set("TE", "trailers");
      }
    } else if (!headers.contains(HeaderRules.HOST)) {
      headers.add(HeaderRules.HOST, upstream.authority);
    }
    if (loop.forwardedHeaders()) {
      addForwarded(request, headers);
    }
    return headers;
  }

  /** Whom the champion's request names: whom the user's did. */
  static String authority(HttpServerRequest request, UpstreamSet.Upstream upstream) {
    HostAndPort authority = request.authority();
    return authority == null ? upstream.authority : authority.toString();
  }

  /** HTTP/2 may send a field for each cookie, HTTP/1.1 may not: RFC 9113, section 8.2.3. */
  private static void joinCookies(Fields headers, boolean toHttp2) {
    List<String> cookies = headers.getAll("Cookie");
    if (!toHttp2 && cookies.size() > 1) {
      headers.set("Cookie", String.join("; ", cookies));
    }
  }

  private static void addForwarded(HttpServerRequest request, Fields headers) {
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
