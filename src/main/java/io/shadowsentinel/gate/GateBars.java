package io.shadowsentinel.gate;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a model must reach. A figure that equals its bar reaches it. The bar on accuracy or the one
 * on the error says whether the model is held for a classifier or for a regressor.
 *
 * @param minAccuracy of a classifier, 0 to 1; null for a regressor
 * @param maxRmse of a regressor, 0 or more; null for a classifier
 * @param minRecall of a classifier
 * @param maxP99 the 99th percentile of the time for one row, over 0
 * @param paired the bars against a baseline; null without one
 */
public record GateBars(
    @Nullable BigDecimal minAccuracy,
    @Nullable BigDecimal maxRmse,
    RecallBars minRecall,
    Duration maxP99,
    @Nullable PairedBars paired) {

  public GateBars {
    if ((minAccuracy == null) == (maxRmse == null)) {
      throw new IllegalArgumentException("expected min-accuracy or max-rmse, and not both");
    }
    if (minAccuracy != null) {
      checkRate("min-accuracy", minAccuracy);
    }
    if (maxRmse != null && maxRmse.signum() < 0) {
      throw new IllegalArgumentException(
          "max-rmse: " + maxRmse.toPlainString() + " (expected 0 or more)");
    }
    if (maxRmse != null && !minRecall.isEmpty()) {
      throw new IllegalArgumentException("min-recall: not for a regressor (expected max-rmse)");
    }
    if (maxP99.isNegative() || maxP99.isZero()) {
      throw new IllegalArgumentException("max-p99: " + maxP99 + " (expected more than 0)");
    }
  }

  /** Whether the model is held for a classifier. */
  public boolean forClasses() {
    return minAccuracy != null;
  }

  static BigDecimal rate(String name, String text) {
    try {
      BigDecimal rate = new BigDecimal(text);
      checkRate(name, rate);
      return rate;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": '" + text + "' (expected 0..1)", e);
    }
  }

  static void checkRate(String name, BigDecimal rate) {
    if (rate.signum() < 0 || rate.compareTo(BigDecimal.ONE) > 0) {
      throw new IllegalArgumentException(name + ": " + rate.toPlainString() + " (expected 0..1)");
    }
  }
}
