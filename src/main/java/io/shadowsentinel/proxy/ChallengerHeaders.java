package io.shadowsentinel.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** What the mirror's target gets of a request's header fields, and what is added for it. */
final class ChallengerHeaders {
  /** What describes the bytes of a body, and is no longer so of a changed one. */
  private static final List<String> DIGESTS =
      List.of("Content-MD5", "Digest", "Content-Digest", "Repr-Digest");

  private ChallengerHeaders() {}

  /**
   * Copies them.
   *
   * @param bodyBytes the length of the body that is sent, which may have been patched
   */
  static void copy(
      HttpServerRequest original,
      String requestId,
      Mirror mirror,
      UpstreamSet.Upstream upstream,
      long bodyBytes,
      HttpClientRequest to) {
    MultiMap headers = to.headers();
    HeaderRules.copyEndToEnd(original.headers(), headers);
    headers.remove("Expect");
    for (String name : mirror.settings.removeHeaders()) {
      headers.remove(name);
    }
    if (mirror.rules.bodyPatch != null && bodyBytes > 0) {
      headers.set("Content-Length", String.valueOf(bodyBytes));
      DIGESTS.forEach(headers::remove);
    }
    mirror.rules.setHeaders(headers);
    String host = upstream.authority;
    if (mirror.settings.preserveHost() && original.authority() != null) {
      host = original.authority().toString();
    }
    RequestTarget.setHost(to, upstream, host);
    headers.set(HeaderRules.SHADOW_REQUEST, "true");
    headers.set(HeaderRules.REQUEST_ID, requestId);
  }
}
