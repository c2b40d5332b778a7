package io.shadowsentinel.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of JSON Lines: the keys of the first object name the columns, and every object has them. */
final class JsonRows implements RowSource {

  private final JsonLines lines;
  private final Columns columns;
  private @Nullable ObjectNode first;

  private JsonRows(JsonLines lines, Columns columns, ObjectNode first) {
    this.lines = lines;
    this.columns = columns;
    this.first = first;
  }

  static JsonRows of(Path file, BufferedReader reader) throws IOException, BadInputException {
    JsonLines lines = new JsonLines(file, reader);
    ObjectNode first = lines.next();
    if (first == null) {
      throw new BadInputException(file + ": no rows (expected an object on each line)");
    }
    List<String> names = new ArrayList<>();
    first.fieldNames().forEachRemaining(names::add);
    if (names.size() < 2) {
      throw lines.fault(names.size() + " keys (expected columns and a label)");
    }
    return new JsonRows(lines, Columns.named(file, lines.line(), names, false), first);
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public @Nullable Row next() throws IOException, BadInputException {
    ObjectNode object = first != null ? first : lines.next();
    first = null;
    return object == null ? null : row(columns, lines.line(), object);
  }

  /**
   * An object's values in the order of the columns.
   *
   * @throws BadInputException when it has other keys
   */
  static Row row(Columns columns, int line, ObjectNode object) throws BadInputException {
    List<String> names = columns.names() == null ? List.of() : columns.names();
    List<JsonNode> cells = new ArrayList<>(names.size());
    Row row = new Row(columns, line, cells, true);
    for (int i = 0; i < names.size(); i++) {
      JsonNode cell = object.get(names.get(i));
      if (cell == null) {
        throw row.fault(i, "missing (expected the same keys on each line)");
      }
      cells.add(cell);
    }
    if (object.size() != names.size()) {
      List<String> over = new ArrayList<>();
      object.fieldNames().forEachRemaining(over::add);
      over.removeAll(names);
      throw row.fault("'" + over.get(0) + "': unknown column (expected the same on each line)");
    }
    return row;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
