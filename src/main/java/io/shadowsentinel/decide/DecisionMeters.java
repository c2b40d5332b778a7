package io.shadowsentinel.decide;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.Shed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Prometheus is told of comparisons and decisions. Counters count everything that happened on
 * a route, also what came too late for the evidence; gauges show the trial that is live. Written by
 * one thread, scraped by any.
 */
final class DecisionMeters implements AutoCloseable {

  private final MeterRegistry registry;
  private final EligibleCounts eligible;
  private final Map<String, RouteMeters> byRoute = new HashMap<>();
  private final Counter writeFailures;
  private final Gauge writable;
  private volatile boolean stateWritable = true;

  DecisionMeters(MeterRegistry registry, EligibleCounts eligible) {
    this.registry = registry;
    this.eligible = eligible;
    this.writeFailures =
        Counter.builder("shadow.sentinel.state.write.failures")
            .description("Writes to the state directory that failed; what was to be written waits")
            .register(registry);
    this.writable =
        Gauge.builder("shadow.sentinel.state.writable", () -> stateWritable ? 1 : 0)
            .description("1 when the last write to the state directory succeeded, 0 when it failed")
            .register(registry);
  }

  /** A write to the state directory failed. */
  void stateNotWritten() {
    stateWritable = false;
    writeFailures.increment();
  }

  /** Everything that is to be in the state directory is. */
  void stateWritten() {
    stateWritable = true;
  }

  /** Shows these routes, and no others. */
  void show(List<RouteLedger> ledgers, long tableVersion) {
    Set<String> names = ledgers.stream().map(RouteLedger::name).collect(Collectors.toSet());
    byRoute.entrySet().removeIf(entry -> removeUnless(names.contains(entry.getKey()), entry));
    for (RouteLedger ledger : ledgers) {
      byRoute
          .computeIfAbsent(
              ledger.name(), name -> new RouteMeters(registry, eligible, ledger, tableVersion))
          .show(ledger, tableVersion);
    }
  }

  /** Shows the totals of one route as they now are. */
  void show(RouteLedger ledger) {
    RouteMeters meters = byRoute.get(ledger.name());
    if (meters != null) {
      meters.show(ledger);
    }
  }

  /**
   * Counts a verdict.
   *
   * @param late true when its experiment is over and another one runs
   */
  void count(Verdict verdict, boolean late) {
    RouteMeters meters = byRoute.get(verdict.route());
    if (meters != null) {
      meters.count(verdict, late);
    }
  }

  /** Counts requests of which nothing was heard. */
  void countLost(String route, int lost) {
    RouteMeters meters = byRoute.get(route);
    if (meters != null) {
      meters.countLost(lost);
    }
  }

  /** Counts requests that were shed. */
  void count(Shed shed) {
    RouteMeters meters = byRoute.get(shed.route());
    if (meters != null) {
      meters.count(shed);
    }
  }

  void count(Decision decision) {
    RouteMeters meters = byRoute.get(decision.route());
    if (meters != null) {
      meters.count(decision);
    }
  }

  /** Counts disagreements that are not to be seen in the conflict log. */
  void countNotKept(List<Conflict> conflicts) {
    for (Conflict conflict : conflicts) {
      RouteMeters meters = byRoute.get(conflict.route());
      if (meters != null) {
        meters.countNotKept();
      }
    }
  }

  /** Takes the gauges away. */
  @Override
  public void close() {
    byRoute.values().forEach(RouteMeters::removeGauges);
    byRoute.clear();
    registry.remove(writable);
  }

  private static boolean removeUnless(boolean wanted, Map.Entry<String, RouteMeters> entry) {
    if (!wanted) {
      entry.getValue().removeGauges();
    }
    return !wanted;
  }
}
