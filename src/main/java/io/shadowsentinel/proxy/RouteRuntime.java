package io.shadowsentinel.proxy;

import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.upstream.UpstreamSet;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A route as one event loop serves it: everything a request needs as a field, nothing to look up.
 * Made anew for each routing table; a request keeps the one it began with.
 */
final class RouteRuntime {
  final String name;
  final Match match;
  final UpstreamSet champion;
  final long timeoutNanos;
  final long connectTimeoutMillis;
  final ProxyMeters.ForRoute meters;

  /** What is done to users' requests: that of the challenger, once it answers them; no patch. */
  final RequestRules rules;

  /** Null when the route's state mirrors nothing. */
  final @Nullable Mirror mirror;

  RouteRuntime(
      Route route,
      Function<Model, UpstreamSet> champions,
      Function<Model, UpstreamSet> challengers,
      Loop loop,
      ProxyMeters.ForRoute meters) {
    this.name = route.name();
    this.match = route.spec().match();
    this.champion = champions.apply(route.champion());
    this.timeoutNanos = route.spec().timeout().toNanos();
    this.connectTimeoutMillis = route.spec().connectTimeout().toMillis();
    this.meters = meters;
    this.rules = RequestRules.of(route.championRewrite());
    Model target = route.mirrorTarget();
    this.mirror =
        target == null
            ? null
            : new Mirror(
                loop,
                name,
                Objects.requireNonNull(route.comparisonScope()),
                route.spec().mirror(),
                RequestRules.of(route.mirrorRewrite()),
                connectTimeoutMillis,
                challengers.apply(target),
                route.champion(),
                rules,
                loop.shared().breaker(target),
                meters);
  }
}
