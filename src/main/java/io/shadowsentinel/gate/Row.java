package io.shadowsentinel.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One row of the data.
 *
 * @param typed true where a cell has the type that it was written with, as in JSON; false where
 *     every cell is a text, and its column says what it means
 */
record Row(Columns columns, int line, List<JsonNode> cells, boolean typed) {

  BadInputException fault(String what) {
    return new BadInputException(columns.file() + ":" + line + ": " + what);
  }

  BadInputException fault(int column, String what) {
    return fault(columns.place(column) + ": " + what);
  }
}
