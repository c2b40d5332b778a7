package io.shadowsentinel.compare.format;

/**
 * Reads a label and a confidence out of a vector with an entry for each class: probabilities,
 * independent scores, or logits.
 */
public final class Vectors {
  /** How far from 1 the sum of probabilities may be. */
  private static final double ROUNDING = 1e-3;

  private Vectors() {}

  /** True when an entry is no number: there is no largest then. */
  static boolean hasNaN(double[] values) {
    for (double value : values) {
      if (Double.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  /** True for two entries or more that are shares of a whole, as probabilities are. */
  static boolean isDistribution(double[] values) {
    double sum = 0;
    for (double value : values) {
      if (!(value >= 0 && value <= 1)) {
        return false;
      }
      sum += value;
    }
    return values.length >= 2 && Math.abs(sum - 1) <= ROUNDING;
  }

  /** The index of the largest of {@code length} entries, the lowest when several are largest. */
  static int argMax(double[] values, int from, int length) {
    int best = 0;
    for (int i = 1; i < length; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * The probability of the likeliest class, 0 to 1, or NaN.
   *
   * <p>Entries that all lie in 0..1 are probabilities or independent scores, and the largest is
   * taken as it is. Anything else is logits, and goes through a softmax first: the vector must be
   * whole for that. Of the few best classes alone, see {@link #asConfidence}. The largest entry is
   * taken even when a label comes along: labels need not be indexes, {@code 1..k} is common.
   */
  static double confidence(double[] values, int from, int length) {
    double max = values[from + argMax(values, from, length)];
    boolean logits = max > 1;
    for (int i = 0; i < length && !logits; i++) {
      logits = values[from + i] < 0;
    }
    if (!logits) {
      return max;
    }
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.exp(values[from + i] - max);
    }
    return 1 / sum;
  }

  /**
   * The value itself when it can be a confidence; else NaN, which is none. So it is for a score
   * that comes alone, or with those of the few best classes only: a softmax over these would say
   * too much.
   */
  public static double asConfidence(double value) {
    return value >= 0 && value <= 1 ? value : Double.NaN;
  }
}
