package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists of {@code {"label": ..., "score": ...}}, the candidates for one row. They may be the few
 * best of many, so a score is a confidence only where it is one by itself, see {@link
 * Vectors#asConfidence}.
 */
final class Candidates {
  private static final List<String> LABELS =
      List.of("label", "className", "class_name", "class", "token_str", "answer");
  private static final List<String> SCORES = List.of("score", "probability", "confidence");

  /** More than what the scores of one row sum up to, if they are probabilities, for rounding. */
  private static final double WHOLE = 1.01;

  private Candidates() {}

  /** True for an object with a label and a score, and no place in a picture or a text. */
  static boolean isOne(Json value) {
    return value instanceof Json.Members members
        && label(members) != null
        && score(members) != null
        && !members.byName().containsKey("box")
        && !members.byName().containsKey("mask");
  }

  /** True for an array of candidates, one at least. */
  static boolean areAll(Json value) {
    if (!(value instanceof Json.Items items) || items.size() == 0) {
      return false;
    }
    for (int i = 0; i < items.size(); i++) {
      if (!isOne(items.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * True when candidates can belong to one row: no label twice, and no more than one whole
   * probability between them. Otherwise each is the best of a row of its own.
   */
  static boolean areOfOneRow(Json.Items candidates) {
    Set<String> labels = new HashSet<>();
    double sum = 0;
    for (int i = 0; i < candidates.size(); i++) {
      Json.Members candidate = (Json.Members) candidates.get(i);
      String name = label(candidate);
      Json label = name == null ? null : candidate.get(name);
      Json.Num score = score(candidate);
      sum += score == null ? 0 : score.value();
      if (label == null || !labels.add(Labels.show(label))) {
        return false;
      }
    }
    return sum <= WHOLE;
  }

  /** The best of an array of candidates. */
  static @Nullable Prediction best(Json.Items candidates, Path path) {
    Prediction best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < candidates.size(); i++) {
      Json.Num score = candidates.get(i) instanceof Json.Members one ? score(one) : null;
      if (score == null) {
        return null;
      }
      if (best == null || score.value() > highest) {
        best = of(candidates.get(i), path.child(i));
        highest = score.value();
      }
    }
    return best;
  }

  /** What one candidate says. */
  static @Nullable Prediction of(Json candidate, Path path) {
    if (!(candidate instanceof Json.Members members)) {
      return null;
    }
    String name = label(members);
    Json label = name == null ? null : members.get(name);
    Json.Num score = score(members);
    return name == null || label == null || score == null
        ? null
        : new Prediction(label, Vectors.asConfidence(score.value()), path.child(name));
  }

  private static @Nullable String label(Json.Members candidate) {
    for (String name : LABELS) {
      Json label = candidate.get(name);
      if (label != null && Json.isScalar(label)) {
        return name;
      }
    }
    return null;
  }

  private static Json.@Nullable Num score(Json.Members candidate) {
    for (String name : SCORES) {
      if (candidate.get(name) instanceof Json.Num number) {
        return number;
      }
    }
    return null;
  }
}
