package io.shadowsentinel.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A recording of requests as {@code replay} takes it: JSON Lines with {@code headers}, and {@code
 * body} or {@code bodyBase64}. Here only the bodies of wanted requests are of interest.
 */
final class Recording {

  private static final String ID = "x-request-id";

  private Recording() {}

  /**
   * The bodies of requests by their {@code X-Request-Id}; one that is not there is not in the map.
   *
   * @param ids those wanted, which bounds what is held
   * @throws BadInputException when the file cannot be read, or two bodies have one id
   */
  static Map<String, byte[]> bodies(Path file, Set<String> ids) throws BadInputException {
    Map<String, byte[]> bodies = new HashMap<>();
    try (JsonLines lines = JsonLines.open(file)) {
      for (ObjectNode line = lines.next(); line != null; line = lines.next()) {
        String id = id(line.path("headers"));
        if (id == null || !ids.contains(id)) {
          continue;
        }
        byte[] body = body(lines, line);
        byte[] before = bodies.putIfAbsent(id, body);
        if (before != null && !Arrays.equals(before, body)) {
          throw lines.fault("request '" + id + "' with another body (expected each id once)");
        }
      }
      return bodies;
    } catch (IOException e) {
      throw TextFile.unreadable(file, e);
    }
  }

  private static @Nullable String id(JsonNode headers) {
    for (Map.Entry<String, JsonNode> header : headers.properties()) {
      if (header.getKey().toLowerCase(Locale.ROOT).equals(ID)) {
        JsonNode value = header.getValue();
        JsonNode first = value.isArray() && !value.isEmpty() ? value.get(0) : value;
        return first.isTextual() ? first.textValue().strip() : null;
      }
    }
    return null;
  }

  private static byte[] body(JsonLines lines, ObjectNode line) throws BadInputException {
    JsonNode base64 = line.path("bodyBase64");
    if (base64.isTextual()) {
      try {
        return Base64.getDecoder().decode(base64.textValue());
      } catch (IllegalArgumentException e) {
        throw lines.fault("bodyBase64: not Base64");
      }
    }
    return bytes(line.path("body"));
  }

  /** A body as it was sent: a string as it is, other JSON as JSON. */
  static byte[] bytes(JsonNode body) {
    String text = body.isTextual() ? body.textValue() : body.toString();
    return (body.isMissingNode() || body.isNull() ? "" : text).getBytes(StandardCharsets.UTF_8);
  }
}
