package io.shadowsentinel.compare;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.format.Format;
import io.shadowsentinel.compare.format.Vectors;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.IgnoreRules;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.Pointer;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.compare.stream.ContentDecoder;
import io.shadowsentinel.compare.stream.StreamAssembler;
import io.shadowsentinel.exchange.Answer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers as a route's settings say: decodes, puts a stream together, hands to the format,
 * and applies the label and confidence pointers on top. Immutable, any thread.
 */
final class AnswerReader {
  private final Format format;
  private final JsonReader json;
  private final @Nullable Pointer label;
  private final @Nullable Pointer confidence;

  /**
   * @throws IllegalArgumentException for an {@code ignore} that is no JSON Pointer
   */
  AnswerReader(Format format, CompareSettings settings) {
    this.format = format;
    this.label = settings.label() == null ? null : new Pointer(settings.label());
    this.confidence = settings.confidence() == null ? null : new Pointer(settings.confidence());
    this.json = new JsonReader(IgnoreRules.of(ignored(settings)));
  }

  /**
   * The settings' own, and the confidence: two models always differ in it, and it is measured as a
   * gap.
   */
  private static List<JsonPointer> ignored(CompareSettings settings) {
    List<JsonPointer> ignored = new ArrayList<>();
    for (String pointer : settings.ignore()) {
      ignored.add(compile(pointer));
    }
    if (settings.confidence() != null) {
      ignored.add(settings.confidence());
    }
    return ignored;
  }

  private static JsonPointer compile(String pointer) {
    try {
      return JsonPointer.compile(pointer);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "ignore: \"" + pointer + "\" (expected a JSON Pointer, such as /id)", e);
    }
  }

  /**
   * What the answer says.
   *
   * @param target of the request, or null when it is not known
   */
  Reading read(Answer answer, @Nullable String target) throws UnreadableException {
    byte[] bytes = ContentDecoder.decode(answer.body(), answer.contentEncoding());
    Body body =
        StreamAssembler.assemble(
            new Body(bytes, answer.contentType(), json, answer.inferenceHeaderLength(), target));
    Reading reading = format.read(body);
    Rows rows = reading.rows();
    if (label != null) {
      rows = labelled(label, reading.document()).withConfidences(rows.confidences());
    }
    if (confidence != null) {
      rows = rows.withConfidences(confidences(confidence, reading.document()));
    }
    return reading.withRows(rows);
  }

  private static Rows labelled(Pointer pointer, Json document) throws UnreadableException {
    Pointer.Found found = pointer.find(document);
    if (!found.everywhere()) {
      throw new UnreadableException("there is no label at " + pointer);
    }
    for (int row = 0; row < found.values().size(); row++) {
      if (!Json.isScalar(found.values().get(row))) {
        throw new UnreadableException(
            found.paths().get(row) + ": expected a label, a string or a number");
      }
    }
    return Rows.labelled(found.values().toArray(Json[]::new), null, found.paths()::get);
  }

  private static double @Nullable [] confidences(Pointer pointer, Json document) {
    List<Json> values = pointer.find(document).values();
    double[] confidences = new double[values.size()];
    for (int row = 0; row < confidences.length; row++) {
      confidences[row] =
          values.get(row) instanceof Json.Num number
              ? Vectors.asConfidence(number.value())
              : Double.NaN;
    }
    return confidences;
  }
}
