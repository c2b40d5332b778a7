package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Json;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Triton's classification extension: a tensor of strings {@code value:index[:label]}, in each row
 * the best class first. The label is the class's name, or its index where it has none. The
 * confidence is the best value where it is one by itself, see {@link Vectors#asConfidence}: the
 * other classes are not there for a softmax.
 */
final class Classifications {
  private static final int MAX_CHARS = 4_096;
  private static final Pattern CLASS =
      Pattern.compile(
          "(-?\\d{1,40}(?:\\.\\d{1,400})?(?:[eE][+-]?\\d{1,3})?):(\\d{1,9})(?::(.*))?",
          Pattern.DOTALL);

  private Classifications() {}

  /** The rows of a tensor; null when it holds something else. */
  static @Nullable Rows rows(OutputTensor tensor) {
    if (tensor.shape().length < 1 || tensor.shape().length > 2 || tensor.flat().size() == 0) {
      return null;
    }
    // Without a batch there is one row.
    int rows = tensor.shape().length == 1 ? 1 : tensor.rows();
    int width = tensor.flat().size() / rows;
    Json[] labels = new Json[rows];
    double[] confidences = new double[rows];
    for (int row = 0; row < rows; row++) {
      double above = Double.POSITIVE_INFINITY;
      for (int i = 0; i < width; i++) {
        Matcher one = match(tensor.flat().get(row * width + i));
        if (one == null) {
          return null;
        }
        double value = Double.parseDouble(one.group(1));
        if (value > above) {
          return null;
        }
        above = value;
        if (i == 0) {
          labels[row] =
              one.group(3) == null || one.group(3).isEmpty()
                  ? Json.Num.of(Integer.parseInt(one.group(2)))
                  : new Json.Text(one.group(3));
          confidences[row] = Vectors.asConfidence(value);
        }
      }
    }
    return Rows.labelled(labels, confidences, row -> tensor.pathOf(row * width));
  }

  private static @Nullable Matcher match(Json value) {
    if (!(value instanceof Json.Text text) || text.value().length() > MAX_CHARS) {
      return null;
    }
    Matcher matcher = CLASS.matcher(text.value());
    return matcher.matches() ? matcher : null;
  }
}
