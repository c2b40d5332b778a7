package io.shadowsentinel.gate;

import java.math.BigDecimal;

/**
 * The exact test of two models on the same rows. Only rows that tell them apart count; if neither
 * model is better, each such row is a toss of a fair coin.
 *
 * <p>For classifiers it is McNemar's test in its exact form, for regressors the sign test, which is
 * the same sum: Fagerland, Lydersen, Laake, "The McNemar test for binary matched-pairs data", BMC
 * Medical Research Methodology 13:91, 2013.
 *
 * @param better rows on which the model is right and the baseline wrong, or nearer to the target
 * @param worse the other way round
 */
public record PairedTest(int better, int worse) {

  /** 2 to the power of it is a double. */
  private static final int MOST_COUNTABLE = 1_000;

  /** The probability of so uneven a split or one more uneven, either way; 0 to 1. */
  public double p() {
    return Math.min(1, 2 * atLeast(Math.max(better, worse), better + worse));
  }

  /**
   * The probability that a model which is no worse than the baseline loses so many of these rows or
   * more; 0 to 1. Small when the model is worse.
   */
  public double regressionP() {
    return atLeast(worse, better + worse);
  }

  /** Whether the model lost more rows than it won, and chance makes that at {@code p} or less. */
  public boolean showsRegression(BigDecimal p) {
    return worse > better && new BigDecimal(regressionP()).compareTo(p) <= 0;
  }

  /** The probability of {@code k} heads or more in {@code n} tosses. */
  private static double atLeast(int k, int n) {
    if (k <= 0) {
      return 1;
    }
    if (2L * k < n + 1L) {
      // From the middle on each term is smaller than the one before; the rest is symmetrical.
      return 1 - atLeast(n - k + 1, n);
    }
    // Counted in ways, and divided by 2^n at the end: exact as long as the ways are, to n = 53.
    boolean countable = n <= MOST_COUNTABLE;
    double ways = countable ? choose(n, k) : 1;
    double sum = 0;
    for (int i = k; i <= n && ways > sum * 1e-17; i++) {
      sum += ways;
      ways = ways * (n - i) / (i + 1.0);
    }
    return Math.min(
        1,
        countable
            ? Math.scalb(sum, -n)
            : Math.exp(logarithmOfChoose(n, k) - n * Math.log(2)) * sum);
  }

  private static double choose(int n, int k) {
    double ways = 1;
    for (int i = 1; i <= n - k; i++) {
      ways = ways * (k + i) / i;
    }
    return ways;
  }

  private static double logarithmOfChoose(int n, int k) {
    double logarithm = 0;
    for (int i = 1; i <= n - k; i++) {
      logarithm += Math.log((k + i) / (double) i);
    }
    return logarithm;
  }
}
