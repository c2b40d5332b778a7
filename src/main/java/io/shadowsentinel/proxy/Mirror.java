package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.upstream.UpstreamSet;
import io.shadowsentinel.wire.HeaderRules;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests of a route are copied to its challenger. Every bound is asked here, before
 * anything is sent, so that what is over it costs nothing but a count. Bound to one event loop.
 */
final class Mirror {
  final Loop loop;
  final String route;
  final String scope;
  final MirrorSettings settings;
  final RequestRules rules;
  final long timeoutNanos;
  final long connectTimeoutMillis;
  final UpstreamSet upstreams;
  final Breaker breaker;
  final ProxyMeters.ForRoute meters;
  final SharedMirrors.RouteMirrors ofRoute;
  final SelfChecks selfChecks;

  /** Of the scope, and the same on every event loop. */
  final Arrivals arrivals;

  /** Who answers sooner is quick. */
  static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /**
   * Whether the champion began its last answer soon after it had the whole request. Then a copy
   * waits for that, and else it is sent at once: the two models are to work at the same time, and a
   * timer for each request costs more than the copy.
   */
  boolean championIsQuick;

  private final long share;
  private final long samplingKey;

  Mirror(
      Loop loop,
      String route,
      String scope,
      MirrorSettings settings,
      RequestRules rules,
      long connectTimeoutMillis,
      UpstreamSet upstreams,
      Model champion,
      RequestRules championRules,
      Breaker breaker,
      ProxyMeters.ForRoute meters) {
    this.loop = loop;
    this.route = route;
    this.scope = scope;
    this.settings = settings;
    this.rules = rules;
    this.timeoutNanos = settings.timeout().toNanos();
    // A challenger that cannot be reached must not hold a place longer than one that is silent.
    this.connectTimeoutMillis =
        Math.max(1, Math.min(connectTimeoutMillis, settings.timeout().toMillis()));
    this.upstreams = upstreams;
    this.breaker = breaker;
    this.meters = meters;
    this.ofRoute = loop.shared().ofRoute(route, loop.now());
    this.selfChecks = new SelfChecks(this, champion, championRules, settings);
    this.arrivals = loop.shared().eligible().arrivals(scope);
    this.share = Sampler.shareOf(settings.percent());
    this.samplingKey = Sampler.keyOf(scope);
  }

  /**
   * Asks to mirror a request. Whoever gets an exchange must end it. It holds nothing yet but what
   * it captures: place, number and the breaker's pass are for a request that is whole, so that none
   * who is long in sending one keeps them from the others.
   *
   * @param bodyLength 0 for none, -1 for unknown
   * @return null when it is not mirrored; if it was eligible, it is counted as shed
   */
  @Nullable MirrorExchange admit(
      HttpServerRequest request, String target, String requestId, long bodyLength) {
    if (!settings.methods().contains(request.method().name())
        || HeaderRules.isShadow(request.headers())
        || !ofRoute.sampler.take(share, samplingKey)) {
      return null;
    }
    arrivals.eligible().increment();
    if (bodyLength > settings.maxBodyBytes()) {
      return shed(ShedReason.BODY_TOO_LARGE);
    }
    if (!loop.shared().budget().hasRoom() || arrivals.isFull()) {
      return shed(ShedReason.BACKLOG);
    }
    long now = loop.now();
    // Before a place is asked for: a challenger that is not asked at all does not want for places.
    if (!breaker.wouldPass(now)) {
      return shed(ShedReason.BREAKER_OPEN);
    }
    if (!ofRoute.places.hasRoom(settings.maxInFlight(), now)) {
      return shed(ShedReason.IN_FLIGHT);
    }
    return new MirrorExchange(this, now, request, target, requestId);
  }

  private @Nullable MirrorExchange shed(ShedReason reason) {
    loop.outbox().addShed(route, scope, reason);
    return null;
  }
}
