package io.shadowsentinel.proxy;

import io.shadowsentinel.listen.Admission;
import io.shadowsentinel.listen.Sweeper;
import io.shadowsentinel.upstream.UpstreamClients;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/**
 * What the requests of one event loop share. Bound to that loop.
 *
 * @param clock as {@link System#nanoTime()}
 */
record Loop(
    Vertx vertx,
    LongSupplier clock,
    Sweeper sweeper,
    RequestIds ids,
    UpstreamClients champions,
    UpstreamClients challengers,
    CaptureOutbox outbox,
    SharedMirrors shared,
    boolean forwardedHeaders,
    BodyPatcher patcher,
    Admission admission) {

  long now() {
    return clock.getAsLong();
  }
}
