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

  /** A tensor of the name of each row's class. */
  static Tensor label(String name, Tensor scores) {
    List<String> classes = scores.classes();
    int width = Math.toIntExact(scores.shape().get(1));
    if (classes == null || classes.size() != width) {
      throw new InferenceException(
          "output '%s' is %d wide and has %s for classes"
              .formatted(scores.name(), width, classes == null ? "nothing" : classes));
    }
    int rows = Math.toIntExact(scores.shape().get(0));
    String[] labels = new String[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = classes.get(best(scores, row, width));
    }
    return new Tensor(name, DataType.BYTES, List.of((long) rows), labels, null);
  }
}
