package io.shadowsentinel.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shadowsentinel.model.OneLine;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Conflicts of production as cases. A line is one as {@code conflicts.jsonl} has it, and beside
 * that may carry {@code label}, the label that is right where the champion's is not, and the input:
 * {@code requestBody}, a request as it was sent, or {@code input}, a row of the model's columns.
 * Where it carries none, the request is looked up by its id in a recording.
 *
 * @param cases in the order of the file
 * @param requestIds of each case; null for one without
 * @param passedOver lines on which the two models were not both sure
 */
record ConflictCases(List<Case> cases, List<@Nullable String> requestIds, int passedOver) {

  /** What production puts in the place of a value that it does not keep. */
  private static final String REDACTED = "[redacted]";

  /** A longer label was cut by production. */
  private static final int LONGEST_LABEL = 256;

  /** A line, before its input is at hand. */
  private record Found(
      int line,
      @Nullable String id,
      String label,
      int row,
      @Nullable JsonNode input,
      @Nullable JsonNode request) {}

  /**
   * @throws BadInputException when a line lacks what makes a case, or the model cannot take it
   */
  static ConflictCases read(
      ConflictSource source, OnnxModel model, Path modelFile, Map<String, List<String>> inputs)
      throws BadInputException {
    List<Found> found = new ArrayList<>();
    int passedOver = 0;
    Set<String> routes = new TreeSet<>();
    try (JsonLines lines = JsonLines.open(source.file())) {
      for (ObjectNode line = lines.next(); line != null; line = lines.next()) {
        String route = text(line, "route");
        if (route != null && source.route() != null && !route.equals(source.route())) {
          continue;
        }
        if (route != null) {
          routes.add(route);
        }
        if (line.path("highConfidence").asBoolean(true)) {
          found.add(found(lines, line));
        } else {
          passedOver++;
        }
      }
    } catch (IOException e) {
      throw TextFile.unreadable(source.file(), e);
    }
    if (routes.size() > 1) {
      throw new BadInputException(
          source.file() + ": conflicts of the routes " + routes + " (expected one to be named)");
    }
    return cases(source, found, passedOver, new ConflictInput(model, modelFile, inputs));
  }

  private static Found found(JsonLines lines, ObjectNode line) throws BadInputException {
    JsonNode input = given(line, "input");
    JsonNode request = given(line, "requestBody");
    if (input != null && request != null) {
      throw lines.fault("input and requestBody (expected one of them)");
    }
    int row = line.path("row").asInt(0);
    return new Found(
        lines.line(),
        text(line, "requestId"),
        label(lines, line),
        Math.max(0, row),
        input,
        request);
  }

  private static String label(JsonLines lines, ObjectNode line) throws BadInputException {
    JsonNode own = given(line, "label");
    JsonNode champion = given(line, "championLabel");
    JsonNode label = own != null ? own : champion;
    String expected = " (expected the label that is right, in 'label')";
    if (label == null) {
      throw lines.fault("label: missing, and no championLabel" + expected);
    }
    if (!label.isValueNode() || label.asText().isEmpty()) {
      throw lines.fault("label: " + OneLine.value(label) + expected);
    }
    String text = label.asText();
    if (own == null && text.equals(REDACTED)) {
      throw lines.fault("championLabel: redacted, as the config asks" + expected);
    }
    if (own == null && text.length() >= LONGEST_LABEL) {
      throw lines.fault("championLabel: cut at " + LONGEST_LABEL + " characters" + expected);
    }
    return LabelText.canonical(text);
  }

  private static ConflictCases cases(
      ConflictSource source, List<Found> found, int passedOver, ConflictInput input)
      throws BadInputException {
    Set<String> wanted = new HashSet<>();
    for (Found line : found) {
      if (line.input() == null && line.request() == null && line.id() != null) {
        wanted.add(line.id());
      }
    }
    Map<String, byte[]> recorded =
        source.requests() == null ? Map.of() : Recording.bodies(source.requests(), wanted);
    List<Case> cases = new ArrayList<>();
    List<@Nullable String> ids = new ArrayList<>();
    for (Found line : found) {
      List<Tensor> tensors;
      if (line.input() != null) {
        tensors = input.row(source.file(), line.line(), line.input());
      } else if (line.request() != null) {
        byte[] body = Recording.bytes(line.request());
        tensors = input.request(source.file(), line.line(), "requestBody", body, line.row());
      } else {
        byte[] body = line.id() == null ? null : recorded.get(line.id());
        if (body == null) {
          throw new BadInputException(
              source.file() + ":" + line.line() + ": " + lacking(source, line.id()));
        }
        String origin = "request '" + line.id() + "' of " + source.requests();
        tensors = input.request(source.file(), line.line(), origin, body, line.row());
      }
      cases.add(new Case(source.file(), line.line(), tensors, line.label(), Double.NaN));
      ids.add(line.id());
    }
    return new ConflictCases(cases, ids, passedOver);
  }

  private static String lacking(ConflictSource source, @Nullable String id) {
    String expected = " (expected requestBody, or input";
    if (id == null) {
      return "no input, and no requestId to find it by" + expected + ")";
    }
    if (source.requests() == null) {
      return "no input" + expected + ", or a recording with request '" + id + "')";
    }
    return "no input, and no request '" + id + "' in " + source.requests() + expected + ")";
  }

  private static @Nullable JsonNode given(ObjectNode line, String key) {
    JsonNode value = line.get(key);
    return value == null || value.isNull() ? null : value;
  }

  private static @Nullable String text(ObjectNode line, String key) {
    JsonNode value = given(line, key);
    return value == null || !value.isTextual() ? null : value.textValue();
  }
}
