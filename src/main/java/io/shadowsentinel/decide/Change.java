package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of one route that goes into the decision log, before it is written down.
 *
 * @param before the route's ledger as it is
 * @param after the route as it will be; under another name for a rename
 */
record Change(
    RouteLedger before,
    Route after,
    Action action,
    By by,
    @Nullable String who,
    String reason,
    @Nullable String origin) {

  /** A change by nobody that is known by name. */
  Change(
      RouteLedger before,
      Route after,
      Action action,
      By by,
      String reason,
      @Nullable String origin) {
    this(before, after, action, by, null, reason, origin);
  }

  /**
   * The line of the log. Experiment and evidence belong together: both are those that the change
   * found, also when it opens another experiment.
   */
  Decision toDecision(long seq, Instant now, long tableVersion, EligibleCounts eligible) {
    Route route = before.route();
    boolean renamed = !route.name().equals(after.name());
    Model other = route.challenger() != null ? route.challenger() : route.standby();
    RouteStatus.Trial trial = before.experimentTrial(eligible);
    return new Decision(
        seq,
        now,
        after.name(),
        action,
        route.experiment(),
        route.champion().name(),
        other == null ? null : other.name(),
        route.state(),
        after.state(),
        by,
        who,
        reason,
        origin,
        trial == null ? Evidence.NONE : trial.evidence(),
        tableVersion,
        renamed ? route.name() : null);
  }
}
