package io.shadowsentinel.decide;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.table.RouteState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one route. All counters exist from the start, at 0, so that {@code rate()} sees
 * their first step.
 */
final class RouteMeters {

  private static final String PREFIX = "shadow.sentinel.";
  private static final String COMPARISONS = PREFIX + "comparisons";
  private static final String COMPARISONS_HELP = "Mirrored requests, by the outcome of comparing";

  private final MeterRegistry registry;
  private final EligibleCounts eligible;
  private final String route;
  private final Map<Outcome, Counter> comparisons;
  private final Counter comparisonsShed;
  private final Map<ShedReason, Counter> shed;
  private final Counter late;
  private final Counter lost;
  private final Counter highConfidenceConflicts;
  private final Counter notKept;
  private final List<Meter> gauges = new ArrayList<>();
  private volatile RouteLedger ledger;
  private volatile long tableVersion;

  RouteMeters(
      MeterRegistry registry, EligibleCounts eligible, RouteLedger ledger, long tableVersion) {
    this.registry = registry;
    this.eligible = eligible;
    this.route = ledger.name();
    this.ledger = ledger;
    this.tableVersion = tableVersion;
    this.comparisons =
        each(Outcome.values(), o -> counter(COMPARISONS, COMPARISONS_HELP, "outcome", o.label()));
    this.comparisonsShed = counter(COMPARISONS, COMPARISONS_HELP, "outcome", "shed");
    this.shed =
        each(
            ShedReason.values(),
            reason ->
                counter(
                    PREFIX + "shed",
                    "Eligible requests that brought no pair of answers, by reason",
                    "reason",
                    reason.label()));
    this.late =
        counter(
            PREFIX + "late.comparisons",
            "Comparisons that ended after their experiment was replaced, and count in no evidence");
    this.lost =
        counter(
            PREFIX + "lost.comparisons",
            "Mirrored requests that came to no outcome, and were given up as incomparable");
    this.highConfidenceConflicts =
        counter(
            PREFIX + "high.confidence.conflicts",
            "Comparisons in which both models were sure, and of different labels");
    this.notKept =
        counter(
            PREFIX + "conflicts.not.kept",
            "Disagreements left out of the conflict log, for their number or for the disk");
    for (Action action : Action.values()) {
      for (By by : By.values()) {
        decisions(action, by);
      }
    }
    addGauges();
  }

  private void addGauges() {
    gauge("agreement.ratio", "agree / rated of the live trial", Evidence::agreementRate);
    gauge("coverage.ratio", "rated / eligible of the live trial", Evidence::coverage);
    gauge(
        "confidence.gap",
        "Mean difference of the two models' confidence in the live trial",
        Evidence::confidenceGap);
    add(
        Gauge.builder(PREFIX + "rated.comparisons", this, RouteMeters::rated)
            .description("Rated comparisons of the live trial"));
    add(
        Gauge.builder(PREFIX + "routing.table.version", this, meters -> meters.tableVersion)
            .description("Version of the routing table"));
    for (RouteState state : RouteState.values()) {
      ToDoubleFunction<RouteMeters> is = m -> m.ledger.route().state() == state ? 1 : 0;
      add(
          Gauge.builder(PREFIX + "route.state", this, is)
              .description("1 for the state that the route is in, 0 for the others")
              .tag("state", state.name()));
    }
  }

  void show(RouteLedger now, long version) {
    ledger = now;
    tableVersion = version;
  }

  void show(RouteLedger now) {
    ledger = now;
  }

  void count(Verdict verdict, boolean tooLate) {
    counterOf(comparisons, verdict.outcome()).increment();
    if (verdict.highConfidenceConflict()) {
      highConfidenceConflicts.increment();
    }
    if (tooLate) {
      late.increment();
    }
  }

  void countLost(int requests) {
    counterOf(comparisons, Outcome.INCOMPARABLE).increment(requests);
    lost.increment(requests);
  }

  void count(Shed requests) {
    counterOf(shed, requests.reason()).increment((double) requests.count());
    comparisonsShed.increment((double) requests.count());
  }

  void count(Decision decision) {
    decisions(decision.action(), decision.by()).increment();
  }

  void countNotKept() {
    notKept.increment();
  }

  void removeGauges() {
    gauges.forEach(registry::remove);
  }

  private Counter decisions(Action action, By by) {
    return counter(
        PREFIX + "decisions",
        "Entries of the decision log",
        "decision",
        action.name(),
        "by",
        by.label());
  }

  private double rated() {
    Evidence evidence = live();
    return evidence == null ? 0 : evidence.rated();
  }

  private @Nullable Evidence live() {
    RouteStatus.Trial trial = ledger.status(eligible, tableVersion).live();
    return trial == null ? null : trial.evidence();
  }

  private void gauge(String name, String help, Function<Evidence, @Nullable Double> value) {
    add(
        Gauge.builder(PREFIX + name, this, meters -> orNaN(meters.live(), value))
            .description(help + "; NaN before the first"));
  }

  private static double orNaN(
      @Nullable Evidence evidence, Function<Evidence, @Nullable Double> value) {
    Double result = evidence == null ? null : value.apply(evidence);
    return result == null ? Double.NaN : result;
  }

  private void add(Gauge.Builder<RouteMeters> gauge) {
    gauges.add(gauge.tag("route", route).register(registry));
  }

  private Counter counter(String name, String help, String... tags) {
    return Counter.builder(name)
        .description(help)
        .tag("route", route)
        .tags(tags)
        .register(registry);
  }

  private static <K> Map<K, Counter> each(K[] keys, Function<K, Counter> counter) {
    return Arrays.stream(keys).collect(Collectors.toUnmodifiableMap(key -> key, counter));
  }

  private static <K> Counter counterOf(Map<K, Counter> counters, K key) {
    return Objects.requireNonNull(counters.get(key));
  }
}
