package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.Transitions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the routes under another config. Pure, but for a line in the log.
 *
 * @param ledgers every route of the config, in its order
 * @param changes what goes into the decision log: routes whose pair of models is another, or whose
 *     promoted model cannot answer users under the config, or that are called otherwise
 * @param tableChanged false when the routing table is the same to the last detail
 */
record Reconciliation(List<RouteLedger> ledgers, List<Change> changes, boolean tableChanged) {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  /** What is known of routes beside the ledgers of the table. */
  interface Known {

    /** The ledger of a route that has left the config, or null when nothing is known of it. */
    @Nullable RouteLedger away(String route);

    /**
     * Tells what a route matches from what others do, as {@link StoredTable.Entry#fingerprint};
     * like none when that is not known any more.
     */
    String match(RouteLedger ledger);
  }

  /**
   * Reconciles the ledgers with a config. A route that comes back is as it was when it left.
   *
   * @param newExperiment an id for a route's name, never used before
   * @throws IllegalArgumentException when a route has no rule, or two have one name
   */
  static Reconciliation of(
      List<RouteLedger> old,
      Known known,
      Reconfigure config,
      Instant now,
      Function<String, String> newExperiment) {
    Map<String, RouteLedger> before = new HashMap<>();
    old.forEach(ledger -> before.put(ledger.name(), ledger));
    for (RouteSpec spec : config.routes()) {
      RouteLedger away = before.containsKey(spec.name()) ? null : known.away(spec.name());
      if (away != null) {
        before.put(spec.name(), away);
      }
    }
    before.putAll(renamed(old, before.keySet(), known, config));
    List<RouteLedger> next = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (RouteSpec spec : config.routes()) {
      DecideSettings rule = config.rules().get(spec.name());
      if (rule == null) {
        throw new IllegalArgumentException(
            "route " + spec.name() + ": no rule (expected one for each route)");
      }
      String experiment = newExperiment.apply(spec.name());
      RouteLedger was = before.get(spec.name());
      if (was == null) {
        next.add(RouteLedger.open(Route.open(spec, experiment), rule, now));
        continue;
      }
      Route after = Transitions.respecify(was.route(), spec, experiment);
      next.add(was.withRule(rule).moveTo(after, now));
      Change change = change(was, after);
      if (change != null) {
        changes.add(change);
      }
    }
    requireUniqueNames(next);
    return new Reconciliation(next, changes, !routes(old).equals(routes(next)));
  }

  private static @Nullable Change change(RouteLedger was, Route after) {
    Route route = was.route();
    if (!Objects.equals(route.experiment(), after.experiment())) {
      String reason = reason(route.spec(), after.spec());
      return new Change(was, after, Action.RESTART, By.CONFIG, reason, null);
    }
    if (route.promoted() && !after.promoted()) {
      String reason = "config: " + Transitions.UNPATCHED;
      return new Change(was, after, Action.ROLLBACK, By.CONFIG, reason, null);
    }
    if (!route.name().equals(after.name())) {
      String reason =
          "config: route %s is now called %s; what was decided goes with it"
              .formatted(route.name(), after.name());
      return new Change(was, after, Action.RENAME, By.CONFIG, reason, null);
    }
    return null;
  }

  /**
   * The ledgers of routes that are called otherwise now, by their new name. That is so when exactly
   * one route left and exactly one came that nothing is known of, with the same models and the same
   * match; else nobody could tell which is which, and the route that left is kept as it was.
   */
  private static Map<String, RouteLedger> renamed(
      List<RouteLedger> old, Set<String> knownNames, Known known, Reconfigure config) {
    Set<String> names = config.routes().stream().map(RouteSpec::name).collect(Collectors.toSet());
    List<RouteLedger> left = old.stream().filter(ledger -> !names.contains(ledger.name())).toList();
    List<RouteSpec> came =
        config.routes().stream().filter(spec -> !knownNames.contains(spec.name())).toList();
    Map<String, RouteLedger> renamed = new HashMap<>();
    for (RouteSpec spec : came) {
      List<RouteLedger> alike = left.stream().filter(ledger -> alike(ledger, spec, known)).toList();
      if (alike.size() == 1
          && came.stream().filter(other -> alike(alike.get(0), other, known)).count() == 1) {
        renamed.put(spec.name(), alike.get(0));
      } else if (!alike.isEmpty()) {
        LOG.warn(
            "route {} came when {} left, all with the same models and match: which of them it was"
                + " cannot be told, so it begins anew",
            spec.name(),
            alike.stream().map(RouteLedger::name).toList());
      }
    }
    return renamed;
  }

  private static boolean alike(RouteLedger ledger, RouteSpec spec, Known known) {
    return Transitions.sameModels(ledger.route().spec(), spec)
        && StoredTable.Entry.fingerprint(spec.match()).equals(known.match(ledger));
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
