package io.shadowsentinel.gate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of the data are for, where their names do not say it.
 *
 * @param label the column of the label; null takes the one named {@code label}, else the last
 * @param ignored columns that no model gets
 * @param inputs the columns of an input, in order, by the input's name; inputs that are not in it
 *     take the column of their name, and a model's only input takes all that are left
 */
public record DataOptions(
    @Nullable String label, Set<String> ignored, Map<String, List<String>> inputs) {

  /** Nothing but what the names say. */
  public static final DataOptions DEFAULTS = new DataOptions(null, Set.of(), Map.of());

  public DataOptions {
    ignored = Set.copyOf(ignored);
    Map<String, List<String>> copy = new LinkedHashMap<>();
    inputs.forEach((input, columns) -> copy.put(input, List.copyOf(columns)));
    inputs = Collections.unmodifiableMap(copy);
  }

  /**
   * Reads {@code NAME=COLUMN,COLUMN}.
   *
   * @throws IllegalArgumentException when the text is none, or an input comes twice
   */
  public static Map<String, List<String>> inputs(List<String> texts) {
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      List<String> columns = new ArrayList<>();
      if (equals > 0) {
        Collections.addAll(columns, text.substring(equals + 1).split(",", -1));
      }
      if (columns.isEmpty() || columns.contains("")) {
        throw new IllegalArgumentException(
            "input: '" + text + "' (expected NAME=COLUMN, or NAME=COLUMN,COLUMN)");
      }
      if (inputs.put(text.substring(0, equals), columns) != null) {
        throw new IllegalArgumentException("input: '" + text + "' (expected each input once)");
      }
    }
    return inputs;
  }
}
