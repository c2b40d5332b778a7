package io.shadowsentinel.admin;

import io.shadowsentinel.decide.RouteStatus;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The routes as last seen, each encoded once for all clients, with a number that grows when it
 * changes. Confined to one thread at a time.
 */
final class RouteFrames {

  /**
   * A route's event.
   *
   * @param revision 1 or more; higher than every one before it, of any route
   */
  record Frame(String name, long revision, Buffer bytes) {}

  private record Seen(RouteStatus status, Frame frame) {}

  private Map<String, Seen> seen = Map.of();
  private long revision;

  /** Takes in how the routes are now, and gives their events in the same order. */
  List<Frame> update(List<RouteStatus> routes) {
    Map<String, Seen> next = new LinkedHashMap<>();
    for (RouteStatus route : routes) {
      Seen before = seen.get(route.name());
      next.put(route.name(), before != null && before.status().equals(route) ? before : see(route));
    }
    seen = next;
    return next.values().stream().map(Seen::frame).toList();
  }

  private Seen see(RouteStatus route) {
    revision++;
    return new Seen(route, new Frame(route.name(), revision, SseFrames.route(route)));
  }
}
