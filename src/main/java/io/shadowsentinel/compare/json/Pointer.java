package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A JSON Pointer that may name many places: {@code *} stands for any one step, and an array at its
 * end stands for its elements. Reads labels and confidences, a row for each place.
 */
public final class Pointer {
  private final String text;
  private final List<String> steps;

  public Pointer(JsonPointer pointer) {
    this.text = pointer.toString();
    this.steps = Steps.of(pointer);
  }

  /** What stands at the places that the pointer names. */
  public record Found(List<Json> values, List<Path> paths, boolean everywhere) {}

  /**
   * Looks the pointer up, also in ignored parts.
   *
   * @return the values in document order; {@code everywhere} is false when a place that the pointer
   *     names is missing or null
   */
  public Found find(Json document) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>(), true);
    boolean everywhere = collect(document, Path.ROOT, 0, found);
    return new Found(found.values(), found.paths(), everywhere);
  }

  private boolean collect(Json place, Path path, int depth, Found found) {
    Json value = Json.uncover(place);
    if (depth == steps.size()) {
      return collectEnd(value, path, found);
    }
    String step = steps.get(depth);
    boolean everywhere = true;
    if (value instanceof Json.Members members) {
      if (step.equals(Steps.ANY)) {
        for (Map.Entry<String, Json> member : members.byName().entrySet()) {
          everywhere &= collect(member.getValue(), path.child(member.getKey()), depth + 1, found);
        }
        return everywhere;
      }
      Json member = members.byName().get(step);
      return member != null && collect(member, path.child(step), depth + 1, found);
    }
    if (value instanceof Json.Items items) {
      if (step.equals(Steps.ANY)) {
        for (int i = 0; i < items.size(); i++) {
          everywhere &= collect(items.get(i), path.child(i), depth + 1, found);
        }
        return everywhere;
      }
      int index = index(step);
      return index >= 0
          && index < items.size()
          && collect(items.get(index), path.child(index), depth + 1, found);
    }
    return false;
  }

  private static boolean collectEnd(Json value, Path path, Found found) {
    if (value instanceof Json.Items items) {
      boolean everywhere = true;
      for (int i = 0; i < items.size(); i++) {
        Json item = Json.uncover(items.get(i));
        everywhere &= item != Json.Literal.NULL;
        found.values().add(item);
        found.paths().add(path.child(i));
      }
      return everywhere;
    }
    found.values().add(value);
    found.paths().add(path);
    return value != Json.Literal.NULL;
  }

  /** The index that a step names as RFC 6901 writes one, or -1. */
  private static int index(String step) {
    if (step.isEmpty() || step.length() > 9 || (step.length() > 1 && step.charAt(0) == '0')) {
      return -1;
    }
    int index = 0;
    for (int i = 0; i < step.length(); i++) {
      char c = step.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      index = index * 10 + (c - '0');
    }
    return index;
  }

  @Override
  public String toString() {
    return text;
  }
}
