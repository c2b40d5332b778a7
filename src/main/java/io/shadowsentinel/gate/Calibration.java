package io.shadowsentinel.gate;

import java.util.ArrayList;
import java.util.List;

/**
 * How well a classifier's confidence says how often it is right. Rows are put into bins of equal
 * width by the confidence in the class that was given.
 *
 * @param expectedError the expected calibration error: the mean over all rows of |accuracy -
 *     confidence| of their bins, 0 to 1; Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern
 *     Neural Networks", ICML 2017, equation 3
 * @param maximumError the largest such distance of a bin that has rows; equation 5 there
 */
public record Calibration(double expectedError, double maximumError, List<Bin> bins) {

  /** How many bins there are; with more, small samples leave most of them to chance. */
  static final int BINS = 10;

  /**
   * The rows whose confidence is over {@code low} and up to {@code high}; the first bin has 0 too.
   *
   * @param confidence the mean in this bin; NaN without rows
   */
  public record Bin(double low, double high, Share right, double confidence) {

    /** |accuracy - confidence|; 0 without rows. */
    public double distance() {
      return right.whole() == 0 ? 0 : Math.abs(right.rate() - confidence);
    }
  }

  public Calibration {
    bins = List.copyOf(bins);
  }

  /** Rows on their way into bins. One thread. */
  static final class Tally {
    private final int[] rows = new int[BINS];
    private final int[] right = new int[BINS];
    private final double[] sums = new double[BINS];

    /**
     * @param confidence 0 to 1
     */
    void add(double confidence, boolean isRight) {
      int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(confidence * BINS) - 1));
      rows[bin]++;
      right[bin] += isRight ? 1 : 0;
      sums[bin] += confidence;
    }

    /** What was added, which is one row at least. */
    Calibration result() {
      List<Bin> bins = new ArrayList<>(BINS);
      double expected = 0;
      double maximum = 0;
      int total = 0;
      for (int i = 0; i < BINS; i++) {
        Share share = new Share(right[i], rows[i]);
        Bin bin = new Bin((double) i / BINS, (i + 1.0) / BINS, share, sums[i] / rows[i]);
        bins.add(bin);
        expected += bin.distance() * rows[i];
        maximum = Math.max(maximum, bin.distance());
        total += rows[i];
      }
      return new Calibration(expected / total, maximum, bins);
    }
  }
}
