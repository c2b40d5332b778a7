package io.shadowsentinel.proxy;

import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.upstream.UpstreamSet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Picks the mirrored requests that the champion gets a second time. It has upstreams, a sampler and
 * a breaker of its own: nothing that a self check meets changes where users' requests go. Bound to
 * one event loop.
 */
final class SelfChecks {
  final UpstreamSet upstreams;
  final Breaker breaker;

  /** What is done to users' requests, and so to the same ones asked again. */
  final RequestRules rules;

  private final Mirror mirror;
  private final Sampler sampler;
  private final long share;
  private final long samplingKey;

  SelfChecks(Mirror mirror, Model champion, RequestRules rules, MirrorSettings settings) {
    SharedMirrors shared = mirror.loop.shared();
    this.mirror = mirror;
    this.upstreams = new UpstreamSet(champion);
    this.rules = rules;
    this.breaker = shared.selfCheckBreaker(champion);
    this.sampler = mirror.ofRoute.selfCheckSampler;
    this.share = Sampler.shareOf(settings.selfCheckPercent());
    // Another one than the mirror's: which requests are checked is not which are mirrored.
    this.samplingKey = Sampler.keyOf(mirror.scope + " self check");
  }

  /** False when no answer is ever checked, so that nothing need be kept for it. */
  boolean areOn() {
    return share > 0;
  }

  /**
   * Asks to check an answer that the champion has just given. Whoever gets a call must send it.
   *
   * @param deadlineNanos when the pair goes over, with the check or without
   * @param ended run once, unless the call is abandoned, when it has an answer
   * @return null when the answer is not of the share, when the champion left too many checks
   *     unanswered of late, as those would take the places of mirrors, or when it took so long that
   *     less than half of the mirror's time is left: it would do so again
   */
  @Nullable SelfCheckCall admit(
      HttpServerRequest request,
      String target,
      String requestId,
      Buffer body,
      long deadlineNanos,
      Runnable ended) {
    if (share == 0 || !sampler.take(share, samplingKey)) {
      return null;
    }
    long now = mirror.loop.now();
    boolean late = deadlineNanos - now < mirror.timeoutNanos / 2;
    Breaker.Pass pass = late ? Breaker.Pass.REFUSED : breaker.tryPass(now, mirror.timeoutNanos);
    if (pass == Breaker.Pass.REFUSED) {
      mirror.meters.selfChecked(false);
      return null;
    }
    return new SelfCheckCall(
        this, mirror, pass, request, target, requestId, body, deadlineNanos, ended);
  }
}
