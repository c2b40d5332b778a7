package io.shadowsentinel.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which route updates one client is due: those it has not seen, at most {@value #PER_SECOND} a
 * route within any second. Confined to one thread.
 */
final class RouteThrottle {
  static final int PER_SECOND = 4;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Map<String, Sent> byRoute = new HashMap<>();

  /** What was sent of one route: the revision, and a ring of the latest moments, in nanoseconds. */
  private static final class Sent {
    private final long[] moments = new long[PER_SECOND];
    private long revision;
    private long count;

    boolean allows(long nanos) {
      return count < PER_SECOND || nanos - moments[(int) (count % PER_SECOND)] >= WINDOW_NANOS;
    }
  }

  /** True when the route's update may go out now. */
  boolean isDue(RouteFrames.Frame frame, long nanos) {
    Sent sent = byRoute.get(frame.name());
    return sent == null || (sent.revision != frame.revision() && sent.allows(nanos));
  }

  /** Takes down that it went out. */
  void sent(RouteFrames.Frame frame, long nanos) {
    Sent sent = byRoute.computeIfAbsent(frame.name(), unused -> new Sent());
    sent.revision = frame.revision();
    sent.moments[(int) (sent.count % PER_SECOND)] = nanos;
    sent.count++;
  }

  /** Names the routes that the client knows and that are no more, and forgets them. */
  List<String> forgetAllBut(Set<String> names) {
    List<String> gone = new ArrayList<>();
    for (String name : byRoute.keySet()) {
      if (!names.contains(name)) {
        gone.add(name);
      }
    }
    gone.forEach(byRoute::remove);
    return gone;
  }
}
