package io.shadowsentinel.compare;

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
