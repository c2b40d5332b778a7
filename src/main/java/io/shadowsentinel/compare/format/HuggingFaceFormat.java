package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers of Hugging Face's inference servers and pipelines.
 *
 * <ul>
 *   <li>Classification of texts and pictures: {@code [[{"label", "score"}, ...], ...]}, the
 *       candidates of each row, or flat. A flat array is one row when its labels differ and its
 *       scores sum up to 1 at most, else each element is the best of a row;
 *   <li>token classification: {@code [{"entity_group", "start", "end", "score", "word"}, ...]},
 *       compared span by span, see {@link Spans}; the confidence is the mean of the scores;
 *   <li>zero-shot: {@code {"labels": [...], "scores": [...]}}, and question answering: {@code
 *       {"answer", "score"}};
 *   <li>what was generated, translated or summarised: a text for each row;
 *   <li>anything else value by value: embeddings, objects in pictures.
 * </ul>
 */
final class HuggingFaceFormat implements Format {
  private static final List<String> TEXTS =
      List.of("generated_text", "translation_text", "summary_text", "text");

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJson();
    if (document instanceof Json.Members single) {
      if (single.get("error") != null && single.byName().size() <= 2) {
        throw new UnreadableException("/error: expected an answer");
      }
      return object(single);
    }
    if (!(document instanceof Json.Items items)) {
      throw new UnreadableException("expected an array or an object");
    }
    Reading spans = Spans.read(items);
    if (spans != null) {
      return spans;
    }
    if (items.size() > 0) {
      Reading texts = texts(items);
      if (texts != null) {
        return texts;
      }
    }
    return new Reading(document, rows(items), List.of(part(items)));
  }

  private static Part part(Json.Items items) {
    return Candidates.areAll(items) && Candidates.areOfOneRow(items)
        ? Part.whole(Path.ROOT, items)
        : new Part("", Path.ROOT, items, 1, Path.ROOT::child);
  }

  private static Rows rows(Json.Items items) {
    if (Candidates.areAll(items)) {
      return Candidates.areOfOneRow(items)
          ? RowReader.rows(1, unused -> Candidates.best(items, Path.ROOT))
          : RowReader.rows(
              items.size(), row -> Candidates.of(items.get(row), Path.ROOT.child(row)));
    }
    return RowReader.rows(items.size(), row -> row(items.get(row), Path.ROOT.child(row)));
  }

  private static @Nullable Prediction row(Json value, Path path) {
    if (value instanceof Json.Items candidates && Candidates.areAll(value)) {
      return Candidates.best(candidates, path);
    }
    return value instanceof Json.Members members ? zeroShot(members, path) : null;
  }

  private static Reading object(Json.Members single) {
    String text = textName(single);
    if (text != null) {
      Json[] one = {textAt(single, text)};
      Part part = GeneratedText.part(one, unused -> Path.ROOT.child(text));
      return new Reading(single, Rows.plain(1), List.of(part));
    }
    Rows rows =
        RowReader.rows(
            1,
            unused ->
                Candidates.isOne(single)
                    ? Candidates.of(single, Path.ROOT)
                    : zeroShot(single, Path.ROOT));
    return new Reading(single, rows, List.of(Part.whole(Path.ROOT, single)));
  }

  private static @Nullable Prediction zeroShot(Json.Members members, Path path) {
    return PredictionObject.namesClasses(members)
        ? PredictionObject.read(members, path::child)
        : null;
  }

  /** An array in which each element holds a text, or an array of one such element; or null. */
  private static @Nullable Reading texts(Json.Items items) {
    Json[] texts = new Json[items.size()];
    List<Path> paths = new ArrayList<>(texts.length);
    for (int row = 0; row < texts.length; row++) {
      Json value = items.get(row);
      Path path = Path.ROOT.child(row);
      if (value instanceof Json.Items inner && inner.size() == 1) {
        value = inner.get(0);
        path = path.child(0);
      }
      String name = value instanceof Json.Members members ? textName(members) : null;
      if (name == null) {
        return null;
      }
      texts[row] = textAt((Json.Members) value, name);
      paths.add(path.child(name));
    }
    return new Reading(
        items, Rows.plain(texts.length), List.of(GeneratedText.part(texts, paths::get)));
  }

  private static @Nullable String textName(Json.Members members) {
    for (String name : TEXTS) {
      if (Json.uncover(textAt(members, name)) instanceof Json.Text) {
        return name;
      }
    }
    return null;
  }

  /** What stands there, also when it is ignored: then it never differs. */
  private static Json textAt(Json.Members members, String name) {
    return members.byName().getOrDefault(name, Json.Literal.NULL);
  }
}
