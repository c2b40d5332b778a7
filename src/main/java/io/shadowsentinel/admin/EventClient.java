package io.shadowsentinel.admin;

import io.shadowsentinel.decide.Decision;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One listener of the event stream. Route updates that it is too slow for are skipped, since a
 * later one says more; decisions wait, up to a bound, and then the client is let go: it comes back
 * with the id of the last one it saw. On the event loop.
 */
final class EventClient {

  /** Decisions that wait for a slow client: a replay and as many again. */
  static final int MAX_WAITING = 2 * EventHub.MAX_REPLAY;

  /** Heartbeats in a row that find the client not reading before it is let go. */
  private static final int MAX_STALLED = 3;

  private final WriteStream<Buffer> out;
  private final Consumer<EventClient> tooSlow;
  private final RouteThrottle throttle = new RouteThrottle();
  private final ArrayDeque<Buffer> waiting = new ArrayDeque<>();
  private boolean open;
  private int stalled;

  /**
   * @param tooSlow called once or more when the client should be let go
   */
  EventClient(WriteStream<Buffer> out, Consumer<EventClient> tooSlow) {
    this.out = out;
    this.tooSlow = tooSlow;
  }

  /**
   * Begins to write: first the decisions that the client missed, then those that came meanwhile.
   *
   * @param missed oldest first
   * @param position the number of the newest decision that the client need not see
   */
  void open(List<Decision> missed, long position) {
    open = true;
    out.drainHandler(unused -> flush());
    write(SseFrames.position(position));
    for (int i = missed.size() - 1; i >= 0; i--) {
      waiting.addFirst(SseFrames.decision(missed.get(i)));
    }
    flush();
  }

  /** Sends a decision, or keeps it until the client is open and reads. */
  void decided(Buffer frame) {
    if (waiting.size() >= MAX_WAITING) {
      tooSlow.accept(this);
      return;
    }
    waiting.addLast(frame);
    flush();
  }

  /**
   * Sends the routes that are new to the client.
   *
   * @param nanos the moment, on the scale of {@link System#nanoTime()}
   * @return how many of them were skipped because the client does not keep up
   */
  int routes(List<RouteFrames.Frame> routes, long nanos) {
    if (!open) {
      return 0;
    }
    int skipped = 0;
    for (RouteFrames.Frame route : routes) {
      if (!throttle.isDue(route, nanos)) {
        continue;
      }
      if (out.writeQueueFull()) {
        skipped++;
      } else {
        throttle.sent(route, nanos);
        write(route.bytes());
      }
    }
    if (!out.writeQueueFull()) {
      Set<String> names =
          routes.stream().map(RouteFrames.Frame::name).collect(Collectors.toUnmodifiableSet());
      throttle.forgetAllBut(names).forEach(name -> write(SseFrames.routeRemoved(name)));
    }
    return skipped;
  }

  /** Keeps the connection alive, and lets a client go that has not read for long. */
  void heartbeat() {
    if (!open) {
      return;
    }
    if (!out.writeQueueFull()) {
      stalled = 0;
      write(SseFrames.HEARTBEAT);
    } else if (++stalled >= MAX_STALLED) {
      tooSlow.accept(this);
    }
  }

  private void flush() {
    while (open && !waiting.isEmpty() && !out.writeQueueFull()) {
      write(waiting.removeFirst());
    }
  }

  private void write(Buffer frame) {
    out.write(frame).onFailure(gone -> open = false);
  }
}
