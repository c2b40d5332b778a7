package io.shadowsentinel.gate;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.model.OneLine;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.Tensor;
import io.shadowsentinel.model.TensorBuilder;
import io.shadowsentinel.model.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which columns fill which input of a model. Immutable. */
final class Binding {

  /** An input and the positions of its columns. */
  private record Feed(TensorSpec input, List<Integer> columns) {}

  private final Path model;
  private final List<Feed> feeds;
  private final List<Integer> left;

  private Binding(Path model, List<Feed> feeds, List<Integer> left) {
    this.model = model;
    this.feeds = feeds;
    this.left = left;
  }

  /**
   * Maps columns to inputs: as the options say, else by name, else all that are left to the only
   * input.
   *
   * @param file the model's, for messages
   * @param features the positions of the columns that are for the model
   * @throws BadInputException when an input is left without a column
   */
  static Binding of(
      OnnxModel model,
      Path file,
      Columns columns,
      List<Integer> features,
      Map<String, List<String>> inputs)
      throws BadInputException {
    for (String name : inputs.keySet()) {
      if (model.inputs().stream().noneMatch(input -> input.name().equals(name))) {
        throw new BadInputException(
            "%s: no input '%s' (expected %s)".formatted(file, name, inputs(model)));
      }
    }
    List<Integer> left = new ArrayList<>(features);
    List<Feed> feeds = new ArrayList<>();
    for (TensorSpec input : model.inputs()) {
      List<Integer> positions = new ArrayList<>();
      for (String column : inputs.getOrDefault(input.name(), named(input, columns, features))) {
        positions.add(columns.position(column));
      }
      if (positions.isEmpty() && model.inputs().size() == 1) {
        positions.addAll(left);
      }
      if (positions.isEmpty()) {
        throw new BadInputException(
            "%s: no column for input '%s' of %s (expected %s)"
                .formatted(
                    columns.file(),
                    input.name(),
                    file,
                    columns.names() == null
                        ? "a header with the names of the inputs"
                        : "a column of that name"));
      }
      left.removeAll(positions);
      feeds.add(new Feed(input, List.copyOf(positions)));
    }
    return new Binding(file, List.copyOf(feeds), List.copyOf(left));
  }

  /** The positions of the columns that no input takes. */
  List<Integer> left() {
    return left;
  }

  /**
   * The model's inputs for one row.
   *
   * @throws BadInputException when a cell is nothing that its input can hold, or the shape is wrong
   */
  List<Tensor> tensors(Row row) throws BadInputException {
    List<Tensor> tensors = new ArrayList<>(feeds.size());
    for (Feed feed : feeds) {
      tensors.add(tensor(feed, row));
    }
    return tensors;
  }

  private Tensor tensor(Feed feed, Row row) throws BadInputException {
    int size = 0;
    for (int column : feed.columns()) {
      size += leaves(row.cells().get(column));
    }
    List<Long> shape = feed.input().oneRow(size);
    if (shape == null) {
      throw row.fault(
          "%s: %d values for input '%s' of %s (expected shape %s, one row of it)"
              .formatted(
                  row.columns().place(feed.columns().get(0))
                      + (feed.columns().size() > 1 ? " and the next" : ""),
                  size,
                  feed.input().name(),
                  model,
                  feed.input().shape()));
    }
    TensorBuilder values = new TensorBuilder(feed.input().datatype(), size);
    for (int column : feed.columns()) {
      JsonNode refused = add(values, row.cells().get(column), row.typed());
      if (refused != null) {
        String shown = OneLine.value(refused.isTextual() ? refused.textValue() : refused);
        throw row.fault(column, "'" + shown + "' (expected " + values.expectation() + ")");
      }
    }
    return values.tensor(feed.input().name(), shape);
  }

  private static int leaves(JsonNode cell) {
    if (!cell.isArray()) {
      return 1;
    }
    int leaves = 0;
    for (JsonNode child : cell) {
      leaves += leaves(child);
    }
    return leaves;
  }

  /** Adds a cell, or all that is in it; what the input cannot hold is given back. */
  private static @Nullable JsonNode add(TensorBuilder values, JsonNode cell, boolean typed) {
    if (!cell.isArray()) {
      boolean fits = typed ? values.add(cell) : values.addText(cell.textValue());
      return fits ? null : cell;
    }
    for (JsonNode child : cell) {
      JsonNode refused = add(values, child, typed);
      if (refused != null) {
        return refused;
      }
    }
    return null;
  }

  private static List<String> named(TensorSpec input, Columns columns, List<Integer> features) {
    List<String> names = columns.names();
    int position = names == null ? -1 : names.indexOf(input.name());
    return features.contains(position) ? List.of(input.name()) : List.of();
  }

  /** The names of a model's inputs, for a message. */
  static String inputs(OnnxModel model) {
    return Columns.shown(names(model));
  }

  private static List<String> names(OnnxModel model) {
    return model.inputs().stream().map(TensorSpec::name).toList();
  }
}
