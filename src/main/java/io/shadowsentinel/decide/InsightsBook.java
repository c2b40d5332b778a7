package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The insights of every trial that a ledger can still count under. Any thread. */
final class InsightsBook {
  private final Map<String, Insights> byScope = new HashMap<>();

  /** Takes in a verdict that its route's ledger has counted. */
  synchronized void add(Verdict verdict) {
    byScope.computeIfAbsent(verdict.scope(), unused -> new Insights()).add(verdict);
  }

  /** Forgets the trials of which none of these is. */
  synchronized void retainOnly(List<RouteLedger> ledgers) {
    Set<String> scopes =
        ledgers.stream().flatMap(ledger -> ledger.scopes().stream()).collect(Collectors.toSet());
    byScope.keySet().retainAll(scopes);
  }

  /** How the champion agrees with itself in the live trial, or null. */
  synchronized RouteStatus.@Nullable SelfCheck selfCheck(Route route) {
    Insights insights = byScope.get(String.valueOf(route.comparisonScope()));
    return insights == null ? null : insights.selfCheck();
  }

  /** All that is known of a route's live trial. */
  synchronized InsightReport report(Route route) {
    String scope = route.comparisonScope();
    Insights insights = byScope.getOrDefault(String.valueOf(scope), new Insights());
    return new InsightReport(
        insights.differences(route.name(), scope),
        insights.confusion(route.name(), scope),
        latency(route, insights));
  }

  /** How the two models of a route's live trial answer. */
  synchronized InsightReport.Latency latency(Route route) {
    return latency(
        route, byScope.getOrDefault(String.valueOf(route.comparisonScope()), new Insights()));
  }

  private static InsightReport.Latency latency(Route route, Insights insights) {
    Model other = route.standby() == null ? route.challenger() : route.standby();
    return insights.latency(
        route.name(),
        route.comparisonScope(),
        route.champion().name(),
        other == null ? null : other.name());
  }
}
