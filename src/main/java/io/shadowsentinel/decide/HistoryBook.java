package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Verdict;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened on each route over time, across its experiments: each second of the latest ten
 * minutes, and each minute of the latest six hours. In memory only, and bounded by the number of
 * routes: at most 100 KB each, and nothing for one on which nothing is compared. Any thread.
 */
final class HistoryBook {
  static final int SECONDS = 600;
  static final int MINUTES = 360;
  static final int MAX_CONFIG_CHANGES = 100;

  private final Map<String, OfRoute> byRoute = new HashMap<>();
  private final ArrayDeque<Instant> configChanges = new ArrayDeque<>();

  private static final class OfRoute {
    private final Timeline seconds = new Timeline(1, SECONDS);
    private final Timeline minutes = new Timeline(60, MINUTES);
  }

  /**
   * Takes in a verdict that its route's ledger has counted.
   *
   * @param atMillis now
   */
  synchronized void add(Verdict verdict, long atMillis) {
    OfRoute history = byRoute.computeIfAbsent(verdict.route(), unused -> new OfRoute());
    history.seconds.add(verdict, atMillis);
    history.minutes.add(verdict, atMillis);
  }

  /** Takes down that the config was applied; it may say anything of any route. */
  synchronized void configApplied(Instant at) {
    configChanges.addLast(at);
    if (configChanges.size() > MAX_CONFIG_CHANGES) {
      configChanges.removeFirst();
    }
  }

  /** Forgets all routes but these. */
  synchronized void retainOnly(Collection<String> routes) {
    byRoute.keySet().retainAll(routes);
  }

  /** The history of a route, which may be empty. */
  synchronized HistoryReport report(Queries.HistoryOf query, long nowMillis) {
    OfRoute history = byRoute.getOrDefault(query.route(), new OfRoute());
    Timeline told =
        switch (query.resolution()) {
          case SECOND -> history.seconds;
          case MINUTE -> history.minutes;
        };
    return new HistoryReport(
        query.route(), told.report(query.sinceSeconds(), nowMillis), List.copyOf(configChanges));
  }
}
