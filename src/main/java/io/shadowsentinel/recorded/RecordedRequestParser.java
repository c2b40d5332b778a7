package io.shadowsentinel.recorded;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one line of a recording: a JSON object that holds a request. Immutable, any thread. */
public final class RecordedRequestParser {
  private static final Set<String> KEYS = Set.of("method", "path", "headers", "body", "bodyBase64");

  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]*");
  private static final Pattern TARGET = Pattern.compile("/[!-~&&[^#]]*");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7E\\x80-\\xFF]*");

  /** Fields of the connection and the framing that were recorded, and are made anew. */
  private static final Set<String> NOT_SENT =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          // A recording made at a challenger has it, and nothing would be mirrored.
          "x-shadow-request");

  /** Numbers keep every digit: a model would see the difference. */
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private RecordedRequestParser() {}

  public static RecordedRequest parse(byte[] line) throws BadLineException {
    JsonNode request = read(line);
    if (!request.isObject()) {
      throw new BadLineException("not an object (expected one with method, path, headers, body)");
    }
    for (Map.Entry<String, JsonNode> entry : request.properties()) {
      if (!KEYS.contains(entry.getKey())) {
        throw new BadLineException(
            shown(entry.getKey())
                + ": unknown key (expected method, path, headers, body, bodyBase64)");
      }
    }
    String method =
        request.has("method") ? text(request, "method", METHOD, "upper case, as POST") : "POST";
    String target = text(request, "path", TARGET, "a path that begins with /, and its query");
    List<Map.Entry<String, String>> headers = headers(request.path("headers"));
    byte[] body = body(request, headers);
    return new RecordedRequest(method, target, List.copyOf(headers), body);
  }

  private static JsonNode read(byte[] line) throws BadLineException {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      throw new BadLineException(
          "not JSON" + (column > 0 ? ", at column " + column : "") + " (expected one object)");
    } catch (IOException e) {
      throw new BadLineException("not JSON (expected one object)");
    }
  }

  private static String text(JsonNode request, String key, Pattern form, String expected)
      throws BadLineException {
    JsonNode value = request.path(key);
    if (value.isMissingNode()) {
      throw new BadLineException(key + ": missing (expected " + expected + ")");
    }
    if (!value.isTextual() || !form.matcher(value.textValue()).matches()) {
      throw new BadLineException(
          key + ": " + shown(value.toString()) + " (expected " + expected + ")");
    }
    return value.textValue();
  }

  private static List<Map.Entry<String, String>> headers(JsonNode node) throws BadLineException {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    if (node.isMissingNode() || node.isNull()) {
      return headers;
    }
    if (!node.isObject()) {
      throw new BadLineException("headers: no object (expected name: value)");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = entry.getKey();
      if (!HEADER.matcher(name).matches()) {
        throw new BadLineException("headers: " + shown(name) + " (expected a header name)");
      }
      Iterable<JsonNode> values =
          entry.getValue().isArray() ? entry.getValue() : List.of(entry.getValue());
      for (JsonNode value : values) {
        if (!value.isTextual() || !HEADER_VALUE.matcher(value.textValue()).matches()) {
          // It may be a credential, so it is not shown.
          throw new BadLineException(
              "headers." + name + ": not a header's value (expected a string, or a list of them)");
        }
        if (!NOT_SENT.contains(name.toLowerCase(Locale.ROOT))) {
          headers.add(Map.entry(name, value.textValue().strip()));
        }
      }
    }
    return headers;
  }

  private static byte[] body(JsonNode request, List<Map.Entry<String, String>> headers)
      throws BadLineException {
    JsonNode body = request.path("body");
    JsonNode base64 = request.path("bodyBase64");
    boolean hasBody = !body.isMissingNode() && !body.isNull();
    if (!base64.isMissingNode() && !base64.isNull()) {
      if (hasBody || !base64.isTextual()) {
        throw new BadLineException("bodyBase64: expected a string, and no body beside it");
      }
      try {
        return Base64.getDecoder().decode(base64.textValue());
      } catch (IllegalArgumentException e) {
        throw new BadLineException("bodyBase64: not Base64");
      }
    }
    if (!hasBody) {
      return new byte[0];
    }
    if (body.isTextual()) {
      return body.textValue().getBytes(StandardCharsets.UTF_8);
    }
    if (headers.stream().noneMatch(field -> field.getKey().equalsIgnoreCase("Content-Type"))) {
      headers.add(Map.entry("Content-Type", "application/json"));
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String shown(String text) {
    return Printable.oneLine(text.length() > 60 ? text.substring(0, 60) + "…" : text);
  }
}
