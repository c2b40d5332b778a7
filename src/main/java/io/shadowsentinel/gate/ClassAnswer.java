package io.shadowsentinel.gate;

/**
 * What a classifier said of one row.
 *
 * @param confidence in the label; NaN where it gives no probabilities
 * @param ofTruth the probability of the right label, 0 for one that it does not know; NaN likewise
 */
record ClassAnswer(String label, double confidence, double ofTruth) {

  boolean hasProbabilities() {
    return !Double.isNaN(confidence);
  }
}
