package io.shadowsentinel.gate;

import org.jspecify.annotations.Nullable;

/** A classifier's answers on their way to its figures. One thread. */
final class ClassTally {

  /** What a probability of 0 counts as: its logarithm is infinite. */
  static final double LEAST = 1e-15;

  private final Confusion.Tally confusion = new Confusion.Tally();
  private final Calibration.Tally calibration = new Calibration.Tally();
  private int rows;
  private int right;
  private double logLoss;

  void add(String truth, ClassAnswer answer) {
    boolean isRight = truth.equals(answer.label());
    rows++;
    right += isRight ? 1 : 0;
    confusion.add(truth, answer.label(), 1);
    if (answer.hasProbabilities()) {
      calibration.add(Math.min(1, answer.confidence()), isRight);
      logLoss -= Math.log(Math.max(LEAST, Math.min(1, answer.ofTruth())));
    }
  }

  /**
   * The figures of what was added, which is one row at least.
   *
   * @param noProbabilities why the answers' probabilities count for nothing; null when they do
   */
  Quality.OfClasses result(@Nullable String noProbabilities) {
    return new Quality.OfClasses(
        new Share(right, rows),
        confusion.recall(),
        confusion.result(Confusion.MOST_LABELS),
        noProbabilities == null
            ? new Quality.Probabilities(logLoss / rows, calibration.result())
            : null,
        noProbabilities);
  }
}
