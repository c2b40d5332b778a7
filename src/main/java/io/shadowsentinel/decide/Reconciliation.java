package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.route.Model;
import io.shadowsentinel.route.Route;
import io.shadowsentinel.route.RouteSpec;
import io.shadowsentinel.route.Transitions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the routes under another config. Pure.
 *
 * @param ledgers every route of the config, in its order
 * @param changes what goes into the decision log: routes whose pair of models is another, or whose
 *     promoted model cannot answer users under the config
 * @param tableChanged false when the routing table is the same to the last detail
 */
record Reconciliation(List<RouteLedger> ledgers, List<Change> changes, boolean tableChanged) {

  /**
   * Reconciles the ledgers with a config.
   *
   * @param newExperiment an id for a route's name, never used before
   * @throws IllegalArgumentException when a route has no rule, or two have one name
   */
  static Reconciliation of(
      List<RouteLedger> old,
      Reconfigure config,
      Instant now,
      Function<String, String> newExperiment) {
    Map<String, RouteLedger> known =
        old.stream().collect(Collectors.toMap(RouteLedger::name, ledger -> ledger));
    List<RouteLedger> next = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (RouteSpec spec : config.routes()) {
      DecideSettings rule = config.rules().get(spec.name());
      if (rule == null) {
        throw new IllegalArgumentException(
            "route " + spec.name() + ": no rule (expected one for each route)");
      }
      String experiment = newExperiment.apply(spec.name());
      RouteLedger before = known.get(spec.name());
      if (before == null) {
        next.add(RouteLedger.open(Route.open(spec, experiment), rule, now));
        continue;
      }
      Route after = Transitions.respecify(before.route(), spec, experiment);
      next.add(before.withRule(rule).moveTo(after, now));
      if (!Objects.equals(before.route().experiment(), after.experiment())) {
        changes.add(
            new Change(
                before,
                after,
                Action.RESTART,
                By.CONFIG,
                reason(before.route().spec(), spec),
                null));
      } else if (before.route().promoted() && !after.promoted()) {
        changes.add(
            new Change(
                before,
                after,
                Action.ROLLBACK,
                By.CONFIG,
                "config: " + Transitions.UNPATCHED,
                null));
      }
    }
    requireUniqueNames(next);
    return new Reconciliation(next, changes, !routes(old).equals(routes(next)));
  }

  private static void requireUniqueNames(List<RouteLedger> ledgers) {
    List<String> names = ledgers.stream().map(RouteLedger::name).toList();
    if (names.stream().distinct().count() != names.size()) {
      throw new IllegalArgumentException("route names are not unique: " + names);
    }
  }

  private static List<Route> routes(List<RouteLedger> ledgers) {
    return ledgers.stream().map(RouteLedger::route).toList();
  }

  private static String reason(RouteSpec old, RouteSpec now) {
    List<String> parts = new ArrayList<>();
    if (!Model.same(old.champion(), now.champion())) {
      parts.add("champion " + text(old.champion()) + " is now " + text(now.champion()));
    }
    if (!Model.same(old.challenger(), now.challenger())) {
      parts.add("challenger " + text(old.challenger()) + " is now " + text(now.challenger()));
    }
    return "config: " + String.join("; ", parts);
  }

  private static String text(@Nullable Model model) {
    return model == null ? "none" : model.name() + " " + model.urls();
  }
}
