package io.shadowsentinel.gate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How right a model is. */
public sealed interface Quality {

  /** How many rows were measured. */
  int rows();

  /**
   * A classifier's.
   *
   * @param recall for each class of the data, in order: how many of its rows the model got right
   * @param probabilities null when the model gives none
   * @param noProbabilities why there are none; null when there are
   */
  record OfClasses(
      Share accuracy,
      Map<String, Share> recall,
      Confusion confusion,
      @Nullable Probabilities probabilities,
      @Nullable String noProbabilities)
      implements Quality {

    public OfClasses {
      recall = Collections.unmodifiableMap(new LinkedHashMap<>(recall));
    }

    @Override
    public int rows() {
      return accuracy.whole();
    }
  }

  /**
   * What a classifier's probabilities are worth.
   *
   * @param logLoss the mean of -ln(probability of the right class), 0 or more; a probability under
   *     {@value ClassTally#LEAST} counts as that
   */
  record Probabilities(double logLoss, Calibration calibration) {}

  /**
   * A regressor's, all in the unit of the target.
   *
   * @param rmse the root of the mean squared error
   * @param mae the mean absolute error
   * @param largest the largest absolute error
   * @param r2 the coefficient of determination: 1 - squared errors / squared distances of the
   *     targets from their mean; NaN where all targets are one
   */
  record OfNumbers(int rows, double rmse, double mae, double largest, double r2)
      implements Quality {}
}
