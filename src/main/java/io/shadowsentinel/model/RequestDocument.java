package io.shadowsentinel.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's JSON, read but for the data of its inputs. A tree of those would be some ten times as
 * large as they are, so they are passed over, and read where they stand. What else there is, is
 * small, or refused.
 */
final class RequestDocument {

  /** How many values and names there may be beside the data. */
  static final int MAX_VALUES = 10_000;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final byte[] body;
  private final int length;
  private int values;

  private @Nullable JsonNode id;
  private @Nullable JsonNode outputs;
  private @Nullable JsonNode parameters;
  private @Nullable List<TensorHead> inputs;

  private RequestDocument(byte[] body, int length) {
    this.body = body;
    this.length = length;
  }

  /**
   * Reads the first bytes of a body.
   *
   * @throws InvalidRequestException when they are no JSON object
   */
  static RequestDocument read(byte[] body, int length) {
    RequestDocument document = new RequestDocument(body, length);
    try (JsonParser json = document.parserAt(0)) {
      JsonToken first = json.nextToken();
      if (first != JsonToken.START_OBJECT) {
        // What follows may be no JSON at all, which is the better thing to say.
        while (first != null) {
          first = json.nextToken();
        }
        throw new InvalidRequestException("the body is no JSON object");
      }
      document.members(json);
      if (json.nextToken() != null) {
        throw new InvalidRequestException("not JSON: more than one value");
      }
    } catch (IOException e) {
      throw notJson(e);
    }
    return document;
  }

  @Nullable JsonNode id() {
    return id;
  }

  @Nullable JsonNode outputs() {
    return outputs;
  }

  @Nullable JsonNode parameters() {
    return parameters;
  }

  /** Null when there is no array of them. */
  @Nullable List<TensorHead> inputs() {
    return inputs;
  }

  /** A parser of what stands from a place on. */
  JsonParser parserAt(int offset) throws IOException {
    return JSON.createParser(body, offset, length - offset);
  }

  static InvalidRequestException notJson(IOException e) {
    if (!(e instanceof JsonProcessingException json)) {
      return new InvalidRequestException("not JSON: " + OneLine.of(e));
    }
    boolean placed = json.getLocation() != null;
    return new InvalidRequestException(
        "not JSON: line %d, column %d: %s"
            .formatted(
                placed ? json.getLocation().getLineNr() : 1,
                placed ? json.getLocation().getColumnNr() : 1,
                OneLine.value(json.getOriginalMessage())));
  }

  private void members(JsonParser json) throws IOException {
    for (String name = next(json); name != null; name = next(json)) {
      JsonToken token = json.nextToken();
      switch (name) {
        case "id" -> id = tree(json);
        case "outputs" -> outputs = tree(json);
        case "parameters" -> parameters = tree(json);
        case "inputs" -> {
          if (token == JsonToken.START_ARRAY) {
            inputs = inputs(json);
          } else {
            pass(json);
          }
        }
        default -> pass(json);
      }
    }
  }

  private List<TensorHead> inputs(JsonParser json) throws IOException {
    List<TensorHead> heads = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      count();
      heads.add(input(json));
    }
    return heads;
  }

  private TensorHead input(JsonParser json) throws IOException {
    ObjectNode members = JSON.createObjectNode();
    int dataAt = TensorHead.NO_DATA;
    long size = 0;
    if (json.currentToken() != JsonToken.START_OBJECT) {
      pass(json);
      return new TensorHead(members, dataAt, size);
    }
    for (String name = next(json); name != null; name = next(json)) {
      boolean array = json.nextToken() == JsonToken.START_ARRAY;
      if (!name.equals("data")) {
        members.set(name, tree(json));
      } else if (array) {
        dataAt = (int) json.currentTokenLocation().getByteOffset();
        if (dataAt < 0) {
          throw new InvalidRequestException("not JSON: the body is not UTF-8");
        }
        size = pass(json);
      } else {
        dataAt = TensorHead.NO_ARRAY;
        pass(json);
      }
    }
    return new TensorHead(members, dataAt, size);
  }

  /** The name of the next member; null at the end of the object. */
  private @Nullable String next(JsonParser json) throws IOException {
    String name = json.nextFieldName();
    if (name != null) {
      count();
    }
    return name;
  }

  /** Passes over a value, and counts those in it that are neither arrays nor objects. */
  private long pass(JsonParser json) throws IOException {
    long scalars = 0;
    int depth = 0;
    do {
      JsonToken token = json.currentToken();
      if (token == null) {
        throw new InvalidRequestException("not JSON: the text ends too early");
      }
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.FIELD_NAME) {
        count();
      } else {
        scalars++;
      }
    } while (depth > 0 && json.nextToken() != JsonToken.NOT_AVAILABLE);
    return scalars;
  }

  /** A value that has to be small, as a tree. */
  JsonNode tree(JsonParser json) throws IOException {
    count();
    switch (json.currentToken()) {
      case START_OBJECT -> {
        ObjectNode object = JSON.createObjectNode();
        for (String name = next(json); name != null; name = next(json)) {
          json.nextToken();
          object.set(name, tree(json));
        }
        return object;
      }
      case START_ARRAY -> {
        ArrayNode array = JSON.createArrayNode();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          array.add(tree(json));
        }
        return array;
      }
      default -> {
        return json.readValueAsTree();
      }
    }
  }

  private void count() {
    if (++values > MAX_VALUES) {
      throw new InvalidRequestException(
          "more than " + MAX_VALUES + " values beside the data of the inputs");
    }
  }
}
