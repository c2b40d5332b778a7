package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an object of columns: each member an array with an element for each row. The members that
 * have a known name are put together row by row, and read as {@link PredictionObject} reads a row.
 */
final class ColumnReader {
  private ColumnReader() {}

  /** The rows of the columns that stand at a place; labelled when their names tell a label. */
  static Rows rows(Json.Members columns, Path path) {
    String first = PredictionObject.firstArray(columns);
    if (first != null && columns.get(first) instanceof Json.Items items) {
      Rows rows = rows(columns, items.size(), path);
      if (rows.hasLabels()) {
        return rows;
      }
    }
    return Rows.plain(count(columns));
  }

  private static Rows rows(Json.Members columns, int count, Path path) {
    Map<String, Json.Items> known = new LinkedHashMap<>();
    for (Map.Entry<String, Json> column : columns.byName().entrySet()) {
      if (PredictionObject.knows(column.getKey())
          && column.getValue() instanceof Json.Items items
          && items.size() == count) {
        known.put(column.getKey(), items);
      }
    }
    return RowReader.rows(
        count,
        row -> {
          Map<String, Json> members = new LinkedHashMap<>();
          known.forEach((name, items) -> members.put(name, items.get(row)));
          return PredictionObject.read(
              new Json.Members(members), name -> path.child(name).child(row));
        });
  }

  /** How many rows: what the columns have in common; 1 when they differ or one is no column. */
  private static int count(Json.Members columns) {
    int count = -1;
    for (Json column : columns.byName().values()) {
      Json value = Json.uncover(column);
      if (!(value instanceof Json.Items items) || (count >= 0 && count != items.size())) {
        return 1;
      }
      count = items.size();
    }
    return Math.max(0, count);
  }

  /** The columns as parts that are compared by name, row by row. */
  static List<Part> parts(Json.Members columns, Path path) {
    int count = count(columns);
    List<Part> parts = new ArrayList<>(columns.byName().size());
    columns
        .byName()
        .forEach(
            (name, value) -> {
              if (!(value instanceof Json.Ignored)) {
                Path at = path.child(name);
                boolean column = value instanceof Json.Items items && items.size() == count;
                parts.add(new Part(name, at, value, column ? 1 : 0, at::child));
              }
            });
    return parts;
  }
}
