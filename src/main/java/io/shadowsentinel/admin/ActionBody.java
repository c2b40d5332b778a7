package io.shadowsentinel.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may say with an action.
 *
 * @param reason for the decision log, one line; empty when none was given
 */
record ActionBody(String reason) {

  /** More than this is no reason but a document. In characters. */
  static final int MAX_REASON = 1_000;

  private static final ActionBody NONE = new ActionBody("");

  /**
   * Reads a body, which may be missing.
   *
   * @throws ProblemException 400, naming the member and what was expected
   */
  static ActionBody parse(@Nullable Buffer body) {
    if (body == null || body.length() == 0) {
      return NONE;
    }
    JsonNode root = read(body);
    if (!root.isObject()) {
      throw ProblemException.badRequest("body: " + kind(root) + " (expected an object)");
    }
    String reason = "";
    for (Iterator<Map.Entry<String, JsonNode>> i = root.fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> member = i.next();
      if (!member.getKey().equals("reason")) {
        throw ProblemException.badRequest(member.getKey() + ": unknown member (expected reason)");
      }
      reason = reason(member.getValue());
    }
    return new ActionBody(reason);
  }

  private static JsonNode read(Buffer body) {
    try {
      return AdminJson.mapper().readTree(body.getBytes());
    } catch (JsonProcessingException e) {
      throw ProblemException.badRequest(
          "body: not JSON: "
              + e.getOriginalMessage().lines().findFirst().orElse("")
              + " (line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ")");
    } catch (IOException e) {
      throw ProblemException.badRequest("body: not JSON in UTF-8");
    }
  }

  private static String reason(JsonNode value) {
    if (!value.isTextual()) {
      throw ProblemException.badRequest("reason: " + kind(value) + " (expected a string)");
    }
    String reason = value.textValue();
    if (reason.length() > MAX_REASON) {
      throw ProblemException.badRequest(
          "reason: " + reason.length() + " characters (expected 0.." + MAX_REASON + ")");
    }
    // The reason goes to logs and terminals, where a control character could forge a line.
    if (reason.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.badRequest("reason: a control character (expected one line of text)");
    }
    return reason;
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT, POJO -> "an object";
      case BOOLEAN -> "a boolean";
      case NUMBER -> "a number";
      case STRING, BINARY -> "a string";
      case NULL -> "null";
      case MISSING -> "nothing";
    };
  }
}
