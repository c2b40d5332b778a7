package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a row that is an object, by the names servers commonly use: a label, a confidence, and a
 * vector (or an object from class to probability) that gives whichever of the two is missing. A
 * number with a fraction is never a label. A list of class names beside a vector of the same length
 * names its entries. What has other names is for the route's {@code label} and {@code confidence}
 * pointers.
 */
final class PredictionObject {
  private static final List<String> LABELS =
      List.of(
          "label",
          "class",
          "class_name",
          "className",
          "class_label",
          "predicted_class",
          "predicted_label",
          "class_id",
          "prediction",
          "predictions",
          "output_label",
          "category",
          "classes",
          "labels",
          "class_ids");
  private static final List<String> CONFIDENCES =
      List.of("confidence", "probability", "score", "prob", "confidences", "probabilities");
  private static final List<String> VECTORS =
      List.of(
          "probabilities",
          "probability",
          "output_probability",
          "scores",
          "score",
          "confidences",
          "probs",
          "logits",
          "prediction",
          "predictions");
  private static final List<String> CLASS_NAMES =
      List.of("classes", "labels", "class_names", "target_names");

  private PredictionObject() {}

  /**
   * What the object says, or null when it holds no label.
   *
   * @param places where a member stands
   */
  static @Nullable Prediction read(Json.Members row, Function<String, Path> places) {
    Prediction byVector = vector(row, places);
    double confidence = confidence(row);
    if (Double.isNaN(confidence) && byVector != null) {
      confidence = byVector.confidence();
    }
    for (String name : LABELS) {
      Json label = unwrap(row.get(name));
      if (label != null && isLabel(label)) {
        return new Prediction(label, confidence, places.apply(name));
      }
    }
    return byVector == null ? null : new Prediction(byVector.label(), confidence, byVector.path());
  }

  /** True for a name that a label, a confidence or a vector goes by. */
  static boolean knows(String name) {
    return LABELS.contains(name) || CONFIDENCES.contains(name) || VECTORS.contains(name);
  }

  /** The member that is an array and goes by the best known name, or null. */
  static @Nullable String firstArray(Json.Members columns) {
    for (List<String> names : List.of(LABELS, VECTORS, CONFIDENCES)) {
      for (String name : names) {
        if (columns.get(name) instanceof Json.Items) {
          return name;
        }
      }
    }
    return null;
  }

  /** The member that is a number where a label would stand: the value of a regression; or null. */
  static @Nullable String valueName(Json.Members row) {
    for (String name : LABELS) {
      if (unwrap(row.get(name)) instanceof Json.Num) {
        return name;
      }
    }
    return null;
  }

  /** True for a list of class names beside a vector of the same length. */
  static boolean namesClasses(Json.Members row) {
    for (String name : CLASS_NAMES) {
      if (row.get(name) instanceof Json.Items names && names.size() >= 2) {
        for (String vector : VECTORS) {
          if (row.get(vector) instanceof Json.Numbers values && values.size() == names.size()) {
            return true;
          }
        }
      }
    }
    return false;
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

  private static @Nullable Prediction vector(Json.Members row, Function<String, Path> places) {
    for (String name : VECTORS) {
      Json value = row.get(name);
      if (value instanceof Json.Items one && one.size() == 1 && one.get(0) instanceof Json.Items) {
        value = one.get(0);
      }
      if (value instanceof Json.Numbers numbers && numbers.size() >= 2) {
        Prediction prediction = Prediction.ofVector(numbers, places.apply(name));
        return prediction == null ? null : named(prediction, numbers.size(), row, places);
      }
      if (value instanceof Json.Members classes) {
        Prediction prediction = byClass(classes, places.apply(name));
        if (prediction != null) {
          return prediction;
        }
      }
    }
    return null;
  }

  private static Prediction named(
      Prediction prediction, int size, Json.Members row, Function<String, Path> places) {
    int best = (int) ((Json.Num) prediction.label()).value();
    for (String name : CLASS_NAMES) {
      if (row.get(name) instanceof Json.Items names
          && names.size() == size
          && isLabel(names.get(best))) {
        return prediction.named(names.get(best), places.apply(name).child(best));
      }
    }
    return prediction;
  }

  /** {@code {"cat": 0.9, "dog": 0.1}}; the class that comes first when several are likeliest. */
  static @Nullable Prediction byClass(Json.Members classes, Path path) {
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
    if (names.length == 0 || Vectors.hasNaN(values)) {
      return null;
    }
    String best = names[Vectors.argMax(values, 0, values.length)];
    double confidence = Vectors.confidence(values, 0, values.length);
    return new Prediction(new Json.Text(best), confidence, path.child(best));
  }
}
