package io.shadowsentinel.compare;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds where two answers differ: by value for numbers, within the tolerance, and exactly for the
 * rest. Ignored parts never differ, not even by being there or not. Immutable, any thread.
 */
final class Differ {
  private final Numeric numeric;

  Differ(Numeric numeric) {
    this.numeric = numeric;
  }

  /** Compares parts by name. Both answers have {@code rowCount} rows. */
  Differences compare(List<Part> champion, List<Part> challenger, int rowCount) {
    return compare(champion, challenger, rowCount, new Differences());
  }

  /** The same, collected in {@code differences}, which may leave some out. */
  Differences compare(
      List<Part> champion, List<Part> challenger, int rowCount, Differences differences) {
    Map<String, Part> others = new HashMap<>();
    challenger.forEach(part -> others.put(part.name(), part));
    for (Part part : champion) {
      Part other = others.remove(part.name());
      if (other == null) {
        differences.addToEvery(rowCount, part.path());
      } else {
        compare(part, other, differences);
      }
    }
    for (Part part : challenger) {
      if (others.containsKey(part.name())) {
        differences.addToEvery(rowCount, part.path());
      }
    }
    return differences;
  }

  private void compare(Part a, Part b, Differences differences) {
    if (a.rowWidth() == 0
        || !(a.value() instanceof Json.Items ours)
        || !(b.value() instanceof Json.Items theirs)) {
      new Walk(0, differences).values(a.value(), b.value(), a.path());
      return;
    }
    int size = Math.max(ours.size(), theirs.size());
    for (int i = 0; i < size; i++) {
      if (i < ours.size() && i < theirs.size() && sameNumber(ours, theirs, i)) {
        continue;
      }
      Part from = i < ours.size() ? a : b;
      int row = i / from.rowWidth();
      Walk walk = new Walk(row, differences);
      Json our = i < ours.size() ? ours.get(i) : null;
      Json their = i < theirs.size() ? theirs.get(i) : null;
      if (our instanceof Json.Items || our instanceof Json.Members) {
        walk.optional(our, their, from.elementPaths().apply(i));
      } else if (!walk.sameLeaf(our, their)) {
        differences.add(
            row, differences.keepsNextPath() ? from.elementPaths().apply(i) : Path.ROOT);
      }
    }
  }

  private boolean sameNumber(Json.Items ours, Json.Items theirs, int i) {
    return ours instanceof Json.Numbers x
        && theirs instanceof Json.Numbers y
        && numeric.within(x.values()[i], x.text(i), y.values()[i], y.text(i));
  }

  /** Walks two values beside each other, on behalf of one row. */
  private final class Walk {
    private final int row;
    private final Differences differences;

    Walk(int row, Differences differences) {
      this.row = row;
      this.differences = differences;
    }

    void values(Json a, Json b, Path path) {
      if (a instanceof Json.Members x && b instanceof Json.Members y) {
        members(x.byName(), y.byName(), path);
      } else if (a instanceof Json.Items x && b instanceof Json.Items y) {
        items(x, y, path);
      } else if (!sameLeaf(a, b)) {
        differences.add(row, path);
      }
    }

    /** The same for values of which either may not be there. */
    void optional(@Nullable Json a, @Nullable Json b, Path path) {
      if (a != null && b != null) {
        values(a, b, path);
      } else if (!sameLeaf(a, b)) {
        differences.add(row, path);
      }
    }

    private void members(Map<String, Json> a, Map<String, Json> b, Path path) {
      for (Map.Entry<String, Json> member : a.entrySet()) {
        Json other = b.get(member.getKey());
        if (isLeaf(member.getValue())) {
          if (!sameLeaf(member.getValue(), other)) {
            differences.add(row, path.child(member.getKey()));
          }
        } else {
          optional(member.getValue(), other, path.child(member.getKey()));
        }
      }
      for (Map.Entry<String, Json> member : b.entrySet()) {
        if (!a.containsKey(member.getKey()) && !(member.getValue() instanceof Json.Ignored)) {
          differences.add(row, path.child(member.getKey()));
        }
      }
    }

    private void items(Json.Items a, Json.Items b, Path path) {
      int both = Math.min(a.size(), b.size());
      for (int i = 0; i < both; i++) {
        if (sameNumber(a, b, i)) {
          continue;
        }
        Json ours = a.get(i);
        if (!isLeaf(ours)) {
          values(ours, b.get(i), path.child(i));
        } else if (!sameLeaf(ours, b.get(i))) {
          differences.add(row, path.child(i));
        }
      }
      Json.Items longer = a.size() > both ? a : b;
      for (int i = both; i < longer.size(); i++) {
        if (!(longer.get(i) instanceof Json.Ignored)) {
          differences.add(row, path.child(i));
        }
      }
    }

    private boolean isLeaf(Json value) {
      return !(value instanceof Json.Members) && !(value instanceof Json.Items);
    }

    /** For values of which one at least is no array or object; null stands for not there. */
    boolean sameLeaf(@Nullable Json a, @Nullable Json b) {
      if (a instanceof Json.Ignored || b instanceof Json.Ignored) {
        return true;
      }
      if (a instanceof Json.Num x && b instanceof Json.Num y) {
        return numeric.within(x, y);
      }
      if (a instanceof Json.Text x && b instanceof Json.Text y) {
        return x.value().equals(y.value());
      }
      return a instanceof Json.Literal && a == b;
    }
  }
}
