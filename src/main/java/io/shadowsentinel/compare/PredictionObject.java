package io.shadowsentinel.compare;

import io.shadowsentinel.compare.KserveV1Format.Prediction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a row that is an object, by the names servers commonly use: a label, a confidence, and a
 * vector (or an object from class to probability) that gives whichever of the two is missing. A
 * number with a fraction is never a label. What has other names is for the route's {@code label}
 * and {@code confidence} pointers.
 */
final class PredictionObject {
  private static final List<String> LABELS =
      List.of(
          "label",
          "class",
          "class_name",
          "class_id",
          "predicted_class",
          "predicted_label",
          "prediction",
          "predictions",
          "output_label",
          "category");
  private static final List<String> CONFIDENCES =
      List.of("confidence", "probability", "score", "prob");
  private static final List<String> VECTORS =
      List.of(
          "probabilities",
          "probability",
          "output_probability",
          "scores",
          "confidences",
          "probs",
          "logits",
          "prediction",
          "predictions");

  private PredictionObject() {}

  static @Nullable Prediction read(Json.Members row, Path path) {
    Prediction byVector = vector(row, path);
    double confidence = confidence(row);
    if (Double.isNaN(confidence) && byVector != null) {
      confidence = byVector.confidence();
    }
    for (String name : LABELS) {
      Json label = unwrap(row.get(name));
      if (label != null && isLabel(label)) {
        return new Prediction(label, confidence, path.child(name));
      }
    }
    return byVector == null ? null : new Prediction(byVector.label(), confidence, byVector.path());
  }

  private static boolean isLabel(Json value) {
    return value instanceof Json.Num number ? number.isInteger() : Json.isScalar(value);
  }

  private static @Nullable Json unwrap(@Nullable Json value) {
    return value instanceof Json.Items items && items.size() == 1 ? items.get(0) : value;
  }

  private static double confidence(Json.Members row) {
    for (String name : CONFIDENCES) {
      if (unwrap(row.get(name)) instanceof Json.Num number) {
        return Vectors.asConfidence(number.value());
      }
    }
    return Double.NaN;
  }

  private static @Nullable Prediction vector(Json.Members row, Path path) {
    for (String name : VECTORS) {
      Json value = row.get(name);
      if (value instanceof Json.Numbers numbers && numbers.size() >= 2) {
        return KserveV1Format.ofVector(numbers, path.child(name));
      }
      if (value instanceof Json.Members classes) {
        Prediction prediction = byClass(classes, path.child(name));
        if (prediction != null) {
          return prediction;
        }
      }
    }
    return null;
  }

  /** {@code {"cat": 0.9, "dog": 0.1}}; the class that comes first when several are likeliest. */
  private static @Nullable Prediction byClass(Json.Members classes, Path path) {
    String[] names = new String[classes.byName().size()];
    double[] values = new double[names.length];
    int i = 0;
    for (Map.Entry<String, Json> entry : classes.byName().entrySet()) {
      if (!(entry.getValue() instanceof Json.Num number)) {
        return null;
      }
      names[i] = entry.getKey();
      values[i++] = number.value();
    }
    if (names.length == 0) {
      return null;
    }
    String best = names[Vectors.argMax(values, 0, values.length)];
    double confidence = Vectors.confidence(values, 0, values.length);
    return new Prediction(new Json.Text(best), confidence, path.child(best));
  }
}
