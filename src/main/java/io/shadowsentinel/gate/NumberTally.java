package io.shadowsentinel.gate;

/** A regressor's answers on their way to its figures. One thread. */
final class NumberTally {
  private int rows;
  private double squares;
  private double absolutes;
  private double largest;

  /** The mean of the targets and their squared distances from it, kept up as Welford does. */
  private double mean;

  private double distances;

  void add(double truth, double answer) {
    double error = Math.abs(answer - truth);
    rows++;
    squares += error * error;
    absolutes += error;
    largest = Math.max(largest, error);
    double before = truth - mean;
    mean += before / rows;
    distances += before * (truth - mean);
  }

  /** The figures of what was added, which is one row at least. */
  Quality.OfNumbers result() {
    return new Quality.OfNumbers(
        rows,
        Math.sqrt(squares / rows),
        absolutes / rows,
        largest,
        distances == 0 ? Double.NaN : 1 - squares / distances);
  }
}
