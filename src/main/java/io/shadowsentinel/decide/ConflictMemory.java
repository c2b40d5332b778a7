package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Conflict;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The latest disagreements, as they can be asked for: {@value #OF_A_ROUTE} of a route, and of
 * bodies {@value #BODY_CHARS} characters in all. When there is more of those, the oldest bodies
 * make way, of the route first that has most of them. Any thread.
 */
final class ConflictMemory {

  /** How many of a route, the newest, are held. */
  static final int OF_A_ROUTE = 1_000;

  static final int BODY_CHARS = 4 << 20;

  /** Said of a disagreement that is still held, and its bodies are not. */
  static final String MADE_WAY =
      "too old to be in memory (" + ConflictLog.FILE + " may still have them)";

  private final Map<String, OfRoute> byRoute = new HashMap<>();
  private final int maxBodyChars;

  ConflictMemory(int maxBodyChars) {
    this.maxBodyChars = maxBodyChars;
  }

  /** A disagreement, which may lose its bodies. */
  private static final class Held {
    Conflict conflict;

    Held(Conflict conflict) {
      this.conflict = conflict;
    }
  }

  private static final class OfRoute {
    final Deque<Held> newestFirst = new ArrayDeque<>();
    final Deque<Held> withBodiesNewestFirst = new ArrayDeque<>();
    int bodyChars;

    void add(Conflict conflict) {
      Held held = new Held(conflict);
      newestFirst.addFirst(held);
      if (conflict.bodyChars() > 0) {
        withBodiesNewestFirst.addFirst(held);
        bodyChars += conflict.bodyChars();
      }
      if (newestFirst.size() > OF_A_ROUTE) {
        @Nullable Held oldest = newestFirst.removeLast();
        if (oldest == withBodiesNewestFirst.peekLast()) {
          letBodiesGo();
        }
      }
    }

    void letBodiesGo() {
      Held oldest = withBodiesNewestFirst.removeLast();
      bodyChars -= oldest.conflict.bodyChars();
      oldest.conflict = oldest.conflict.withBodies(null, null, MADE_WAY);
    }

    Stream<Conflict> conflicts() {
      return newestFirst.stream().map(held -> held.conflict);
    }
  }

  /** Takes the newest one in. */
  synchronized void add(Conflict conflict) {
    byRoute.computeIfAbsent(conflict.route(), unused -> new OfRoute()).add(conflict);
    if (conflict.bodyChars() == 0) {
      return;
    }
    while (bodyChars() > maxBodyChars) {
      Collections.max(byRoute.values(), Comparator.comparingInt(route -> route.bodyChars))
          .letBodiesGo();
    }
  }

  /** How much of bodies is held. */
  synchronized int bodyChars() {
    return byRoute.values().stream().mapToInt(route -> route.bodyChars).sum();
  }

  /** The latest, newest first. */
  List<Conflict> find(@Nullable String route, int limit) {
    if (route != null) {
      return ofRoute(route, limit);
    }
    // Sorted outside of the lock: whoever adds must not wait for that.
    return ofEach(limit).stream()
        .sorted(Comparator.comparing(Conflict::time).reversed())
        .limit(limit)
        .toList();
  }

  private synchronized List<Conflict> ofRoute(String route, int limit) {
    OfRoute found = byRoute.get(route);
    return found == null ? List.of() : found.conflicts().limit(limit).toList();
  }

  private synchronized List<Conflict> ofEach(int limit) {
    return byRoute.values().stream().flatMap(route -> route.conflicts().limit(limit)).toList();
  }

  /** Forgets all other routes. */
  synchronized void retainOnly(Set<String> routes) {
    byRoute.keySet().retainAll(routes);
  }
}
