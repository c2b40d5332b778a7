package io.shadowsentinel.gate;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Times models on one row at a time, as most users send them. One thread. */
final class Stopwatch {

  private static final int WARM_UP = 1_000;
  private static final int SAMPLES = 2_000;

  /** Fewer do not make a 99th percentile. */
  private static final int FEWEST = 100;

  private static final long LONGEST_WARM_UP_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long LONGEST_NANOS = Duration.ofSeconds(60).toNanos();

  private final LongSupplier nanoTime;

  Stopwatch(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * What was measured.
   *
   * @param baseline null without one, as is {@code ratio}
   */
  record Times(Latencies model, @Nullable Latencies baseline, @Nullable LatencyRatio ratio) {}

  /**
   * Warms up, then runs each row in turn, 2,000 runs or each row once, whichever is more; a model
   * that needs over a minute for that is run less often, but 100 times at least. With a baseline,
   * each run of the model has one of the baseline beside it, before and after in turn.
   *
   * @param rows how many there are; the consumers get positions from 0
   */
  Times measure(int rows, IntConsumer model, @Nullable IntConsumer baseline) {
    warmUp(rows, model, baseline);
    long[] ours = new long[Math.max(SAMPLES, rows)];
    long[] theirs = new long[baseline == null ? 0 : ours.length];
    long start = nanoTime.getAsLong();
    int runs = 0;
    while (runs < ours.length && (runs < FEWEST || nanoTime.getAsLong() - start < LONGEST_NANOS)) {
      int row = runs % rows;
      if (baseline == null) {
        ours[runs] = time(model, row);
      } else if (runs % 2 == 0) {
        ours[runs] = time(model, row);
        theirs[runs] = time(baseline, row);
      } else {
        theirs[runs] = time(baseline, row);
        ours[runs] = time(model, row);
      }
      runs++;
    }
    ours = Arrays.copyOf(ours, runs);
    if (baseline == null) {
      return new Times(Latencies.of(ours), null, null);
    }
    theirs = Arrays.copyOf(theirs, runs);
    return new Times(Latencies.of(ours), Latencies.of(theirs), LatencyRatio.of(ours, theirs));
  }

  private void warmUp(int rows, IntConsumer model, @Nullable IntConsumer baseline) {
    long start = nanoTime.getAsLong();
    for (int i = 0; i < WARM_UP && nanoTime.getAsLong() - start < LONGEST_WARM_UP_NANOS; i++) {
      model.accept(i % rows);
      if (baseline != null) {
        baseline.accept(i % rows);
      }
    }
  }

  private long time(IntConsumer run, int row) {
    long start = nanoTime.getAsLong();
    run.accept(row);
    return nanoTime.getAsLong() - start;
  }
}
