package io.shadowsentinel.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code routing.json} holds: how every route stands. What a route matches, and how it
 * mirrors, is the config's to say, and is not kept.
 *
 * @param version of the routing table
 * @param lastSeq the last line of the decision log that it takes in, 0 for none
 * @param absent routes that are not in the config, the first that left first
 */
record StoredTable(
    long version,
    long lastSeq,
    List<Entry> routes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Absent> absent) {

  /** How a route stood when it left the config, which is how it comes back. */
  record Absent(Instant leftAt, Entry route) {
    Absent {
      Objects.requireNonNull(leftAt, "leftAt");
      Objects.requireNonNull(route, "route");
    }
  }

  /**
   * A route.
   *
   * @param champion as configured, also while the challenger is promoted
   * @param challenger as configured
   * @param match tells what the route matches from what others do; null where an earlier release
   *     wrote it
   */
  record Entry(
      String name,
      RouteState state,
      boolean promoted,
      @Nullable String experiment,
      @Nullable Instant experimentStartedAt,
      @Nullable Instant watchStartedAt,
      Model champion,
      @Nullable Model challenger,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String match) {

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
          route.spec().challenger(),
          fingerprint(route.spec().match()));
    }

    /**
     * The same for the same match and no other. Not the match itself: the value of a header may be
     * a credential.
     */
    static String fingerprint(Match match) {
      String text =
          String.join(
              "\n",
              match.path(),
              match.hosts().stream().sorted().toList().toString(),
              match.methods().stream().sorted().toList().toString(),
              new TreeMap<>(match.headers()).toString());
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        return HexFormat.of().formatHex(digest, 0, 8);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JVM has SHA-256", e);
      }
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
    absent = absent == null ? List.of() : List.copyOf(absent);
  }

  /** A directory that was never used. */
  static final StoredTable EMPTY = new StoredTable(0, 0, List.of(), List.of());

  /** The table with a line of the decision log taken in that it does not have yet. */
  StoredTable rolledForward(Decision decision, Entry after) {
    String before = decision.formerly() == null ? after.name() : decision.formerly();
    List<Entry> next = new ArrayList<>(routes);
    int at = routes.stream().map(Entry::name).toList().indexOf(before);
    if (at >= 0) {
      next.set(at, after);
    } else {
      next.add(after);
    }
    return new StoredTable(
        Math.max(version, decision.tableVersion()),
        decision.seq(),
        next,
        absent.stream().filter(left -> !left.route().name().equals(after.name())).toList());
  }
}
