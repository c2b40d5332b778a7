package io.shadowsentinel.gate;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.model.OneLine;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a file of rows as the cases of a model. */
final class CaseReader {

  /** 160 MB as doubles: a gate's data is a sample, and a runaway file must not take the heap. */
  private static final long MOST_VALUES = 20_000_000;

  private final Path file;
  private final DataOptions options;
  private final boolean numbers;

  /**
   * @param numbers whether labels must be numbers, as a regressor's targets are
   */
  CaseReader(Path file, DataOptions options, boolean numbers) {
    this.file = file;
    this.options = options;
    this.numbers = numbers;
  }

  /** The cases, and the columns that the model has no input for. */
  record Cases(List<Case> all, List<String> left) {}

  /**
   * @throws BadInputException when the file cannot be read, has no row, or does not fit the model
   */
  Cases read(OnnxModel model, Path modelFile) throws BadInputException {
    try (RowSource rows = RowSource.open(file)) {
      Columns columns = rows.columns();
      int label = columns.label(options.label());
      Binding binding =
          Binding.of(
              model,
              modelFile,
              columns,
              columns.features(label, options.ignored()),
              options.inputs());
      List<Case> cases = new ArrayList<>();
      long values = 0;
      for (Row row = rows.next(); row != null; row = rows.next()) {
        List<Tensor> inputs = binding.tensors(row);
        values += inputs.stream().mapToLong(Tensor::size).sum() + 1;
        if (values > MOST_VALUES) {
          throw row.fault("over " + MOST_VALUES + " values (expected a smaller sample)");
        }
        String text = label(row, label);
        cases.add(new Case(file, row.line(), inputs, text, target(row, label, text)));
      }
      if (cases.isEmpty()) {
        throw new BadInputException(file + ": no rows (expected one at least, under the header)");
      }
      return new Cases(cases, binding.left().stream().map(columns::place).toList());
    } catch (IOException e) {
      throw TextFile.unreadable(file, e);
    }
  }

  private static String label(Row row, int column) throws BadInputException {
    JsonNode cell = row.cells().get(column);
    if (!cell.isValueNode() || cell.isNull() || cell.asText().isEmpty()) {
      String shown = cell.isTextual() ? "empty" : OneLine.value(cell);
      throw row.fault(column, shown + " (expected a label)");
    }
    return LabelText.canonical(cell.asText());
  }

  private double target(Row row, int column, String text) throws BadInputException {
    if (!numbers) {
      return Double.NaN;
    }
    double target = LabelText.isNumber(text) ? Double.parseDouble(text) : Double.NaN;
    if (!Double.isFinite(target)) {
      throw row.fault(column, "'" + OneLine.value(text) + "' (expected a finite number)");
    }
    return target;
  }
}
