package io.shadowsentinel.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads an inference request, whose tensors are in its JSON or as bytes behind it, and holds it
 * against what a model takes, so that nothing the model did not ask for reaches its session. Any
 * thread.
 */
final class RequestReader {

  private static final String BINARY = "binary_data";
  private static final String BINARY_SIZE = "binary_data_size";

  private final List<TensorSpec> inputs;
  private final Set<String> outputs = new LinkedHashSet<>();

  RequestReader(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    this.inputs = List.copyOf(inputs);
    outputs.forEach(output -> this.outputs.add(output.name()));
  }

  /**
   * Reads a body.
   *
   * @param jsonLength how many bytes of it are JSON, as {@code Inference-Header-Content-Length} has
   *     it; null where all are
   * @param room asked whether tensors of so many bytes may be held
   * @throws InvalidRequestException when the body is not a request that the model can take
   * @throws NoRoomException when {@code room} says no
   */
  InferenceRequest read(byte[] body, @Nullable String jsonLength, LongPredicate room) {
    int length = jsonLength == null ? body.length : length(jsonLength, body.length);
    ByteBuffer tail = ByteBuffer.wrap(body, length, body.length - length);
    RequestDocument document = RequestDocument.read(body, length);
    Map<String, Boolean> binary = new HashMap<>();
    Set<String> asked = outputs(document.outputs(), binary);
    return new InferenceRequest(
        id(document.id()),
        inputs(document, jsonLength == null ? null : tail, room),
        asked,
        flag(document.parameters(), "binary_data_output", "parameters"),
        binary);
  }

  private static int length(String told, int most) {
    String text = told.strip();
    int length = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
    if (length < 0 || length > most) {
      throw new InvalidRequestException(
          "Inference-Header-Content-Length: %s (expected 0..%d, the bytes of JSON that the body begins with)"
              .formatted(OneLine.value(told), most));
    }
    return length;
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

  private List<Tensor> inputs(
      RequestDocument document, @Nullable ByteBuffer tail, LongPredicate room) {
    List<TensorHead> heads = document.inputs();
    if (heads == null) {
      throw new InvalidRequestException("inputs: missing (expected an array of tensors)");
    }
    Map<String, Tensor> given = new HashMap<>();
    TensorReader reader = new TensorReader(document, room);
    for (int i = 0; i < heads.size(); i++) {
      String place = "inputs[" + i + "]";
      TensorHead head = heads.get(i);
      String name = name(head.members(), place);
      TensorSpec spec = inputs.stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
      if (spec == null) {
        throw new InvalidRequestException(
            place + ".name: '" + OneLine.value(name) + "' (expected one of " + names() + ")");
      }
      if (given.containsKey(name)) {
        throw new InvalidRequestException(place + ".name: '" + name + "' comes twice");
      }
      given.put(name, reader.read(spec, head, binary(head, tail, place)));
    }
    if (tail != null && tail.hasRemaining()) {
      throw new InvalidRequestException(
          tail.remaining() + " bytes behind the data of the last input (expected none)");
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

  /** The bytes behind the JSON that are an input's data; null where they are in the JSON. */
  private static @Nullable ByteBuffer binary(
      TensorHead head, @Nullable ByteBuffer tail, String place) {
    JsonNode size = head.members().path("parameters").get(BINARY_SIZE);
    if (size == null) {
      return null;
    }
    String what = place + ".parameters." + BINARY_SIZE + ": " + OneLine.value(size);
    if (tail == null) {
      throw new InvalidRequestException(what + " (expected Inference-Header-Content-Length too)");
    }
    if (head.hasData()) {
      throw new InvalidRequestException(what + " (expected no data in the JSON then)");
    }
    if (!size.isIntegralNumber() || !size.canConvertToInt() || size.intValue() < 0) {
      throw new InvalidRequestException(what + " (expected a number of bytes)");
    }
    if (size.intValue() > tail.remaining()) {
      throw new InvalidRequestException(
          what + " (expected at most the " + tail.remaining() + " bytes that are left)");
    }
    ByteBuffer data = tail.slice(tail.position(), size.intValue()).order(ByteOrder.LITTLE_ENDIAN);
    tail.position(tail.position() + size.intValue());
    return data;
  }

  private static boolean flag(@Nullable JsonNode parameters, String name, String place) {
    JsonNode flag = parameters == null ? null : parameters.get(name);
    if (flag != null && !flag.isBoolean()) {
      throw new InvalidRequestException(
          place + "." + name + ": " + OneLine.value(flag) + " (expected true or false)");
    }
    return flag != null && flag.booleanValue();
  }

  private Set<String> outputs(@Nullable JsonNode array, Map<String, Boolean> binary) {
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
      JsonNode parameters = array.get(i).get("parameters");
      if (parameters != null && parameters.has(BINARY)) {
        binary.put(name, flag(parameters, BINARY, "outputs[" + i + "].parameters"));
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
