package io.shadowsentinel.model;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a model must reach. A figure that equals its bar reaches it.
 *
 * @param minAccuracy 0 to 1
 * @param maxP99 the 99th percentile of the time for one row, over 0
 * @param minAgreement 0 to 1; null where there is no baseline
 */
public record GateBars(BigDecimal minAccuracy, Duration maxP99, @Nullable BigDecimal minAgreement) {

  public GateBars {
    checkRate("min-accuracy", minAccuracy);
    if (minAgreement != null) {
      checkRate("min-agreement", minAgreement);
    }
    if (maxP99.isNegative() || maxP99.isZero()) {
      throw new IllegalArgumentException("max-p99: " + maxP99 + " (expected more than 0)");
    }
  }

  private static void checkRate(String name, BigDecimal rate) {
    if (rate.signum() < 0 || rate.compareTo(BigDecimal.ONE) > 0) {
      throw new IllegalArgumentException(name + ": " + rate.toPlainString() + " (expected 0..1)");
    }
  }
}
