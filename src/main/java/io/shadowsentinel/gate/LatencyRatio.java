package io.shadowsentinel.gate;

import java.util.Arrays;

/**
 * How many times as long a model takes as the baseline: the median over pairs of runs that followed
 * each other at once on the same row, so that what slows the machine slows both.
 *
 * @param low the lower end of the median's 95 % confidence interval, by order statistics (Conover,
 *     "Practical Nonparametric Statistics", 3rd ed., section 3.2, large samples)
 * @param high its upper end
 */
public record LatencyRatio(double median, double low, double high) {

  private static final double NORMAL_QUANTILE = 1.96;

  /**
   * @param model nanoseconds of each run
   * @param baseline nanoseconds of the run beside it
   */
  static LatencyRatio of(long[] model, long[] baseline) {
    double[] ratios = new double[model.length];
    for (int i = 0; i < ratios.length; i++) {
      // A clock may stand still over a very short run.
      ratios[i] = (double) Math.max(1, model[i]) / Math.max(1, baseline[i]);
    }
    Arrays.sort(ratios);
    int n = ratios.length;
    double half = NORMAL_QUANTILE * Math.sqrt(n) / 2;
    int low = (int) Math.floor(n / 2.0 - half);
    int high = (int) Math.ceil(n / 2.0 + half) - 1;
    double median = (ratios[(n - 1) / 2] + ratios[n / 2]) / 2;
    return new LatencyRatio(
        median, ratios[Math.max(0, low)], ratios[Math.max(0, Math.min(n - 1, high))]);
  }
}
