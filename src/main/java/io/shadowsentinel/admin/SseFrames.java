package io.shadowsentinel.admin;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.RouteStatus;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Server-sent events as they go over the wire. JSON is one line, so one {@code data} each. */
final class SseFrames {
  private SseFrames() {}

  /** Says that the connection lives, to proxies on the way and to the client. */
  static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");

  static Buffer route(RouteStatus route) {
    return frame("event: route\n", AdminJson.bytes(route));
  }

  /** A route that is not in the table any more. */
  static Buffer routeRemoved(String name) {
    return frame("event: route-removed\n", AdminJson.bytes(Map.of("name", name)));
  }

  /** Carries its number as id, which a client that lost the connection sends back. */
  static Buffer decision(Decision decision) {
    return frame("id: " + decision.seq() + "\nevent: decision\n", AdminJson.bytes(decision));
  }

  /** One that is in no log yet, and so has no place there that a client could come back to. */
  static Buffer unwritten(Decision decision) {
    return frame("event: decision\n", AdminJson.bytes(new UnwrittenDecision(decision)));
  }

  /**
   * Sets the id that a client sends back, and dispatches no event: a client that loses its
   * connection before the first decision then misses none either.
   */
  static Buffer position(long seq) {
    return Buffer.buffer("retry: 2000\nid: " + seq + "\n\n");
  }

  private static Buffer frame(String head, byte[] json) {
    return Buffer.buffer(head.length() + json.length + 8)
        .appendString(head)
        .appendBytes("data: ".getBytes(StandardCharsets.US_ASCII))
        .appendBytes(json)
        .appendString("\n\n");
  }
}
