package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a route at one moment: how it stands, what was counted, what was decided.
 * Immutable: {@link #step} makes the next one from what became of a request, {@link #moveTo} from a
 * transition.
 *
 * @param experimentStartedAt null without an experiment
 * @param watchStartedAt null unless promoted
 * @param experiment totals of the experiment, with nothing in flight
 * @param watch totals since the promotion, with nothing in flight
 * @param decision the last {@code PROMOTE} or {@code ROLLBACK} of the experiment, or null
 * @param format how answers were read at the last comparison; null before the first one since the
 *     start
 */
record RouteLedger(
    Route route,
    DecideSettings rule,
    @Nullable Instant experimentStartedAt,
    @Nullable Instant watchStartedAt,
    Evidence experiment,
    Evidence watch,
    @Nullable Decision decision,
    @Nullable String format) {

  /** A ledger that does not know the format yet. */
  RouteLedger(
      Route route,
      DecideSettings rule,
      @Nullable Instant experimentStartedAt,
      @Nullable Instant watchStartedAt,
      Evidence experiment,
      Evidence watch,
      @Nullable Decision decision) {
    this(route, rule, experimentStartedAt, watchStartedAt, experiment, watch, decision, null);
  }

  /** A ledger after a request, and what is due by the rule then; null when nothing is. */
  record Step(RouteLedger next, @Nullable Action due) {}

  /** The ledger of a route at its beginning. */
  static RouteLedger open(Route route, DecideSettings rule, Instant now) {
    return new RouteLedger(
        route,
        rule,
        route.experiment() == null ? null : now,
        null,
        Evidence.NONE,
        Evidence.NONE,
        null);
  }

  String name() {
    return route.name();
  }

  /** True when comparisons of that scope are counted here. */
  boolean counts(String scope) {
    return scope.equals(route.experiment()) || isWatch(scope);
  }

  /** Counts a request of a scope that this ledger {@link #counts}. */
  Step step(String scope, Settlement how) {
    RouteLedger next =
        isWatch(scope)
            ? withEvidence(experiment, watch.plus(how))
            : withEvidence(experiment.plus(how), watch);
    return new Step(next, next.due().orElse(null));
  }

  /** Knows by which format the latest answers were read. */
  RouteLedger withFormat(@Nullable String other) {
    return other == null || other.equals(format)
        ? this
        : new RouteLedger(
            route, rule, experimentStartedAt, watchStartedAt, experiment, watch, decision, other);
  }

  /** Counts requests of a scope that this ledger {@link #counts}. */
  RouteLedger plus(Shed shed) {
    return isWatch(shed.scope())
        ? withEvidence(experiment, watch.plus(shed.reason(), shed.count()))
        : withEvidence(experiment.plus(shed.reason(), shed.count()), watch);
  }

  /**
   * What the rule asks for now. Only an experiment that shadows is open to it: a decided one has
   * left that state, and a paused one is in an operator's hand.
   */
  Optional<Action> due() {
    return route.state() == RouteState.SHADOWING && rule.auto()
        ? DecisionRule.ask(experiment, rule)
        : Optional.empty();
  }

  /** The ledger after a transition. Another experiment begins with no evidence. */
  RouteLedger moveTo(Route next, Instant now) {
    if (!Objects.equals(next.experiment(), route.experiment())) {
      return open(next, rule, now).withFormat(format);
    }
    boolean watchGoesOn = next.promoted() && route.promoted();
    return new RouteLedger(
        next,
        rule,
        experimentStartedAt,
        watchGoesOn ? watchStartedAt : next.promoted() ? now : null,
        experiment,
        watchGoesOn ? watch : Evidence.NONE,
        decision,
        format);
  }

  RouteLedger withRule(DecideSettings other) {
    return new RouteLedger(
        route, other, experimentStartedAt, watchStartedAt, experiment, watch, decision, format);
  }

  RouteLedger withDecision(Decision taken) {
    return new RouteLedger(
        route, rule, experimentStartedAt, watchStartedAt, experiment, watch, taken, format);
  }

  RouteLedger withEvidence(Evidence ofExperiment, Evidence ofWatch) {
    return new RouteLedger(
        route, rule, experimentStartedAt, watchStartedAt, ofExperiment, ofWatch, decision, format);
  }

  /** The scopes that comparisons may be counted under: of the experiment and of its watch. */
  List<String> scopes() {
    List<String> scopes = new ArrayList<>(2);
    if (route.experiment() != null) {
      scopes.add(route.experiment());
      scopes.add(Route.watchOf(route.experiment()));
    }
    return scopes;
  }

  /** The experiment as others see it, or null without one. */
  RouteStatus.@Nullable Trial experimentTrial(EligibleCounts eligible) {
    return trial(route.experiment(), experimentStartedAt, experiment, eligible);
  }

  /** The watch as others see it, or null unless promoted. */
  RouteStatus.@Nullable Trial watchTrial(EligibleCounts eligible) {
    return route.promoted()
        ? trial(route.comparisonScope(), watchStartedAt, watch, eligible)
        : null;
  }

  RouteStatus status(EligibleCounts eligible, long tableVersion) {
    return new RouteStatus(
        name(),
        route.state(),
        route.champion(),
        route.challenger(),
        route.standby(),
        experimentTrial(eligible),
        watchTrial(eligible),
        decision,
        new RouteStatus.Rule(rule.minRequests(), rule.minAgreement(), rule.auto()),
        tableVersion,
        format,
        null,
        true);
  }

  private boolean isWatch(String scope) {
    return route.promoted() && scope.equals(route.comparisonScope());
  }

  private static RouteStatus.@Nullable Trial trial(
      @Nullable String scope,
      @Nullable Instant startedAt,
      Evidence evidence,
      EligibleCounts eligible) {
    return scope == null || startedAt == null
        ? null
        : new RouteStatus.Trial(scope, startedAt, evidence.ofEligible(eligible.count(scope)));
  }
}
