package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.StreamKind;
import io.shadowsentinel.exchange.StreamTiming;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.HeaderRules;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the times of one streamed answer as its chunks come. Made for streams only: an ordinary
 * answer pays no more than a look at its {@code Content-Type}. Bound to one event loop.
 */
final class StreamClock {
  private final ProxyMeters.StreamMeters meters;
  private final long startNanos;
  private long firstNanos;
  private long lastNanos;
  private long gapSumNanos;
  private long gapMaxNanos;
  private int gaps;
  private int chunks;
  private boolean heldBack;

  /**
   * A clock for an answer of which no chunk has come.
   *
   * @param startNanos when its request began
   */
  StreamClock(ProxyMeters.StreamMeters meters, long startNanos) {
    this.meters = meters;
    this.startNanos = startNanos;
  }

  /** True for an answer whose media type is that of a stream. */
  static boolean isStream(AnswerHead head) {
    return StreamKind.of(head.fields().get(HeaderRules.CONTENT_TYPE)) != null;
  }

  /** What a clock saw; null when there is none, or when no chunk came. */
  static @Nullable StreamTiming timing(@Nullable StreamClock clock) {
    return clock == null || clock.chunks == 0 ? null : clock.timing();
  }

  /**
   * A chunk came.
   *
   * @param holdsBack true when the next one is asked for only when the user has read this one, so
   *     that the time until then says nothing about the model
   */
  void chunk(long nowNanos, boolean holdsBack) {
    if (chunks == 0) {
      firstNanos = nowNanos;
      meters.firstChunk().record(nowNanos - startNanos, TimeUnit.NANOSECONDS);
    } else if (!heldBack) {
      long gap = nowNanos - lastNanos;
      gaps++;
      gapSumNanos += gap;
      gapMaxNanos = Math.max(gapMaxNanos, gap);
      meters.gap().record(gap, TimeUnit.NANOSECONDS);
    }
    chunks++;
    lastNanos = nowNanos;
    heldBack = holdsBack;
  }

  private StreamTiming timing() {
    return new StreamTiming(
        firstNanos - startNanos, chunks, gapMaxNanos, gaps == 0 ? 0 : gapSumNanos / gaps);
  }
}
