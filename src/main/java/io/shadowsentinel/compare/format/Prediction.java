package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import org.jspecify.annotations.Nullable;

/**
 * What one row says.
 *
 * @param label a scalar
 * @param confidence 0 to 1, or NaN
 * @param path where the label stands
 */
record Prediction(Json label, double confidence, Path path) {

  /** The arg max of a vector of two or more, and its probability; null when it holds a NaN. */
  static @Nullable Prediction ofVector(Json.Numbers vector, Path path) {
    double[] values = vector.values();
    if (Vectors.hasNaN(values)) {
      return null;
    }
    int best = Vectors.argMax(values, 0, values.length);
    double confidence = Vectors.confidence(values, 0, values.length);
    return new Prediction(Json.Num.of(best), confidence, path.child(best));
  }

  /** The same prediction of a class that has a name. */
  Prediction named(Json name, Path at) {
    return new Prediction(name, confidence, at);
  }
}
