package io.shadowsentinel.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the gate measured, and against which bars.
 *
 * @param recall for each class of the data: how many of its rows the model got right
 * @param baseline the other model; null without one
 * @param agreement on how many rows the two gave the same label; null without a baseline
 */
public record GateReport(
    MeasuredFile model,
    MeasuredFile data,
    @Nullable MeasuredFile baseline,
    GateBars bars,
    Share accuracy,
    Map<String, Share> recall,
    Latencies latency,
    @Nullable Share agreement) {

  /** A file that took part, so that a report can be held against it later. */
  public record MeasuredFile(String path, String sha256) {}

  public GateReport {
    recall = Collections.unmodifiableMap(new TreeMap<>(recall));
    if ((agreement == null) != (bars.minAgreement() == null)) {
      throw new IllegalArgumentException("an agreement and its bar come together");
    }
  }

  public boolean accuracyPassed() {
    return accuracy.reaches(bars.minAccuracy());
  }

  public boolean latencyPassed() {
    return latency.p99().compareTo(bars.maxP99()) <= 0;
  }

  /** True without a baseline. */
  public boolean agreementPassed() {
    return agreement == null || agreement.reaches(Objects.requireNonNull(bars.minAgreement()));
  }

  /** Whether every bar was reached. */
  public boolean passed() {
    return accuracyPassed() && latencyPassed() && agreementPassed();
  }
}
