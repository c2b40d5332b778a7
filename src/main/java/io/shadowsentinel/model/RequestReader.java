package io.shadowsentinel.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of an inference request and holds it against what a model takes, so that nothing
 * the model did not ask for reaches its session. Any thread.
 */
final class RequestReader {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final List<TensorSpec> inputs;
  private final Set<String> outputs = new LinkedHashSet<>();

  RequestReader(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    this.inputs = List.copyOf(inputs);
    outputs.forEach(output -> this.outputs.add(output.name()));
  }

  /**
   * @throws InvalidRequestException when the body is not a request that the model can take
   */
  InferenceRequest read(byte[] body) {
    JsonNode root = parse(body);
    if (!root.isObject()) {
      throw new InvalidRequestException("the body is no JSON object");
    }
    return new InferenceRequest(
        id(root.get("id")), inputs(root.get("inputs")), outputs(root.get("outputs")));
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          "not JSON: line %d, column %d: %s"
              .formatted(
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 1 : e.getLocation().getColumnNr(),
                  OneLine.value(e.getOriginalMessage())));
    } catch (IOException e) {
      throw new InvalidRequestException("not JSON: " + OneLine.of(e));
    }
  }

  private static @Nullable String id(@Nullable JsonNode id) {
    if (id == null || id.isNull()) {
      return null;
    }
    if (!id.isTextual()) {
      throw new InvalidRequestException("id: " + OneLine.value(id) + " (expected a string)");
    }
    return id.textValue();
  }

  private List<Tensor> inputs(@Nullable JsonNode array) {
    if (array == null || !array.isArray()) {
      throw new InvalidRequestException("inputs: missing (expected an array of tensors)");
    }
    Map<String, Tensor> given = new HashMap<>();
    Map<String, Long> freeSizes = new HashMap<>();
    for (int i = 0; i < array.size(); i++) {
      String place = "inputs[" + i + "]";
      String name = name(array.get(i), place);
      TensorSpec spec = inputs.stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
      if (spec == null) {
        throw new InvalidRequestException(
            place + ".name: '" + OneLine.value(name) + "' (expected one of " + names() + ")");
      }
      if (given.put(name, TensorReader.read(spec, array.get(i), freeSizes)) != null) {
        throw new InvalidRequestException(place + ".name: '" + name + "' comes twice");
      }
    }
    List<Tensor> inOrder = new ArrayList<>(inputs.size());
    for (TensorSpec spec : inputs) {
      if (!given.containsKey(spec.name())) {
        throw new InvalidRequestException("inputs: '" + spec.name() + "' is missing");
      }
      inOrder.add(Objects.requireNonNull(given.get(spec.name())));
    }
    return inOrder;
  }

  private Set<String> outputs(@Nullable JsonNode array) {
    if (array == null || array.isNull()) {
      return Set.of();
    }
    if (!array.isArray()) {
      throw new InvalidRequestException("outputs: no array");
    }
    Set<String> asked = new LinkedHashSet<>();
    for (int i = 0; i < array.size(); i++) {
      String name = name(array.get(i), "outputs[" + i + "]");
      if (!outputs.contains(name)) {
        throw new InvalidRequestException(
            "outputs[%d].name: '%s' (expected one of %s)"
                .formatted(i, OneLine.value(name), outputs));
      }
      if (!asked.add(name)) {
        throw new InvalidRequestException("outputs[" + i + "].name: '" + name + "' comes twice");
      }
    }
    return asked;
  }

  private static String name(JsonNode tensor, String place) {
    JsonNode name = tensor.get("name");
    if (name == null || !name.isTextual()) {
      throw new InvalidRequestException(place + ".name: missing (expected a string)");
    }
    return name.textValue();
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    inputs.forEach(input -> names.add(input.name()));
    return names;
  }
}
