package io.shadowsentinel.wire;

import io.vertx.core.http.HttpVersion;

/**
 * An upstream's answer but for its body.
 *
 * @param reason the reason phrase; empty where the protocol has none
 * @param trailers filled by the time that the answer is complete
 * @param isAll true when the upstream has said that nothing follows, not even trailers
 */
public record AnswerHead(
    HttpVersion version, int status, String reason, Fields fields, Fields trailers, boolean isAll) {

  /** True for an answer that no body follows, whatever its fields say: RFC 9112, section 6.3. */
  public static boolean isBodiless(int status) {
    return status == 204 || status == 304;
  }
}
