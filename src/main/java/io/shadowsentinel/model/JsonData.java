package io.shadowsentinel.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** Reads the data of one tensor from the JSON it stands in. */
final class JsonData {

  private final TensorSpec spec;
  private final List<Long> shape;
  private final RequestDocument document;

  JsonData(TensorSpec spec, List<Long> shape, RequestDocument document) {
    this.spec = spec;
    this.shape = shape;
    this.document = document;
  }

  /**
   * The values as an array.
   *
   * @param at where the array of the data begins
   * @param size how many there are
   */
  Object read(int at, int size) {
    TensorBuilder values = new TensorBuilder(spec.datatype(), size);
    try (JsonParser json = document.parserAt(at)) {
      json.nextToken();
      JsonToken first = json.nextToken();
      if (first == JsonToken.START_ARRAY && shape.size() > 1) {
        rest(json, values, 0);
      } else {
        for (JsonToken t = first; t != JsonToken.END_ARRAY; t = json.nextToken()) {
          value(json, values);
        }
      }
    } catch (IOException e) {
      throw RequestDocument.notJson(e);
    }
    return values.array();
  }

  /** Reads what is left of an array of which the first token is the current one. */
  private void rest(JsonParser json, TensorBuilder values, int depth) throws IOException {
    long count = 0;
    for (JsonToken t = json.currentToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
      if (++count > shape.get(depth)) {
        throw wronglyNested(values);
      }
      boolean array = t == JsonToken.START_ARRAY;
      if (array && depth + 1 < shape.size()) {
        json.nextToken();
        rest(json, values, depth + 1);
      } else if (depth + 1 == shape.size()) {
        value(json, values);
      } else {
        throw wronglyNested(values);
      }
    }
    if (count != shape.get(depth)) {
      throw wronglyNested(values);
    }
  }

  private InvalidRequestException wronglyNested(TensorBuilder values) {
    return TensorReader.fault(
        spec, "data", "not nested as shape " + shape + " says, at value " + values.size());
  }

  private void value(JsonParser json, TensorBuilder values) throws IOException {
    JsonNode value =
        json.currentToken().isStructStart() ? document.tree(json) : json.readValueAsTree();
    if (!values.add(value)) {
      throw TensorReader.fault(
          spec,
          "data[" + values.size() + "]",
          OneLine.value(value) + " (expected " + values.expectation() + ")");
    }
  }
}
