package io.shadowsentinel.proxy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpServerResponse;

/** The answers that the proxy gives itself: RFC 9457, {@code application/problem+json}. */
final class Problem {
  private Problem() {}

  /** Ends a response whose head is not written yet. */
  static void send(HttpServerResponse response, int status, String title, String detail) {
    StringBuilder json = new StringBuilder(128);
    json.append("{\"type\":\"about:blank\",\"title\":\"");
    JsonStringEncoder.getInstance().quoteAsString(title, json);
    json.append("\",\"status\":").append(status).append(",\"detail\":\"");
    JsonStringEncoder.getInstance().quoteAsString(detail, json);
    json.append("\"}");
    response
        .setStatusCode(status)
        .setStatusMessage(HttpResponseStatus.valueOf(status).reasonPhrase())
        .putHeader("Content-Type", "application/problem+json")
        .end(json.toString());
  }
}
