package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;

/**
 * The KServe V1 protocol: {@code {"predictions": [...]}}, an element for each row, see {@link
 * RowReader}. Members beside {@code predictions} are not compared.
 */
final class KserveV1Format implements Format {
  private static final Path PREDICTIONS = Path.ROOT.child("predictions");

  private final RowReader rows;

  KserveV1Format(CompareSettings settings) {
    this.rows = new RowReader(settings);
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJson();
    Json predictions =
        document instanceof Json.Members answer ? answer.byName().get("predictions") : null;
    if (predictions == null || predictions == Json.Literal.NULL) {
      throw new UnreadableException("/predictions: expected an array");
    }
    return predictions instanceof Json.Items items
        ? rows.reading(document, items, PREDICTIONS)
        : rows.single(document, predictions, PREDICTIONS);
  }
}
