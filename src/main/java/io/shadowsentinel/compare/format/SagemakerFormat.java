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
 * The answers of Amazon SageMaker's algorithms and containers.
 *
 * <ul>
 *   <li>JSON: {@code {"predictions": [{"score": ..., "predicted_label": ...}, ...]}}, or the array
 *       alone, or one row alone;
 *   <li>JSON Lines: a row on each line;
 *   <li>CSV, when the media type says so, or when there is none and it is no JSON: a row on each
 *       line, see {@link #line}.
 * </ul>
 *
 * <p>A score that is one number belongs to the class 1, so the confidence in a predicted label of 0
 * is what it leaves of 1. A score without a label is the value of a regression. Bare {@code NaN}
 * and {@code Infinity} are numbers.
 */
final class SagemakerFormat implements Format {
  private final RowReader rows;

  SagemakerFormat(CompareSettings settings) {
    this.rows = new RowReader(settings);
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    if (body.isOfType("csv")) {
      return csv(body);
    }
    Json.Items lines;
    try {
      lines = body.json().readLines(body.bytes());
    } catch (UnreadableException e) {
      if (body.isOfType("json") || looksLikeJson(body.bytes())) {
        throw e;
      }
      return csv(body);
    }
    if (lines.size() != 1 || body.isOfType("jsonlines") || body.isOfType("ndjson")) {
      return reading(lines, lines, Path.ROOT);
    }
    Json document = lines.get(0);
    if (document instanceof Json.Members answer
        && answer.get("predictions") instanceof Json.Items predictions) {
      return reading(document, predictions, Path.ROOT.child("predictions"));
    }
    if (document instanceof Json.Items items) {
      return reading(document, items, Path.ROOT);
    }
    Rows one = RowReader.rows(1, unused -> row(document, Path.ROOT));
    return new Reading(document, one, List.of(Part.whole(Path.ROOT, document)));
  }

  private static boolean looksLikeJson(byte[] bytes) {
    return bytes.length == 0 || bytes[0] == '{' || bytes[0] == '[';
  }

  private Reading reading(Json document, Json.Items items, Path path) {
    Rows read = RowReader.rows(items.size(), row -> row(items.get(row), path.child(row)));
    return new Reading(document, read, List.of(new Part("", path, items, 1, path::child)));
  }

  private @Nullable Prediction row(Json value, Path path) {
    Prediction prediction = rows.prediction(value, path);
    if (prediction != null
        && value instanceof Json.Members members
        && members.get("score") instanceof Json.Num
        && members.get("predicted_label") instanceof Json.Num label
        && label.value() == 0
        && !Double.isNaN(prediction.confidence())) {
      return new Prediction(prediction.label(), 1 - prediction.confidence(), prediction.path());
    }
    return prediction;
  }

  private Reading csv(Body body) throws UnreadableException {
    Json.Items lines = Csv.read(body.readText());
    Rows read =
        RowReader.rows(
            lines.size(), row -> line((Json.Items) lines.get(row), Path.ROOT.child(row)));
    return new Reading(lines, read, List.of(new Part("", Path.ROOT, lines, 1, Path.ROOT::child)));
  }

  /**
   * What a line says: a lone field, as {@link RowReader} reads one; numbers that sum up to 1,
   * probabilities; a label and behind it its confidence, or an array of probabilities.
   */
  private @Nullable Prediction line(Json.Items fields, Path path) {
    if (fields.size() == 1) {
      return rows.prediction(fields.get(0), path.child(0));
    }
    if (fields instanceof Json.Numbers numbers && Vectors.isDistribution(numbers.values())) {
      return Prediction.ofVector(numbers, path);
    }
    Json label = fields.get(0);
    boolean named = label instanceof Json.Text || (label instanceof Json.Num n && n.isInteger());
    if (fields.size() != 2 || !named) {
      return null;
    }
    if (fields.get(1) instanceof Json.Numbers vector && vector.size() >= 2) {
      Prediction best = Prediction.ofVector(vector, path.child(1));
      return best == null ? null : best.named(label, path.child(0));
    }
    return fields.get(1) instanceof Json.Num score && score.value() >= 0 && score.value() <= 1
        ? new Prediction(label, score.value(), path.child(0))
        : null;
  }
}
