package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells a format from the path of the request and the shape of the answer. The shape comes first:
 * several protocols share a path, and few share a shape. Where a shape is not telling, the path
 * decides; where neither is, it is {@code json}.
 */
final class FormatGuess {
  private FormatGuess() {}

  /**
   * The name of a format that may read the body.
   *
   * @throws UnreadableException when it is broken, with the reason
   */
  static String of(Body body) throws UnreadableException {
    String path = path(body.target());
    if (body.inferenceHeaderLength() != null) {
      return "open-inference";
    }
    if (body.isOfType("csv")) {
      return "sagemaker";
    }
    Json document;
    try {
      document = body.readJsonWithSpecials();
    } catch (UnreadableException e) {
      return ofText(body, path, e);
    }
    String byShape = byShape(document, path);
    String guess = byShape == null ? byPath(document, path) : byShape;
    return guess.equals("kserve-v1") && hasSpecials(body) ? "tensorflow-serving" : guess;
  }

  /** True for JSON only in the eyes of those that take a bare NaN for a number. */
  private static boolean hasSpecials(Body body) {
    try {
      body.readJson();
      return false;
    } catch (UnreadableException e) {
      return true;
    }
  }

  /** The path of a target, without what follows it, in lower case. */
  private static String path(@Nullable String target) {
    if (target == null) {
      return "";
    }
    int end = target.indexOf('?');
    String path = (end < 0 ? target : target.substring(0, end)).toLowerCase(Locale.ROOT);
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** What is no JSON is JSON Lines, or else a text if it says that it is one. */
  private static String ofText(Body body, String path, UnreadableException notJson)
      throws UnreadableException {
    try {
      Json.Items lines = body.json().readLines(body.bytes());
      boolean declared = body.isOfType("jsonlines") || body.isOfType("ndjson");
      if (lines.size() > 1 && (declared || isPrediction(lines.get(0)))) {
        return "sagemaker";
      }
    } catch (UnreadableException e) {
      if (path.endsWith("/invocations") && body.isOfType("text/")) {
        return "sagemaker";
      }
    }
    boolean text = body.isOfType("text/") && !body.isOfType("text/html");
    if (text && body.bytes().length > 0) {
      return "text";
    }
    throw notJson;
  }

  private static @Nullable String byShape(Json document, String path) {
    if (document instanceof Json.Members answer) {
      return ofObject(answer, path);
    }
    if (!(document instanceof Json.Items items) || items.size() == 0) {
      return null;
    }
    Json first = items.get(0);
    if (first instanceof Json.Members members) {
      if (has(members, "generated_text")) {
        return path.contains("/models/") ? "huggingface" : "tgi";
      }
      if (members.get("entity_group") != null || members.get("entity") != null) {
        return "huggingface";
      }
      if (members.get("predicted_label") != null) {
        return "sagemaker";
      }
    }
    boolean nested = first instanceof Json.Items inner && Candidates.areAll(inner);
    boolean torchserve = isTorchserve(path);
    if (nested || (Candidates.areAll(items) && !torchserve && isClass(first))) {
      return has(first, "confidence") ? "scikit" : "huggingface";
    }
    return null;
  }

  private static @Nullable String ofObject(Json.Members answer, String path) {
    if (answer.get("choices") instanceof Json.Items choices && choices.size() > 0) {
      return has(choices.get(0), "message")
          ? "openai-chat"
          : has(choices.get(0), "text") ? "openai-completions" : null;
    }
    if (answer.get("outputs") instanceof Json.Items outputs
        && outputs.size() > 0
        && has(outputs.get(0), "name")
        && has(outputs.get(0), "datatype")) {
      return "open-inference";
    }
    if (has(answer, "generated_text")) {
      return "tgi";
    }
    if (isSeldon(answer)) {
      return "seldon";
    }
    if (answer.get("predictions") != null) {
      return ofPredictions(answer, path);
    }
    if (isTensorflow(path)) {
      return "tensorflow-serving";
    }
    if (isTorchserve(path)) {
      return "torchserve";
    }
    boolean zeroShot = has(answer, "sequence") && has(answer, "labels") && has(answer, "scores");
    if (zeroShot || (has(answer, "answer") && has(answer, "score"))) {
      return "huggingface";
    }
    return isPrediction(answer) ? has(answer, "predicted_label") ? "sagemaker" : "scikit" : null;
  }

  private static boolean isSeldon(Json.Members answer) {
    return answer.get("data") instanceof Json.Members data
        ? has(data, "ndarray") || has(data, "tensor")
        : has(answer, "jsonData") || has(answer, "strData") || has(answer, "binData");
  }

  private static String ofPredictions(Json.Members answer, String path) {
    if (answer.get("predictions") instanceof Json.Items rows
        && rows.size() > 0
        && rows.get(0) instanceof Json.Members row
        && (has(row, "predicted_label") || (row.byName().size() == 1 && has(row, "score")))) {
      return "sagemaker";
    }
    if (path.endsWith("/invocations")) {
      return "mlflow";
    }
    boolean columns = has(answer, "probabilities") || has(answer, "probability");
    return columns && !isTensorflow(path) ? "scikit" : "kserve-v1";
  }

  private static String byPath(Json document, String path) {
    if (isTensorflow(path)) {
      return "tensorflow-serving";
    }
    if (isTorchserve(path)) {
      return "torchserve";
    }
    if (path.endsWith("/invocations") && document instanceof Json.Items) {
      return "mlflow";
    }
    boolean rows =
        document instanceof Json.Items items && items.size() > 0 && isPrediction(items.get(0));
    return rows ? "scikit" : "json";
  }

  private static boolean isClass(Json candidate) {
    return has(candidate, "label") || has(candidate, "token_str");
  }

  private static boolean isTensorflow(String path) {
    return path.endsWith(":predict") || path.endsWith(":classify") || path.endsWith(":regress");
  }

  private static boolean isTorchserve(String path) {
    return path.startsWith("/predictions/");
  }

  private static boolean isPrediction(Json value) {
    return value instanceof Json.Members members
        && (PredictionObject.read(members, Path.ROOT::child) != null
            || PredictionObject.valueName(members) != null
            || members.get("score") instanceof Json.Num);
  }

  private static boolean has(Json value, String name) {
    return value instanceof Json.Members members && members.byName().containsKey(name);
  }
}
