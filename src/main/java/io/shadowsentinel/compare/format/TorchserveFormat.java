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
 * TorchServe, whose handlers answer with any JSON or text. Bare {@code NaN} and {@code Infinity}
 * are numbers.
 *
 * <ul>
 *   <li>{@code {"tabby": 0.4, "tiger_cat": 0.6}}: the likeliest of the few best classes;
 *   <li>an object with a label by a known name, see {@link PredictionObject};
 *   <li>{@code [{"className": "tabby", "probability": 0.4}, ...]}, as DJL Serving writes it, too;
 *   <li>an array of numbers that are shares of a whole: probabilities of one row;
 *   <li>another array: a row for each element, see {@link RowReader}; a {@code {"predictions":
 *       [...]}} around it is left out;
 *   <li>what is no JSON: one text, compared as it is.
 * </ul>
 */
final class TorchserveFormat implements Format {

  private final RowReader rows;

  TorchserveFormat(CompareSettings settings) {
    this.rows = new RowReader(settings);
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document;
    try {
      document = body.readJsonWithSpecials();
    } catch (UnreadableException e) {
      if (looksLikeJson(body.bytes())) {
        throw e;
      }
      return GeneratedText.whole(body.readText());
    }
    if (document instanceof Json.Members answer
        && answer.byName().size() == 1
        && answer.get("predictions") instanceof Json.Items predictions) {
      return rows.reading(document, predictions, Path.ROOT.child("predictions"));
    }
    if (document instanceof Json.Items items) {
      return array(document, items);
    }
    if (document instanceof Json.Members members) {
      Rows read = RowReader.rows(1, unused -> object(members));
      return new Reading(document, read, List.of(Part.whole(Path.ROOT, members)));
    }
    return rows.single(document, document, Path.ROOT);
  }

  /** Then it is broken JSON, not a text. An empty body is no answer either. */
  private static boolean looksLikeJson(byte[] bytes) {
    for (byte b : bytes) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '{' || b == '[' || b == '"';
      }
    }
    return true;
  }

  private static @Nullable Prediction object(Json.Members members) {
    Prediction prediction = PredictionObject.read(members, Path.ROOT::child);
    return prediction == null ? bestClass(members) : prediction;
  }

  private static @Nullable Prediction bestClass(Json.Members classes) {
    Prediction best = PredictionObject.byClass(classes, Path.ROOT);
    if (best == null
        || !(best.label() instanceof Json.Text name)
        || !(classes.get(name.value()) instanceof Json.Num score)) {
      return null;
    }
    return new Prediction(name, Vectors.asConfidence(score.value()), best.path());
  }

  private Reading array(Json document, Json.Items items) {
    boolean candidates = Candidates.areAll(items) && Candidates.areOfOneRow(items);
    boolean probabilities =
        items instanceof Json.Numbers numbers
            && Vectors.isDistribution(numbers.values())
            && !Json.areIntegers(numbers);
    if (!candidates && !probabilities) {
      return rows.reading(document, items, Path.ROOT);
    }
    Rows one =
        RowReader.rows(
            1,
            unused ->
                candidates ? Candidates.best(items, Path.ROOT) : rows.prediction(items, Path.ROOT));
    return new Reading(document, one, List.of(Part.whole(Path.ROOT, items)));
  }
}
