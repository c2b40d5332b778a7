package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.Noise;
import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import java.util.List;

/**
 * Tells whether something is left of an answer to compare, when its noise is left out. Without that
 * a challenger would agree by saying anything.
 */
final class Remainder {
  private final Noise noise;

  private Remainder(Noise noise) {
    this.noise = noise;
  }

  /** True when some value of some part is neither noise nor ignored. */
  static boolean isLeft(List<Part> parts, Noise noise) {
    Remainder remainder = new Remainder(noise);
    for (Part part : parts) {
      if (remainder.isLeft(part)) {
        return true;
      }
    }
    return false;
  }

  private boolean isLeft(Part part) {
    if (part.rowWidth() == 0 || !(part.value() instanceof Json.Items items) || items.size() == 0) {
      return isLeft(part.value(), part.path());
    }
    int looked = items instanceof Json.Numbers ? 1 : items.size();
    for (int i = 0; i < looked; i++) {
      if (isLeft(items.get(i), part.elementPaths().apply(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean isLeft(Json value, Path path) {
    if (noise.covers(path.folded())) {
      // What is below may be told apart by this place alone, as in an array without an order.
      return false;
    }
    if (value instanceof Json.Members members && !members.byName().isEmpty()) {
      return members.byName().entrySet().stream()
          .anyMatch(member -> isLeft(member.getValue(), path.child(member.getKey())));
    }
    if (value instanceof Json.Items items && items.size() > 0) {
      return isLeft(items, path);
    }
    return !(value instanceof Json.Ignored);
  }

  /** The leaves of an array fold into one path, so one of them speaks for all. */
  private boolean isLeft(Json.Items items, Path path) {
    boolean leafSeen = false;
    int looked = items instanceof Json.Numbers ? 1 : items.size();
    for (int i = 0; i < looked; i++) {
      Json item = items.get(i);
      boolean leaf = Json.isScalar(item) || item == Json.Literal.NULL;
      if (leaf && leafSeen) {
        continue;
      }
      leafSeen |= leaf;
      if (isLeft(item, path.child(i))) {
        return true;
      }
    }
    return false;
  }
}
