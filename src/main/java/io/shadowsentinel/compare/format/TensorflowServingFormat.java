package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TensorFlow Serving's RESTful API. Bare {@code NaN} and {@code Infinity} are numbers.
 *
 * <ul>
 *   <li>{@code predict} by rows: {@code {"predictions": [...]}}, see {@link RowReader};
 *   <li>{@code predict} by columns: {@code {"outputs": ...}}, an array with an element for each row
 *       or an object of such arrays, see {@link ColumnReader};
 *   <li>{@code classify}: {@code {"results": [[["label", 0.9], ...], ...]}}, the label with the
 *       highest score, or its index where labels are empty;
 *   <li>{@code regress}: {@code {"results": [3.5, 4.0]}}, values in any case.
 * </ul>
 *
 * <p>The documentation writes {@code result} where servers write {@code results}; both are read.
 */
final class TensorflowServingFormat implements Format {
  private final RowReader rows;

  TensorflowServingFormat(CompareSettings settings) {
    this.rows = new RowReader(settings);
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJsonWithSpecials();
    if (document instanceof Json.Members answer) {
      for (String name : List.of("predictions", "outputs", "results", "result")) {
        Json value = answer.get(name);
        if (value != null && value != Json.Literal.NULL) {
          return read(name, document, value);
        }
      }
    }
    throw new UnreadableException("/predictions: expected an array, here or at outputs or results");
  }

  private Reading read(String name, Json document, Json value) {
    Path path = Path.ROOT.child(name);
    if (name.startsWith("result") && value instanceof Json.Items results) {
      Rows classes =
          RowReader.rows(results.size(), row -> classified(results.get(row), path.child(row)));
      return new Reading(document, classes, List.of(new Part("", path, results, 1, path::child)));
    }
    if (value instanceof Json.Items items) {
      return rows.reading(document, items, path);
    }
    if (name.equals("outputs") && value instanceof Json.Members columns) {
      return new Reading(
          document, ColumnReader.rows(columns, path), ColumnReader.parts(columns, path));
    }
    return rows.single(document, value, path);
  }

  private static @Nullable Prediction classified(Json row, Path path) {
    if (!(row instanceof Json.Items classes) || classes.size() == 0) {
      return null;
    }
    double[] scores = new double[classes.size()];
    for (int i = 0; i < scores.length; i++) {
      if (!(classes.get(i) instanceof Json.Items pair)
          || pair.size() != 2
          || !(pair.get(0) instanceof Json.Text)
          || !(pair.get(1) instanceof Json.Num score)) {
        return null;
      }
      scores[i] = score.value();
    }
    if (Vectors.hasNaN(scores)) {
      return null;
    }
    int best = Vectors.argMax(scores, 0, scores.length);
    double confidence = Vectors.confidence(scores, 0, scores.length);
    boolean named =
        classes.get(best) instanceof Json.Items pair
            && pair.get(0) instanceof Json.Text label
            && !label.value().isEmpty();
    return named
        ? new Prediction(
            ((Json.Items) classes.get(best)).get(0), confidence, path.child(best).child(0))
        : new Prediction(Json.Num.of(best), confidence, path.child(best));
  }
}
