package io.shadowsentinel.listen;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;

/** The answers that the proxy gives itself: RFC 9457, {@code application/problem+json}. */
public final class ProblemAnswer {
  private static final String TYPE = "application/problem+json";

  private ProblemAnswer() {}

  /** Ends a response whose head is not written yet. */
  public static void send(HttpServerResponse response, int status, String title, String detail) {
    response
        // Of an answer that was to come in this one's place.
        .headersEndHandler(null)
        .setStatusCode(status)
        .setStatusMessage(HttpResponseStatus.valueOf(status).reasonPhrase())
        .putHeader("Content-Type", TYPE)
        .end(json(status, title, detail));
  }

  /** A whole HTTP/1.1 answer, for a connection that ends with it. */
  static ByteBuf closing(int status, String title, String detail) {
    String body = json(status, title, detail);
    String head =
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(
                status,
                HttpResponseStatus.valueOf(status).reasonPhrase(),
                TYPE,
                body.getBytes(StandardCharsets.UTF_8).length);
    return Unpooled.copiedBuffer(head + body, StandardCharsets.UTF_8);
  }

  private static String json(int status, String title, String detail) {
    StringBuilder json = new StringBuilder(128);
    json.append("{\"type\":\"about:blank\",\"title\":\"");
    JsonStringEncoder.getInstance().quoteAsString(title, json);
    json.append("\",\"status\":").append(status).append(",\"detail\":\"");
    JsonStringEncoder.getInstance().quoteAsString(detail, json);
    return json.append("\"}").toString();
  }
}
