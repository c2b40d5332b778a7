package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Observation;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** How fast and how reliably one model answers. The words for errors are few. One thread. */
final class ModelTimes {
  /** No timeout can be longer; an answer that takes longer still is counted as this. */
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(24);

  private static final int DIGITS = 2;

  private final Histogram micros = new Histogram(LONGEST_MICROS, DIGITS);
  private final Map<String, Long> errors = new TreeMap<>();
  private long requests;

  /**
   * Counts an answer.
   *
   * @param nanos {@link Observation#NO_ANSWER} when none came in full
   * @param error a word for what went wrong, or null
   */
  void add(long nanos, @Nullable String error) {
    requests++;
    if (nanos != Observation.NO_ANSWER) {
      micros.recordValue(Math.max(0, Math.min(LONGEST_MICROS, nanos / 1_000)));
    }
    if (error != null) {
      errors.merge(error, 1L, Long::sum);
    }
  }

  InsightReport.ModelLatency report(String name) {
    long failed = errors.values().stream().mapToLong(Long::longValue).sum();
    return new InsightReport.ModelLatency(
        name,
        requests,
        failed,
        requests == 0 ? null : (double) failed / requests,
        Collections.unmodifiableSortedMap(new TreeMap<>(errors)),
        micros.getTotalCount() == 0 ? null : percentiles());
  }

  private InsightReport.Percentiles percentiles() {
    return new InsightReport.Percentiles(
        micros.getTotalCount(), millis(50), millis(95), millis(99), millis(100));
  }

  private double millis(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1_000.0;
  }
}
