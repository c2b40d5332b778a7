package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of an answer, one element for each: the one rule of all formats in which a row may
 * be written in more than one way. An element is
 *
 * <ul>
 *   <li>a string or a boolean: a label;
 *   <li>a number: a label when every one in the answer is an integer (1.0 is), else the value of a
 *       regression. With a tolerance of 1 or more, or with a relative one, it is a value in any
 *       case: no one tolerates the class next door;
 *   <li>an array of numbers, 2 or more: probabilities or logits, label by arg max; an array of one
 *       is that one;
 *   <li>an object: see {@link PredictionObject}.
 * </ul>
 *
 * <p>An answer carries labels when every row does. Immutable, any thread.
 */
final class RowReader {
  private final boolean numbersAreValues;

  RowReader(CompareSettings settings) {
    this.numbersAreValues = takesNumbersAsValues(settings);
  }

  /** True when even an integer is the value of a regression. */
  static boolean takesNumbersAsValues(CompareSettings settings) {
    return settings.tolerance() >= 1 || settings.relativeTolerance() > 0;
  }

  /** The rows of an array that stands at a place. */
  Rows rows(Json.Items items, Path path) {
    return rows(items.size(), row -> prediction(items.get(row), path.child(row)));
  }

  /** As many rows, each read by itself; without labels when one of them has none. */
  static Rows rows(int count, IntFunction<@Nullable Prediction> reader) {
    Json[] labels = new Json[count];
    double[] confidences = new double[count];
    Path[] paths = new Path[count];
    for (int row = 0; row < count; row++) {
      Prediction prediction = reader.apply(row);
      if (prediction == null) {
        return Rows.plain(count);
      }
      labels[row] = prediction.label();
      confidences[row] = prediction.confidence();
      paths[row] = prediction.path();
    }
    return Rows.labelled(labels, confidences, row -> paths[row]);
  }

  /** What one row says, or null when it says it by no name and in no form that is known here. */
  @Nullable Prediction prediction(Json value, Path path) {
    if (value instanceof Json.Num number) {
      boolean label = !numbersAreValues && number.isInteger();
      return label ? new Prediction(number, Double.NaN, path) : null;
    }
    if (Json.isScalar(value)) {
      return new Prediction(value, Double.NaN, path);
    }
    if (value instanceof Json.Items items && items.size() == 1) {
      return prediction(items.get(0), path.child(0));
    }
    if (value instanceof Json.Numbers vector) {
      return Prediction.ofVector(vector, path);
    }
    return value instanceof Json.Members members
        ? PredictionObject.read(members, path::child)
        : null;
  }

  /** An array in which every element is a row, as a reading: labels, or else values. */
  Reading reading(Json document, Json.Items items, Path path) {
    Part part = new Part("", path, items, 1, path::child);
    return new Reading(document, rows(items, path), List.of(part));
  }

  /** A value that is one row, as a reading. */
  Reading single(Json document, Json value, Path path) {
    Rows rows = rows(1, unused -> prediction(value, path));
    return new Reading(document, rows, List.of(Part.whole(path, value)));
  }
}
