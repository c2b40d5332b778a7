package io.shadowsentinel.gate;

import java.time.Duration;
import java.util.Arrays;

/** Percentiles of measured times, by nearest rank: each is a time that was measured. */
public record Latencies(int samples, Duration p50, Duration p95, Duration p99) {

  static Latencies of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latencies(
        sorted.length, percentile(sorted, 50), percentile(sorted, 95), percentile(sorted, 99));
  }

  private static Duration percentile(long[] sorted, int percent) {
    int rank = (int) (((long) sorted.length * percent + 99) / 100);
    return Duration.ofNanos(sorted[rank - 1]);
  }
}
