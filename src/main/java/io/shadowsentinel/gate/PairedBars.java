package io.shadowsentinel.gate;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a model must reach beside a baseline; one bar at least.
 *
 * @param minAgreement the share of rows on which both must answer the same, 0 to 1
 * @param maxRegressionP a regression counts as shown when the model loses more rows than it wins
 *     and {@link PairedTest#regressionP()} is this or less; over 0, to 1
 * @param maxLatencyRatio the most of {@link LatencyRatio#median()}, over 0
 */
public record PairedBars(
    @Nullable BigDecimal minAgreement,
    @Nullable BigDecimal maxRegressionP,
    @Nullable BigDecimal maxLatencyRatio) {

  public PairedBars {
    if (minAgreement == null && maxRegressionP == null && maxLatencyRatio == null) {
      throw new IllegalArgumentException(
          "baseline: no bar (expected min-agreement, max-regression-p or max-latency-ratio)");
    }
    if (minAgreement != null) {
      GateBars.checkRate("min-agreement", minAgreement);
    }
    if (maxRegressionP != null
        && (maxRegressionP.signum() <= 0 || maxRegressionP.compareTo(BigDecimal.ONE) > 0)) {
      throw new IllegalArgumentException(
          "max-regression-p: " + maxRegressionP.toPlainString() + " (expected over 0, up to 1)");
    }
    if (maxLatencyRatio != null && maxLatencyRatio.signum() <= 0) {
      throw new IllegalArgumentException(
          "max-latency-ratio: " + maxLatencyRatio.toPlainString() + " (expected more than 0)");
    }
  }
}
