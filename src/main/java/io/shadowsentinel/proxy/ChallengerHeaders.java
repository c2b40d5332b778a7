package io.shadowsentinel.proxy;

import io.shadowsentinel.upstream.UpstreamSet;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** What the mirror's target gets of a request's header fields, and what is added for it. */
final class ChallengerHeaders {
  /** What describes the bytes of a body, and is no longer so of a changed one. */
  private static final List<String> DIGESTS =
      List.of("Content-MD5", "Digest", "Content-Digest", "Repr-Digest");

  private ChallengerHeaders() {}

  /**
   * The fields to send.
   *
   * @param bodyBytes the length of the body that is sent, which may have been patched
   * @param http2 true when the target speaks HTTP/2, which names the host outside of the fields
   */
  static Fields of(
      HttpServerRequest original,
      String requestId,
      Mirror mirror,
      UpstreamSet.Upstream upstream,
      long bodyBytes,
      boolean http2) {
    Fields headers = HeaderRules.endToEnd(original.headers());
    headers.remove(HeaderRules.EXPECT);
    for (String name : mirror.settings.removeHeaders()) {
      headers.remove(name);
    }
    frame(headers, original, bodyBytes);
    if (mirror.rules.bodyPatch != null && bodyBytes > 0) {
      DIGESTS.forEach(headers::remove);
    }
    if (http2 && original.headers().contains("TE", "trailers", true)) {
      headers.set("TE", "trailers");
    }
    mirror.rules.setHeaders(headers);
    RequestTarget.setHost(headers, http2, authority(original, mirror, upstream));
    if (http2 && original.headers().contains("TE", "trailers", true)) {
      headers.set("TE", "trailers");
    }
    headers.set(HeaderRules.SHADOW_REQUEST, "true");
    headers.set(HeaderRules.REQUEST_ID, requestId);
    return headers;
  }

  /**
   * Says how long the body of a copy is. A copy is sent when it is whole, so whatever the framing
   * of the user's request was, it has a length, and no trailers: those pass to the champion alone.
   */
  static void frame(Fields headers, HttpServerRequest original, long bodyBytes) {
    headers.remove("Trailer");
    String said = headers.get(HeaderRules.CONTENT_LENGTH);
    if (bodyBytes > 0) {
      String length = String.valueOf(bodyBytes);
      if (!length.equals(said)) {
        headers.set(HeaderRules.CONTENT_LENGTH, length);
      }
    } else if (said == null && original.headers().contains(HeaderRules.TRANSFER_ENCODING)) {
      headers.set(HeaderRules.CONTENT_LENGTH, "0");
    }
  }

  /** Whom the request names: the target itself, unless the rules say to keep the user's word. */
  static String authority(
      HttpServerRequest original, Mirror mirror, UpstreamSet.Upstream upstream) {
    return mirror.settings.preserveHost()
        ? ChampionHeaders.authority(original, upstream)
        : upstream.authority;
  }
}
