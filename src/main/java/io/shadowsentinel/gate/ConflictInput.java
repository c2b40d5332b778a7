package io.shadowsentinel.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shadowsentinel.model.InvalidRequestException;
import io.shadowsentinel.model.OneLine;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Makes a model's inputs of what a conflict carries. */
final class ConflictInput {

  private final OnnxModel model;
  private final Path modelFile;
  private final Map<String, List<String>> inputs;

  ConflictInput(OnnxModel model, Path modelFile, Map<String, List<String>> inputs) {
    this.model = model;
    this.modelFile = modelFile;
    this.inputs = inputs;
  }

  /**
   * A row: an object with the columns' names, or an array in the order of the columns.
   *
   * @throws BadInputException when it is neither, or the model cannot take it
   */
  List<Tensor> row(Path file, int line, JsonNode input) throws BadInputException {
    if (!input.isContainerNode() || input.isEmpty()) {
      throw new BadInputException(
          "%s:%d: input: %s (expected an object of columns, or an array)"
              .formatted(file, line, OneLine.value(input)));
    }
    List<JsonNode> cells = new ArrayList<>();
    List<String> names = null;
    if (input.isObject()) {
      names = new ArrayList<>();
      input.fieldNames().forEachRemaining(names::add);
      input.forEach(cells::add);
    } else {
      cells.add(input);
    }
    Columns columns = new Columns(file, cells.size(), names, false);
    List<Integer> features = IntStream.range(0, cells.size()).boxed().toList();
    Row row = new Row(columns, line, cells, true);
    Binding binding = Binding.of(model, modelFile, columns, features, inputs);
    if (!binding.left().isEmpty()) {
      throw row.fault(
          binding.left().get(0),
          "no input of " + modelFile + " takes it (expected " + Binding.inputs(model) + ")");
    }
    return binding.tensors(row);
  }

  /**
   * The body of a request as it was sent, in the Open Inference Protocol or with {@code instances}.
   *
   * @param file where the conflict is, at {@code line}
   * @param origin what the body is, for messages
   * @param row which row of a batch, from 0
   * @throws BadInputException when it is neither, or the model cannot take it
   */
  List<Tensor> request(Path file, int line, String origin, byte[] body, int row)
      throws BadInputException {
    String place = file + ":" + line + ": " + origin + ": ";
    try {
      JsonNode root = JsonLines.JSON.readTree(body);
      JsonNode instances = root.path("instances");
      if (instances.isArray()) {
        checkRow(place, row, instances.size());
        JsonNode instance = instances.get(row);
        // A row of one value may stand there without an array around it.
        return row(
            file,
            line,
            instance.isValueNode() ? JsonNodeFactory.instance.arrayNode().add(instance) : instance);
      }
      if (!root.path("inputs").isArray()) {
        throw new BadInputException(
            place + "expected a request with 'inputs', as Open Inference has it, or 'instances'");
      }
      List<Tensor> batch = model.read(body);
      checkRow(place, row, batch.stream().mapToLong(ConflictInput::rows).max().orElse(0));
      // A tensor with one row is every row's, as a parameter of the whole batch is.
      return batch.stream().map(tensor -> rows(tensor) == 1 ? tensor : tensor.row(row)).toList();
    } catch (JsonProcessingException e) {
      throw new BadInputException(place + "not JSON: " + OneLine.value(e.getOriginalMessage()), e);
    } catch (IOException | InvalidRequestException | IndexOutOfBoundsException e) {
      throw new BadInputException(place + OneLine.of(e), e);
    }
  }

  private static long rows(Tensor tensor) {
    return tensor.shape().isEmpty() ? 1 : tensor.shape().get(0);
  }

  private static void checkRow(String place, int row, long rows) throws BadInputException {
    if (row >= rows) {
      throw new BadInputException(
          place + rows + " rows (expected row " + row + " as well, counted from 0)");
    }
  }
}
