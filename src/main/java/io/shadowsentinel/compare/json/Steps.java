package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.ArrayList;
import java.util.List;

/** The steps of a JSON Pointer in which {@link #ANY} stands for any one. */
final class Steps {
  /** The step that stands for any one. */
  static final String ANY = "*";

  private Steps() {}

  /** The steps of a pointer, unescaped; none for the whole document. */
  static List<String> of(JsonPointer pointer) {
    List<String> steps = new ArrayList<>();
    for (JsonPointer at = pointer; !at.matches(); at = at.tail()) {
      steps.add(at.getMatchingProperty());
    }
    return List.copyOf(steps);
  }
}
