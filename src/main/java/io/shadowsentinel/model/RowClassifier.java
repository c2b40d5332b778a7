package io.shadowsentinel.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model that takes a row of numbers and gives a label. One thread. */
final class RowClassifier {

  private final OnnxModel model;
  private final TensorSpec input;
  private final List<Long> shape;

  /** The output that holds the label, or the scores whose highest is taken. */
  private final TensorSpec output;

  private RowClassifier(OnnxModel model, TensorSpec input, List<Long> shape, TensorSpec output) {
    this.model = model;
    this.input = input;
    this.shape = shape;
    this.output = output;
  }

  /**
   * @throws BadInputException when the model is none that gives a label for {@code features}
   *     numbers
   */
  static RowClassifier of(OnnxModel model, Path file, int features) throws BadInputException {
    if (model.inputs().size() != 1 || model.inputs().get(0).datatype() == DataType.BYTES) {
      throw new BadInputException(
          file + ": inputs " + model.inputs() + " (expected one tensor of numbers)");
    }
    TensorSpec input = model.inputs().get(0);
    List<Long> shape = oneRow(input, features);
    if (shape == null) {
      throw new BadInputException(
          "%s: input '%s' has shape %s, the data %d numbers a row"
              .formatted(file, input.name(), input.shape(), features));
    }
    List<TensorSpec> outputs = model.outputs();
    TensorSpec output =
        outputs.stream()
            .filter(TensorSpec::isDiscreteColumn)
            .findFirst()
            .or(() -> outputs.stream().filter(TensorSpec::isScoreMatrix).findFirst())
            .orElseThrow(
                () ->
                    new BadInputException(
                        file + ": no output holds a label or a score for each class"));
    return new RowClassifier(model, input, shape, output);
  }

  /** The shape that carries one row; null when the model takes none of that size. */
  private static @Nullable List<Long> oneRow(TensorSpec input, int features) {
    if (input.shape().isEmpty()) {
      return List.of(1L, (long) features);
    }
    List<Long> shape = new ArrayList<>(input.shape());
    if (shape.get(0) > 1 || shape.size() < 2) {
      return null;
    }
    shape.set(0, 1L);
    long known = 1;
    int free = -1;
    for (int i = 1; i < shape.size(); i++) {
      if (shape.get(i) >= 0) {
        known *= shape.get(i);
      } else if (free < 0) {
        free = i;
      } else {
        return null;
      }
    }
    if (free >= 0 && known > 0 && features % known == 0) {
      shape.set(free, features / known);
      return shape;
    }
    return free < 0 && known == features ? shape : null;
  }

  /** The row as the model's type has it; null when it holds a number that the type cannot. */
  @Nullable Tensor tensor(double[] features) {
    TensorBuilder values = new TensorBuilder(input.datatype(), features.length);
    for (double feature : features) {
      if (!values.addNumber(feature)) {
        return null;
      }
    }
    return new Tensor(input.name(), input.datatype(), shape, values.array(), null);
  }

  /** What the input's type can hold, for a message. */
  String expectation() {
    return new TensorBuilder(input.datatype(), 0).expectation();
  }

  String label(Tensor row) {
    return read(answer(row));
  }

  /** The model's answer to one row; what the gate measures the time of. */
  Tensor answer(Tensor row) {
    return model.infer(List.of(row), Set.of(output.name())).get(0);
  }

  private String read(Tensor answer) {
    List<String> classes = model.classes();
    if (!answer.datatype().isFloating()) {
      String label = LabelledRows.canonical(answer.text(0));
      return classes == null || classes.contains(label) ? label : named(classes, label);
    }
    int best = Scores.best(answer, 0, answer.size());
    List<String> columns = answer.classes() == null ? classes : answer.classes();
    return LabelledRows.canonical(
        columns == null || best >= columns.size() ? String.valueOf(best) : columns.get(best));
  }

  /** A model that answers positions, with names for them, means the names. */
  private static String named(List<String> classes, String label) {
    for (int i = 0; i < classes.size(); i++) {
      if (label.equals(String.valueOf(i))) {
        return LabelledRows.canonical(classes.get(i));
      }
    }
    return label;
  }
}
