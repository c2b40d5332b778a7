package io.shadowsentinel.model;

import java.util.List;

/** Finds the class with the highest score. */
final class Scores {

  private Scores() {}

  /** The position of the highest score in a row; of equal ones the first. */
  static int best(Tensor scores, int row, int width) {
    int best = row * width;
    for (int i = best + 1; i < (row + 1) * width; i++) {
      best = scores.number(i) > scores.number(best) ? i : best;
    }
    return best - row * width;
  }

  /** A label that no score speaks for would be acted on all the same. */
  private static void requireNumbers(Tensor scores, int row, int width) {
    for (int i = row * width; i < (row + 1) * width; i++) {
      if (Double.isNaN(scores.number(i))) {
        throw new InferenceException(
            "output '%s' data[%d]: the model gave NaN, so row %d has no label"
                .formatted(scores.name(), i, row));
      }
    }
  }

  /** A tensor of the name of each row's class. */
  static Tensor label(String name, Tensor scores) {
    List<String> classes = scores.classes();
    int width = Math.toIntExact(scores.shape().get(1));
    if (scores.shape().get(0) == 0) {
      return new Tensor(name, DataType.BYTES, List.of(0L), new String[0], null);
    }
    if (classes == null || classes.size() != width) {
      throw new InferenceException(
          "output '%s' is %d wide and has %s for classes"
              .formatted(scores.name(), width, classes == null ? "nothing" : classes));
    }
    int rows = Math.toIntExact(scores.shape().get(0));
    String[] labels = new String[rows];
    for (int row = 0; row < rows; row++) {
      requireNumbers(scores, row, width);
      labels[row] = classes.get(best(scores, row, width));
    }
    return new Tensor(name, DataType.BYTES, List.of((long) rows), labels, null);
  }
}
