package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the tests of this package begin with. */
final class Given {
  private Given() {}

  static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  /** Stands still until it is moved. */
  static final class ManualClock extends Clock {
    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);

    void advance(Duration by) {
      now.updateAndGet(time -> time.plus(by));
    }

    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("always UTC");
    }
  }

  static Model model(String name) {
    return new Model(name, List.of(URI.create("http://" + name + ":9000")));
  }

  static RouteSpec spec(String name, String champion, @Nullable String challenger) {
    return spec(name, Match.path("/" + name + "/"), champion, challenger);
  }

  static RouteSpec spec(String name, Match match, String champion, @Nullable String challenger) {
    return new RouteSpec(
        name,
        match,
        model(champion),
        challenger == null ? null : model(challenger),
        RouteSpec.DEFAULT_TIMEOUT,
        RouteSpec.DEFAULT_CONNECT_TIMEOUT,
        MirrorSettings.DEFAULTS);
  }

  static DecideSettings rule(long minRequests, String minAgreement, boolean auto) {
    return new DecideSettings(minRequests, new BigDecimal(minAgreement), auto);
  }

  static Reconfigure config(RouteSpec... routes) {
    return config(DecideSettings.DEFAULTS, routes);
  }

  static Reconfigure config(DecideSettings rule, RouteSpec... routes) {
    Map<String, DecideSettings> rules =
        Arrays.stream(routes).collect(Collectors.toMap(RouteSpec::name, r -> rule));
    return new Reconfigure(List.of(routes), rules);
  }

  static Verdict verdict(String route, String scope, Outcome outcome) {
    boolean conflict = outcome == Outcome.DISAGREE || outcome == Outcome.CHALLENGER_ERROR;
    return new Verdict(
        route,
        scope,
        outcome,
        1,
        outcome == Outcome.AGREE ? 1 : 0,
        outcome.isRated() ? 0.25 : Double.NaN,
        outcome == Outcome.DISAGREE,
        conflict ? conflict(route, scope, "r", NOON) : null);
  }

  static Conflict conflict(String route, String scope, String requestId, Instant time) {
    return new Conflict(
        time,
        route,
        scope,
        requestId,
        "/p",
        "disagree",
        null,
        0,
        "7",
        0.99,
        "1",
        0.95,
        true,
        List.of("/prediction"),
        1);
  }

  static List<Verdict> verdicts(String route, String scope, int agree, int disagree) {
    return Stream.concat(
            IntStream.range(0, agree).mapToObj(i -> verdict(route, scope, Outcome.AGREE)),
            IntStream.range(0, disagree).mapToObj(i -> verdict(route, scope, Outcome.DISAGREE)))
        .toList();
  }

  static VerdictBatch batch(List<Verdict> verdicts) {
    return new VerdictBatch(verdicts, List.of(), () -> {});
  }

  static Shed shed(String route, String scope, ShedReason reason, long count) {
    return new Shed(route, scope, reason, count);
  }

  static Evidence evidence(long agree, long disagree, long challengerError) {
    return new Evidence(agree, disagree, challengerError, 0, Map.of(), 0, 0, 0, 0, 0, 0);
  }

  static RouteLedger shadowing(DecideSettings rule) {
    return RouteLedger.open(Route.open(spec("digits", "v1", "v2"), "e1"), rule, NOON);
  }
}
