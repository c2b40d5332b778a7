package io.shadowsentinel.compare.diff;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Numeric;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.PlaceRules;
import io.shadowsentinel.compare.text.TextComparison;
import io.shadowsentinel.compare.text.TextResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds where two answers differ: by value for numbers, within the tolerance of their place, as the
 * settings say for strings, and exactly for the rest. Arrays are aligned by index, or as {@link
 * PlaceSettings} says. Ignored parts never differ, not even by being there or not. Immutable, any
 * thread.
 */
public final class Differ {
  private final Numeric numeric;
  private final TextComparison texts;
  private final @Nullable PlaceRules rules;

  /** Strings are compared as they are, and arrays by index. */
  public Differ(Numeric numeric) {
    this(numeric, TextComparison.EXACT, null);
  }

  public Differ(Numeric numeric, TextComparison texts, @Nullable PlaceRules rules) {
    this.numeric = numeric;
    this.texts = texts;
    this.rules = rules;
  }

  /** Compares parts by name. Both answers have {@code rowCount} rows. */
  public Differences compare(List<Part> champion, List<Part> challenger, int rowCount) {
    return compare(champion, challenger, rowCount, new Differences());
  }

  /** The same, collected in {@code differences}, which may leave some out. */
  public Differences compare(
      List<Part> champion, List<Part> challenger, int rowCount, Differences differences) {
    Effort effort = new Effort();
    Map<String, Part> others = new HashMap<>();
    challenger.forEach(part -> others.put(part.name(), part));
    for (Part part : champion) {
      Part other = others.remove(part.name());
      if (other == null) {
        differences.addToEvery(rowCount, part.path(), part.value(), null);
      } else {
        compare(part, other, differences, effort);
      }
    }
    for (Part part : challenger) {
      if (others.containsKey(part.name())) {
        differences.addToEvery(rowCount, part.path(), null, part.value());
      }
    }
    return differences;
  }

  private void compare(Part a, Part b, Differences differences, Effort effort) {
    TextComparison how = a.verbatim() ? TextComparison.EXACT : texts;
    if (a.rowWidth() == 0
        || !(a.value() instanceof Json.Items ours)
        || !(b.value() instanceof Json.Items theirs)) {
      new Walk(0, differences, how, effort)
          .values(a.value(), b.value(), a.path(), a.path().follow(rules));
      return;
    }
    int size = Math.max(ours.size(), theirs.size());
    Numeric rowNumeric = rowNumeric(a, size);
    for (int i = 0; i < size; i++) {
      if (i < ours.size() && i < theirs.size() && sameNumber(ours, theirs, i, rowNumeric)) {
        continue;
      }
      Part from = i < ours.size() ? a : b;
      int row = i / from.rowWidth();
      Walk walk = new Walk(row, differences, how, effort);
      Json our = i < ours.size() ? ours.get(i) : null;
      Json their = i < theirs.size() ? theirs.get(i) : null;
      if (our instanceof Json.Items || our instanceof Json.Members) {
        Path path = from.elementPaths().apply(i);
        walk.optional(our, their, path, path.follow(rules));
      } else {
        TextResult result = walk.leaf(our, their, rowNumeric);
        if (!result.isSame()) {
          boolean keeps = differences.keepsNextPath() || !result.isDifferent();
          Path path = keeps ? from.elementPaths().apply(i) : Path.ROOT;
          differences.add(row, path, our, their, result);
        }
      }
    }
  }

  /** One tolerance for the numbers of all rows: their index is that of a row, and says nothing. */
  private Numeric rowNumeric(Part part, int size) {
    if (rules == null || size == 0) {
      return numeric;
    }
    Path first =
        part.value() instanceof Json.Items items && items.size() > 0
            ? part.elementPaths().apply(0)
            : part.path();
    return PlaceRules.numeric(first.followAny(rules, part.path()), numeric);
  }

  private static boolean sameNumber(Json.Items ours, Json.Items theirs, int i, Numeric numeric) {
    return ours instanceof Json.Numbers x
        && theirs instanceof Json.Numbers y
        && numeric.within(x.values()[i], x.text(i), y.values()[i], y.text(i));
  }

  /**
   * How many values may be looked at in search of a partner, for one pair of answers: every element
   * may have to be held against every other, and each may be large. Beyond, elements count as
   * different.
   */
  static final class Effort {
    static final int MAX_VALUES = 2_000_000;

    private int left = MAX_VALUES;

    boolean take(int values) {
      left -= Math.min(values, left);
      return left > 0;
    }
  }

  /** Walks two values beside each other, on behalf of one row. */
  private final class Walk implements Alignment.Elements {
    private final int row;
    private final Differences differences;
    private final TextComparison texts;
    private final Effort effort;
    private final boolean probing;

    Walk(int row, Differences differences, TextComparison texts, Effort effort) {
      this(row, differences, texts, effort, false);
    }

    private Walk(
        int row, Differences differences, TextComparison texts, Effort effort, boolean probing) {
      this.row = row;
      this.differences = differences;
      this.texts = texts;
      this.effort = effort;
      this.probing = probing;
    }

    void values(Json a, Json b, Path path, @Nullable PlaceRules place) {
      if (a instanceof Json.Members x && b instanceof Json.Members y) {
        members(x.byName(), y.byName(), path, place);
      } else if (a instanceof Json.Items x && b instanceof Json.Items y) {
        items(x, y, path, place);
      } else {
        differences.add(row, path, a, b, leaf(a, b, PlaceRules.numeric(place, numeric)));
      }
    }

    /** The same for values of which either may not be there. */
    void optional(@Nullable Json a, @Nullable Json b, Path path, @Nullable PlaceRules place) {
      if (a != null && b != null) {
        values(a, b, path, place);
      } else {
        differences.add(row, path, a, b, leaf(a, b, numeric));
      }
    }

    private void members(
        Map<String, Json> a, Map<String, Json> b, Path path, @Nullable PlaceRules place) {
      if (isDone(a.size())) {
        return;
      }
      for (Map.Entry<String, Json> member : a.entrySet()) {
        String name = member.getKey();
        Json ours = member.getValue();
        Json theirs = b.get(name);
        PlaceRules below = place == null ? null : place.child(name);
        if (isLeaf(ours)) {
          TextResult result = leaf(ours, theirs, PlaceRules.numeric(below, numeric));
          if (!result.isSame()) {
            differences.add(row, path.child(name), ours, theirs, result);
          }
        } else {
          optional(ours, theirs, path.child(name), below);
        }
      }
      for (Map.Entry<String, Json> member : b.entrySet()) {
        if (!a.containsKey(member.getKey()) && !(member.getValue() instanceof Json.Ignored)) {
          Path there = path.child(member.getKey());
          differences.add(row, there, null, member.getValue(), TextResult.DIFFERENT);
        }
      }
    }

    private void items(Json.Items a, Json.Items b, Path path, @Nullable PlaceRules place) {
      if (isDone(Math.min(a.size(), b.size()))) {
        return;
      }
      if (place != null && place.key() != null) {
        Alignment.byKey(a, b, place.key(), path, place, this);
      } else if (place != null && place.isUnordered()) {
        Numeric elements = PlaceRules.numeric(place.anyChild(), numeric);
        Alignment.unordered(a, b, elements, path, place, this);
      } else {
        byIndex(a, b, path, place);
      }
    }

    private void byIndex(Json.Items a, Json.Items b, Path path, @Nullable PlaceRules place) {
      int both = Math.min(a.size(), b.size());
      for (int i = 0; i < both; i++) {
        PlaceRules below = place == null ? null : place.child(i);
        Numeric numbers = PlaceRules.numeric(below, numeric);
        if (sameNumber(a, b, i, numbers)) {
          continue;
        }
        Json ours = a.get(i);
        if (!isLeaf(ours)) {
          values(ours, b.get(i), path.child(i), below);
        } else {
          TextResult result = leaf(ours, b.get(i), numbers);
          if (!result.isSame()) {
            differences.add(row, path.child(i), ours, b.get(i), result);
          }
        }
      }
      for (int i = both; i < a.size(); i++) {
        alone(a.get(i), null, path.child(i));
      }
      for (int i = both; i < b.size(); i++) {
        alone(null, b.get(i), path.child(i));
      }
    }

    @Override
    public void pair(Json ours, Json theirs, Path path, @Nullable PlaceRules place) {
      values(ours, theirs, path, place);
    }

    @Override
    public void alone(@Nullable Json ours, @Nullable Json theirs, Path path) {
      if (!(ours instanceof Json.Ignored) && !(theirs instanceof Json.Ignored)) {
        differences.add(row, path, ours, theirs, TextResult.DIFFERENT);
      }
    }

    @Override
    public boolean mayTry() {
      return effort.take(1);
    }

    @Override
    public boolean wouldAgree(Json ours, Json theirs, @Nullable PlaceRules place) {
      Differences probe = new Differences();
      new Walk(row, probe, texts, effort, true).values(ours, theirs, Path.ROOT, place);
      return probe.isSame();
    }

    /** True when a search for a partner need not, or may not, look any further. */
    private boolean isDone(int values) {
      if (!probing) {
        return false;
      }
      if (differences.isSame() && !effort.take(values)) {
        differences.add(row, Path.ROOT, null, null, TextResult.DIFFERENT);
      }
      return !differences.isSame();
    }

    private boolean isLeaf(Json value) {
      return !(value instanceof Json.Members) && !(value instanceof Json.Items);
    }

    /** For values of which one at least is no array or object; null stands for not there. */
    TextResult leaf(@Nullable Json a, @Nullable Json b, Numeric numbers) {
      if (a instanceof Json.Ignored || b instanceof Json.Ignored) {
        return TextResult.SAME;
      }
      if (a instanceof Json.Text x && b instanceof Json.Text y) {
        // A text that is taken apart costs about as much as a value for every few characters.
        if (probing && !effort.take((x.value().length() + y.value().length()) / 8)) {
          return TextResult.DIFFERENT;
        }
        return texts.compare(x.value(), y.value());
      }
      if (a instanceof Json.Num x && b instanceof Json.Num y) {
        return numbers.within(x, y) ? TextResult.SAME : TextResult.DIFFERENT;
      }
      return a instanceof Json.Literal && a == b ? TextResult.SAME : TextResult.DIFFERENT;
    }
  }
}
