package io.shadowsentinel.decide;

import io.shadowsentinel.route.Match;
import io.shadowsentinel.route.MirrorSettings;
import io.shadowsentinel.route.Model;
import io.shadowsentinel.route.Route;
import io.shadowsentinel.route.RouteSpec;
import io.shadowsentinel.route.RouteState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@code routing.json} holds: how every route stands. What a route matches, and how it
 * mirrors, is the config's to say, and is not kept.
 *
 * @param version of the routing table
 * @param lastSeq the last line of the decision log that it takes in, 0 for none
 */
record StoredTable(long version, long lastSeq, List<Entry> routes) {

  /**
   * A route.
   *
   * @param champion as configured, also while the challenger is promoted
   * @param challenger as configured
   */
  record Entry(
      String name,
      RouteState state,
      boolean promoted,
      @Nullable String experiment,
      @Nullable Instant experimentStartedAt,
      @Nullable Instant watchStartedAt,
      Model champion,
      @Nullable Model challenger) {

    Entry {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(champion, "champion");
      if ((experiment == null) != (experimentStartedAt == null)) {
        throw new IllegalArgumentException(
            "route " + name + ": experiment and experimentStartedAt (expected both or neither)");
      }
      if (promoted != (watchStartedAt != null)) {
        throw new IllegalArgumentException(
            "route " + name + ": promoted " + promoted + ", watchStartedAt " + watchStartedAt);
      }
      restore(name, champion, challenger, state, promoted, experiment);
    }

    static Entry of(RouteLedger ledger) {
      Route route = ledger.route();
      return new Entry(
          route.name(),
          route.state(),
          route.promoted(),
          route.experiment(),
          ledger.experimentStartedAt(),
          ledger.watchStartedAt(),
          route.spec().champion(),
          route.spec().challenger());
    }

    /** The route as it stood, in all but what the config says of it. */
    Route route() {
      return restore(name, champion, challenger, state, promoted, experiment);
    }

    /** The constructor of {@link Route} refuses what contradicts itself. */
    private static Route restore(
        String name,
        Model champion,
        @Nullable Model challenger,
        RouteState state,
        boolean promoted,
        @Nullable String experiment) {
      RouteSpec spec =
          new RouteSpec(
              name,
              Match.path("/"),
              champion,
              challenger,
              RouteSpec.DEFAULT_TIMEOUT,
              RouteSpec.DEFAULT_CONNECT_TIMEOUT,
              MirrorSettings.DEFAULTS);
      return new Route(spec, state, promoted, experiment);
    }
  }

  StoredTable {
    if (version < 0) {
      throw new IllegalArgumentException("version: " + version + " (expected 0 or more)");
    }
    routes = List.copyOf(Objects.requireNonNull(routes, "routes"));
  }

  /** A directory that was never used. */
  static final StoredTable EMPTY = new StoredTable(0, 0, List.of());

  /** The table with a line of the decision log taken in that it does not have yet. */
  StoredTable rolledForward(Decision decision, Entry after) {
    List<Entry> next = new ArrayList<>(routes);
    int at = routes.stream().map(Entry::name).toList().indexOf(after.name());
    if (at >= 0) {
      next.set(at, after);
    } else {
      next.add(after);
    }
    return new StoredTable(Math.max(version, decision.tableVersion()), decision.seq(), next);
  }
}
