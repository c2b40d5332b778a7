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

/**
 * The JSON of services that are written by hand around a scikit-learn model, with FastAPI or Flask:
 *
 * <ul>
 *   <li>an object with a label and its confidence, or a vector, under one of the usual names,
 *       {@code {"prediction", "probability"}}, {@code {"label", "confidence"}} or {@code {"class",
 *       "probabilities"}}, see {@link PredictionObject};
 *   <li>the same as columns, an array in each, see {@link ColumnReader};
 *   <li>an array with an element for each row, see {@link RowReader}.
 * </ul>
 *
 * <p>A {@code prediction} with a fraction is the value of a regression, and so is an array of these
 * unless they are shares of a whole; values are compared alone.
 */
final class ScikitFormat implements Format {
  private final RowReader rows;
  private final boolean numbersAreValues;

  ScikitFormat(CompareSettings settings) {
    this.rows = new RowReader(settings);
    this.numbersAreValues = RowReader.takesNumbersAsValues(settings);
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJson();
    if (document instanceof Json.Items items) {
      return rows.reading(document, items, Path.ROOT);
    }
    if (!(document instanceof Json.Members members)) {
      return rows.single(document, document, Path.ROOT);
    }
    if (isColumns(members)) {
      Rows columns = ColumnReader.rows(members, Path.ROOT);
      if (columns.hasLabels()) {
        return new Reading(document, columns, List.of(Part.whole(Path.ROOT, members)));
      }
    }
    String array = PredictionObject.firstArray(members);
    if (array != null
        && array.startsWith("prediction")
        && members.get(array) instanceof Json.Numbers values
        && values.size() >= 2
        && !Vectors.isDistribution(values.values())) {
      return rows.reading(document, values, Path.ROOT.child(array));
    }
    String value = PredictionObject.valueName(members);
    Rows one = RowReader.rows(1, unused -> PredictionObject.read(members, Path.ROOT::child));
    if (value != null && (numbersAreValues || !one.hasLabels())) {
      Path path = Path.ROOT.child(value);
      Json regression = members.byName().getOrDefault(value, members);
      return new Reading(document, Rows.plain(1), List.of(Part.whole(path, regression)));
    }
    return new Reading(document, one, List.of(Part.whole(Path.ROOT, members)));
  }

  /** True when the label is an array, and not the names that a vector's entries have. */
  private static boolean isColumns(Json.Members members) {
    String first = PredictionObject.firstArray(members);
    return first != null && !PredictionObject.namesClasses(members);
  }
}
