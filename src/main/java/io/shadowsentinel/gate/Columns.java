package io.shadowsentinel.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a file of rows.
 *
 * @param names null where the file does not name them
 * @param numbered whether a column has a number that a reader can count to, as in CSV
 */
record Columns(Path file, int count, @Nullable List<String> names, boolean numbered) {

  Columns {
    names = names == null ? null : List.copyOf(names);
  }

  /**
   * @throws BadInputException when a name is empty or comes twice
   */
  static Columns named(Path file, int line, List<String> names, boolean numbered)
      throws BadInputException {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isEmpty() || !seen.add(names.get(i))) {
        throw new BadInputException(
            "%s:%d: column %d: '%s' (expected a name that no other column has)"
                .formatted(file, line, i + 1, names.get(i)));
      }
    }
    return new Columns(file, names.size(), names, numbered);
  }

  /** The position of the label. */
  int label(@Nullable String wanted) throws BadInputException {
    if (wanted != null) {
      return position(wanted);
    }
    int named = names == null ? -1 : names.indexOf("label");
    return named >= 0 ? named : count - 1;
  }

  /**
   * The position of a column.
   *
   * @throws BadInputException when there is none of that name
   */
  int position(String name) throws BadInputException {
    int position = names == null ? -1 : names.indexOf(name);
    if (position < 0) {
      throw new BadInputException(
          "%s: no column '%s' (expected %s)"
              .formatted(file, name, names == null ? "a header that names it" : shown(names)));
    }
    return position;
  }

  /** All positions but one, and but those that are to be ignored. */
  List<Integer> features(int label, Set<String> ignored) throws BadInputException {
    Set<Integer> out = new HashSet<>();
    out.add(label);
    for (String name : ignored) {
      out.add(position(name));
    }
    List<Integer> features = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!out.contains(i)) {
        features.add(i);
      }
    }
    return features;
  }

  /** What a column is called in a message. */
  String place(int position) {
    String name = names == null ? "" : " '" + names.get(position) + "'";
    return "column" + (numbered ? " " + (position + 1) : "") + name;
  }

  static String shown(List<String> names) {
    return names.size() <= 12
        ? "one of " + String.join(", ", names)
        : "one of " + String.join(", ", names.subList(0, 12)) + ", ...";
  }
}
