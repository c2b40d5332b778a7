package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans of token classification, {@code {"entity_group", "start", "end", "score"}}: a row is
 * the set of its spans, whatever their order. A span differs when the other answer has none from
 * the same start to the same end, or another entity there; the path ends in {@code start-end}.
 * Words are not compared: tokenizers write them in their own ways. The confidence of a row is the
 * mean of the scores of its spans.
 */
final class Spans {
  private Spans() {}

  /** Rows of spans, or one row of them; null when it is neither. */
  static @Nullable Reading read(Json.Items items) {
    if (areSpans(items) && items.size() > 0) {
      return reading(items, List.of(items), false);
    }
    Json.Items[] rows = new Json.Items[items.size()];
    boolean any = false;
    for (int row = 0; row < rows.length; row++) {
      // A text in which nothing was found has no spans, but that alone does not tell spans apart.
      if (!(items.get(row) instanceof Json.Items spans) || !areSpans(spans)) {
        return null;
      }
      rows[row] = spans;
      any |= spans.size() > 0;
    }
    return any ? reading(items, List.of(rows), true) : null;
  }

  private static boolean areSpans(Json.Items items) {
    for (int i = 0; i < items.size(); i++) {
      if (!(items.get(i) instanceof Json.Members span)
          || entity(span) == null
          || !span.byName().containsKey("start")
          || !span.byName().containsKey("end")) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Json entity(Json.Members span) {
    Json group = span.get("entity_group");
    Json entity = group == null ? span.get("entity") : group;
    return entity instanceof Json.Text ? entity : null;
  }

  private static Reading reading(Json document, List<Json.Items> rows, boolean batch) {
    Json[] values = new Json[rows.size()];
    double[] confidences = new double[values.length];
    for (int row = 0; row < values.length; row++) {
      values[row] = bySpan(rows.get(row));
      confidences[row] = confidence(rows.get(row));
    }
    Part part =
        new Part(
                "",
                Path.ROOT,
                new Json.Mixed(values),
                1,
                batch ? Path.ROOT::child : row -> Path.ROOT)
            .asVerbatim();
    Rows read = Rows.plain(values.length).withConfidences(confidences);
    return new Reading(document, read, List.of(part));
  }

  private static Json.Members bySpan(Json.Items spans) {
    Map<String, Json> bySpan = new LinkedHashMap<>();
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < spans.size(); i++) {
      Json.Members span = (Json.Members) spans.get(i);
      Json entity = entity(span);
      String place = edge(span.get("start")) + "-" + edge(span.get("end"));
      int times = seen.merge(place, 1, Integer::sum);
      bySpan.put(
          times == 1 ? place : place + "#" + times, entity == null ? Json.Literal.NULL : entity);
    }
    return new Json.Members(bySpan);
  }

  private static String edge(@Nullable Json position) {
    return position instanceof Json.Num number ? Labels.show(number) : "?";
  }

  private static double confidence(Json.Items spans) {
    double sum = 0;
    for (int i = 0; i < spans.size(); i++) {
      Json score = ((Json.Members) spans.get(i)).get("score");
      sum += score instanceof Json.Num number ? Vectors.asConfidence(number.value()) : Double.NaN;
    }
    return spans.size() == 0 ? Double.NaN : sum / spans.size();
  }
}
