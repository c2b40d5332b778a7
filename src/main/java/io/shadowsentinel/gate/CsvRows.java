package io.shadowsentinel.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.shadowsentinel.model.OneLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of CSV as RFC 4180 has it, with blanks around cells and blank lines passed over. A first
 * line whose cells are all no numbers, but for the last, is a header.
 */
final class CsvRows implements RowSource {

  private static final CsvFactory CSV =
      CsvFactory.builder()
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  private final Path file;
  private final CsvParser parser;
  private Columns columns;
  private int line;

  /** The first row, where it is no header and not asked for yet. */
  private @Nullable List<JsonNode> first;

  private CsvRows(Path file, CsvParser parser) {
    this.file = file;
    this.parser = parser;
    this.columns = new Columns(file, 0, null, true);
  }

  static CsvRows of(Path file, BufferedReader reader) throws IOException, BadInputException {
    CsvRows rows = new CsvRows(file, CSV.createParser(reader));
    List<JsonNode> cells = rows.cells();
    if (cells == null) {
      throw new BadInputException(file + ": no rows (expected columns, and a label on each line)");
    }
    if (cells.size() < 2) {
      throw rows.fault("1 column (expected numbers and a label, with commas between)");
    }
    if (cells.subList(0, cells.size() - 1).stream()
        .noneMatch(cell -> LabelText.isNumber(cell.textValue()))) {
      List<String> names = cells.stream().map(JsonNode::textValue).toList();
      rows.columns = Columns.named(file, rows.line, names, true);
    } else {
      rows.columns = new Columns(file, cells.size(), null, true);
      rows.first = cells;
    }
    return rows;
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public @Nullable Row next() throws IOException, BadInputException {
    List<JsonNode> cells = first != null ? first : cells();
    first = null;
    if (cells == null) {
      return null;
    }
    if (cells.size() != columns.count()) {
      throw fault(cells.size() + " columns (expected " + columns.count() + ")");
    }
    return new Row(columns, line, cells, false);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private @Nullable List<JsonNode> cells() throws IOException, BadInputException {
    try {
      if (parser.nextToken() == null) {
        return null;
      }
      line = parser.currentLocation().getLineNr();
      List<JsonNode> cells = new ArrayList<>(columns.count());
      for (JsonToken t = parser.nextToken(); t == JsonToken.VALUE_STRING; t = parser.nextToken()) {
        cells.add(TextNode.valueOf(parser.getText()));
      }
      return cells;
    } catch (JsonProcessingException e) {
      line = e.getLocation() == null ? line : e.getLocation().getLineNr();
      throw fault("not CSV: " + OneLine.value(e.getOriginalMessage()));
    }
  }

  private BadInputException fault(String what) {
    return new BadInputException(file + ":" + line + ": " + what);
  }
}
