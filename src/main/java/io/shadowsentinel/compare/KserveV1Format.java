package io.shadowsentinel.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The KServe V1 protocol: {@code {"predictions": [...]}}, an element for each row. An element is
 *
 * <ul>
 *   <li>a string or a boolean: a label;
 *   <li>a number: a label when every one in the answer is an integer (1.0 is), else the value of a
 *       regression. With a tolerance of 1 or more it is a value in any case: no one tolerates the
 *       class next door;
 *   <li>an array of numbers, 2 or more: probabilities or logits, label by arg max; an array of one
 *       is that one;
 *   <li>an object: see {@link PredictionObject}.
 * </ul>
 *
 * <p>An answer carries labels when every row does. Members beside {@code predictions} are not
 * compared.
 */
final class KserveV1Format implements Format {
  private static final Path PREDICTIONS = Path.ROOT.child("predictions");

  private final boolean numbersAreValues;

  KserveV1Format(CompareSettings settings) {
    this.numbersAreValues = settings.tolerance() >= 1;
  }

  /**
   * What one row says.
   *
   * @param confidence 0 to 1, or NaN
   * @param path where the label stands
   */
  record Prediction(Json label, double confidence, Path path) {}

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJson();
    Json predictions =
        document instanceof Json.Members answer ? answer.byName().get("predictions") : null;
    if (predictions == null || predictions == Json.Literal.NULL) {
      throw new UnreadableException("/predictions: expected an array");
    }
    if (predictions instanceof Json.Items items) {
      Part part = new Part("", PREDICTIONS, items, 1, PREDICTIONS::child);
      return new Reading(document, rows(items), List.of(part));
    }
    Part part = Part.whole(PREDICTIONS, predictions);
    return new Reading(document, rows(new Json.Mixed(new Json[] {predictions})), List.of(part));
  }

  private Rows rows(Json.Items items) {
    int count = items.size();
    Json[] labels = new Json[count];
    double[] confidences = new double[count];
    Path[] paths = new Path[count];
    for (int row = 0; row < count; row++) {
      Prediction prediction = prediction(items.get(row), PREDICTIONS.child(row));
      if (prediction == null) {
        return Rows.plain(count);
      }
      labels[row] = prediction.label();
      confidences[row] = prediction.confidence();
      paths[row] = prediction.path();
    }
    return Rows.labelled(labels, confidences, row -> paths[row]);
  }

  private @Nullable Prediction prediction(Json value, Path path) {
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
      return ofVector(vector, path);
    }
    return value instanceof Json.Members members ? PredictionObject.read(members, path) : null;
  }

  /** The arg max of a vector, and its probability. */
  static Prediction ofVector(Json.Numbers vector, Path path) {
    double[] values = vector.values();
    int best = Vectors.argMax(values, 0, values.length);
    double confidence = Vectors.confidence(values, 0, values.length);
    return new Prediction(Json.Num.of(best), confidence, path.child(best));
  }
}
