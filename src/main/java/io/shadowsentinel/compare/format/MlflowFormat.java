package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import org.jspecify.annotations.Nullable;

/**
 * MLflow's scoring server: {@code {"predictions": ...}}, or what stands there alone, as MLflow 1
 * writes it. An array has an element for each row, see {@link RowReader}, and a row of a data frame
 * with one column is that column; an object is columns, see {@link ColumnReader}. Bare {@code NaN}
 * and {@code Infinity} are numbers.
 */
final class MlflowFormat implements Format {
  private final RowReader rows;

  MlflowFormat(CompareSettings settings) {
    this.rows = new RowReader(settings);
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJsonWithSpecials();
    if (document instanceof Json.Items bare) {
      return array(document, bare, Path.ROOT);
    }
    Json predictions =
        document instanceof Json.Members answer ? answer.byName().get("predictions") : null;
    Path path = Path.ROOT.child("predictions");
    if (predictions == null || predictions == Json.Literal.NULL) {
      throw new UnreadableException("/predictions: expected an array");
    }
    if (predictions instanceof Json.Items items) {
      return array(document, items, path);
    }
    if (predictions instanceof Json.Members columns
        && PredictionObject.firstArray(columns) != null) {
      return new Reading(
          document, ColumnReader.rows(columns, path), ColumnReader.parts(columns, path));
    }
    return rows.single(document, predictions, path);
  }

  private Reading array(Json document, Json.Items items, Path path) {
    Reading reading = rows.reading(document, items, path);
    if (reading.rows().hasLabels()) {
      return reading;
    }
    return reading.withRows(
        RowReader.rows(
            items.size(),
            row ->
                items.get(row) instanceof Json.Members record && record.byName().size() == 1
                    ? only(record, path.child(row))
                    : rows.prediction(items.get(row), path.child(row))));
  }

  private @Nullable Prediction only(Json.Members record, Path path) {
    String name = record.byName().keySet().iterator().next();
    return rows.prediction(record.byName().values().iterator().next(), path.child(name));
  }
}
