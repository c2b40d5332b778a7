package io.shadowsentinel.proxy;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * What an HTTP/1 user does who asked whether to send a body, and is answered finally: send it, or
 * not. What comes next may be that body or another request, and nobody can tell, so that its
 * connection ends with the answer: RFC 9110, section 10.1.1. HTTP/2 has frames to tell them apart.
 */
final class Expectation {
  private Expectation() {}

  /**
   * True when the user may be waiting to be asked for the body.
   *
   * @param bodyLength 0 for none, -1 for unknown
   */
  static boolean isOpen(HttpServerRequest request, long bodyLength) {
    return bodyLength != 0
        && request.version() != HttpVersion.HTTP_2
        && request.headers().contains(HeaderRules.EXPECT);
  }

  /** Says in an answer's head that it is the connection's last. */
  static void announceEnd(HttpServerResponse response) {
    response.headers().set(HeaderRules.CONNECTION, "close");
  }
}
