package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Seldon Core's own protocol: {@code {"data": {"names": [...], "ndarray": [[...]]}}}, the same with
 * {@code "tensor": {"shape", "values"}}, or {@code jsonData}, {@code strData} or {@code binData}.
 * {@code meta} and {@code status} are not compared. Bare {@code NaN} and {@code Infinity} are
 * numbers.
 *
 * <ul>
 *   <li>{@code ndarray} and {@code tensor}: an element for each row, see {@link RowReader}. Names
 *       that are not the {@code t:0} that Seldon makes up are those of the classes, or of the
 *       columns when {@link PredictionObject} knows one of them;
 *   <li>{@code jsonData}: rows when it is an array, else one row;
 *   <li>{@code strData}: a label.
 * </ul>
 */
final class SeldonFormat implements Format {
  private static final Pattern MADE_UP = Pattern.compile("t:\\d{1,9}");

  private final RowReader rows;

  SeldonFormat(CompareSettings settings) {
    this.rows = new RowReader(settings);
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJsonWithSpecials();
    if (!(document instanceof Json.Members answer)) {
      throw new UnreadableException("expected an object with data, jsonData, strData or binData");
    }
    if (answer.get("data") instanceof Json.Members data) {
      return data(document, data);
    }
    for (String name : List.of("jsonData", "strData", "binData")) {
      Json value = answer.get(name);
      if (value != null && value != Json.Literal.NULL) {
        return other(document, name, value);
      }
    }
    throw new UnreadableException("/data: expected an object, or jsonData, strData or binData");
  }

  private Reading other(Json document, String name, Json value) {
    Path path = Path.ROOT.child(name);
    if (name.equals("binData")) {
      return new Reading(document, Rows.plain(1), List.of(Part.whole(path, value)));
    }
    return value instanceof Json.Items items
        ? rows.reading(document, items, path)
        : rows.single(document, value, path);
  }

  private Reading data(Json document, Json.Members data) throws UnreadableException {
    Path path = Path.ROOT.child("data");
    List<String> names = names(data.get("names"));
    if (data.get("ndarray") instanceof Json.Items items) {
      Path at = path.child("ndarray");
      Rows read = RowReader.rows(items.size(), row -> row(items.get(row), names, at.child(row)));
      return new Reading(document, read, List.of(new Part("", at, items, 1, at::child)));
    }
    if (data.get("tensor") instanceof Json.Members tensor) {
      return tensor(document, tensor, names, path.child("tensor"));
    }
    throw new UnreadableException(path + ": expected ndarray or tensor");
  }

  private Reading tensor(Json document, Json.Members members, List<String> names, Path path)
      throws UnreadableException {
    if (!(members.get("values") instanceof Json.Items values)) {
      throw new UnreadableException(path + "/values: expected an array");
    }
    OutputTensor tensor = OutputTensor.of("", "", members.get("shape"), values, path, "values");
    int width = tensor.width();
    Rows read =
        RowReader.rows(
            tensor.rows(),
            row -> {
              Json.ItemsBuilder builder = new Json.ItemsBuilder();
              for (int i = 0; i < width; i++) {
                builder.add(tensor.flat().get(row * width + i));
              }
              Prediction prediction = row(builder.build(), names, path);
              return prediction == null
                  ? null
                  : prediction.named(prediction.label(), tensor.pathOf(row * width));
            });
    Part part = new Part("", path, tensor.flat(), width, tensor::pathOf);
    return new Reading(document, read, List.of(part));
  }

  private @Nullable Prediction row(Json value, List<String> names, Path path) {
    if (value instanceof Json.Items items && items.size() == names.size() && !names.isEmpty()) {
      if (names.stream().anyMatch(PredictionObject::knows)) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
          members.put(names.get(i), items.get(i));
        }
        return PredictionObject.read(
            new Json.Members(members), name -> path.child(names.indexOf(name)));
      }
      Prediction prediction = rows.prediction(value, path);
      return prediction == null || names.size() < 2 || MADE_UP.matcher(names.get(0)).matches()
          ? prediction
          : className(prediction, names);
    }
    return rows.prediction(value, path);
  }

  private static Prediction className(Prediction prediction, List<String> names) {
    return prediction.label() instanceof Json.Num index
        ? prediction.named(new Json.Text(names.get((int) index.value())), prediction.path())
        : prediction;
  }

  /** The names, or none when they are not all strings. */
  private static List<String> names(@Nullable Json names) {
    if (!(names instanceof Json.Items items)) {
      return List.of();
    }
    String[] texts = new String[items.size()];
    for (int i = 0; i < texts.length; i++) {
      if (!(items.get(i) instanceof Json.Text text)) {
        return List.of();
      }
      texts[i] = text.value();
    }
    return List.of(texts);
  }
}
