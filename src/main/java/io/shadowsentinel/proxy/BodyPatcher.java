package io.shadowsentinel.proxy;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies patches to bodies on a few threads of its own, shared by all event loops, so that neither
 * users' requests nor comparisons wait for it. What waits is bounded by the mirrors in flight and
 * the bytes captured. Bound to one event loop, on which its futures complete.
 */
final class BodyPatcher {
  private static final Logger log = LoggerFactory.getLogger(BodyPatcher.class);

  private static final int THREADS =
      Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

  private static final long MAX_EXECUTE_SECONDS = 10;
  private static final long COMPLAINT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final WorkerExecutor workers;
  private boolean complained;
  private long complainedAtNanos;

  /** To be made by the verticle, whose end closes it. */
  BodyPatcher(Vertx vertx) {
    workers =
        vertx.createSharedWorkerExecutor(
            "sentinel-patch", THREADS, MAX_EXECUTE_SECONDS, TimeUnit.SECONDS);
  }

  /** A body on its way through a patch. */
  static final class Job {
    private final AtomicReference<@Nullable Buffer> body;
    private final Future<Buffer> result;

    private Job(Buffer body, WorkerExecutor workers, BodyPatch patch, int maxBytes) {
      this.body = new AtomicReference<>(body);
      this.result = workers.executeBlocking(() -> apply(patch, maxBytes), false);
    }

    private Job(String why) {
      this.body = new AtomicReference<>();
      this.result = Future.failedFuture(new UnpatchableException(why));
    }

    /** The body as patched; fails with an {@link UnpatchableException} when it cannot be. */
    Future<Buffer> result() {
      return result;
    }

    /** Lets go of the body: nobody wants it any more. A job that waits holds nothing then. */
    void cancel() {
      body.set(null);
    }

    private Buffer apply(BodyPatch patch, int maxBytes) throws UnpatchableException {
      Buffer taken = body.getAndSet(null);
      if (taken == null) {
        throw new UnpatchableException("cancelled");
      }
      return Buffer.buffer(patch.apply(taken.getBytes(), maxBytes));
    }
  }

  /**
   * Begins to patch a body, which must not be changed meanwhile.
   *
   * @param headers of the request; a compressed body is not patched
   * @param maxBytes how long it may be then
   */
  Job patch(BodyPatch patch, MultiMap headers, Buffer body, int maxBytes) {
    return headers.contains("Content-Encoding")
        ? new Job("the body has a Content-Encoding")
        : new Job(body, workers, patch, maxBytes);
  }

  /** Tells the operator, now and then, that requests are not sent to a challenger, and why. */
  void complain(String route, String requestId, Throwable why, long nowNanos) {
    if (!complained || nowNanos - complainedAtNanos >= COMPLAINT_NANOS) {
      complained = true;
      complainedAtNanos = nowNanos;
      log.warn(
          "route {}: mirror.patchBody does not fit request {}: {}; such requests are incomparable",
          route,
          requestId,
          // Another exception's message may quote the body.
          why instanceof UnpatchableException ? why.getMessage() : why.getClass().getSimpleName());
    }
  }
}
