package io.shadowsentinel.compare.diff;

import io.shadowsentinel.compare.json.Canonical;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Numeric;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.PlaceRules;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds which elements of two arrays belong together where their index does not say so. Differences
 * stand at the champion's element; an element that only the challenger has stands at {@code -}, as
 * RFC 6901 calls the one after the last.
 */
final class Alignment {
  private Alignment() {}

  /** What becomes of the elements. */
  interface Elements {
    /** These two belong together. */
    void pair(Json ours, Json theirs, Path path, @Nullable PlaceRules place);

    /** One side alone has this. */
    void alone(@Nullable Json ours, @Nullable Json theirs, Path path);

    /** Asked before each trial; false once too much was tried. */
    boolean mayTry();

    /** True when the two would agree, if they were a pair. */
    boolean wouldAgree(Json ours, Json theirs, @Nullable PlaceRules place);
  }

  /** An element that waits for its partner. */
  private record Element(int index, Json value, @Nullable Json key) {}

  /**
   * Aligns by a key: a string, a number or a boolean inside the element. The n-th element with a
   * key belongs to the other array's n-th with it, and the n-th without any to the other's n-th
   * without.
   */
  static void byKey(
      Json.Items a,
      Json.Items b,
      List<String> steps,
      Path path,
      PlaceRules place,
      Elements elements) {
    Map<String, Deque<Element>> waiting = new LinkedHashMap<>();
    for (int i = 0; i < b.size(); i++) {
      Json key = keyOf(b.get(i), steps);
      waiting
          .computeIfAbsent(key == null ? "" : Canonical.of(key), unused -> new ArrayDeque<>(2))
          .add(new Element(i, b.get(i), key));
    }
    for (int i = 0; i < a.size(); i++) {
      Json ours = a.get(i);
      Json key = keyOf(ours, steps);
      Deque<Element> those = waiting.get(key == null ? "" : Canonical.of(key));
      Element partner = those == null ? null : those.poll();
      Path at = path.child(i, key);
      if (partner == null) {
        elements.alone(ours, null, at);
      } else {
        elements.pair(ours, partner.value(), at, place.child(i));
      }
    }
    for (Deque<Element> those : waiting.values()) {
      for (Element left : those) {
        elements.alone(null, left.value(), path.missing(left.key()));
      }
    }
  }

  private static @Nullable Json keyOf(Json element, List<String> steps) {
    Json at = Json.uncover(element);
    for (String step : steps) {
      Json below = at instanceof Json.Members members ? members.byName().get(step) : null;
      if (below == null) {
        return null;
      }
      at = Json.uncover(below);
    }
    return Json.isScalar(at) ? at : null;
  }

  /**
   * Aligns as multisets. Numbers are matched in their order, which finds a partner for each
   * wherever there is a way to do so within the tolerance; what else is equal is matched at once;
   * of the rest each takes the first that agrees, for as long as the effort lasts. What is left
   * over is shown in pairs, in its order.
   */
  static void unordered(
      Json.Items a, Json.Items b, Numeric numeric, Path path, PlaceRules place, Elements elements) {
    List<Element> ourNumbers = new ArrayList<>();
    List<Element> theirNumbers = new ArrayList<>();
    List<Element> ours = new ArrayList<>();
    List<Element> theirs = new ArrayList<>();
    split(a, ourNumbers, ours);
    split(b, theirNumbers, theirs);
    matchNumbers(ourNumbers, theirNumbers, numeric);
    matchEqual(ours, theirs);
    matchByTrial(ours, theirs, place.anyChild(), elements);
    ours.addAll(ourNumbers);
    theirs.addAll(theirNumbers);
    ours.sort(Comparator.comparingInt(Element::index));
    theirs.sort(Comparator.comparingInt(Element::index));
    for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
      Element our = i < ours.size() ? ours.get(i) : null;
      Element their = i < theirs.size() ? theirs.get(i) : null;
      elements.alone(
          our == null ? null : our.value(),
          their == null ? null : their.value(),
          our == null ? path.missing(null) : path.child(our.index()));
    }
  }

  /** Ignored elements are in neither list: without an order they have no place. */
  private static void split(Json.Items items, List<Element> numbers, List<Element> others) {
    for (int i = 0; i < items.size(); i++) {
      Json value = items.get(i);
      if (value instanceof Json.Num) {
        numbers.add(new Element(i, value, null));
      } else if (!(value instanceof Json.Ignored)) {
        others.add(new Element(i, value, null));
      }
    }
  }

  /** Leaves in both lists what has no partner. */
  private static void matchNumbers(List<Element> ours, List<Element> theirs, Numeric numeric) {
    ours.sort(Alignment::byValue);
    theirs.sort(Alignment::byValue);
    List<Element> ourRest = new ArrayList<>();
    List<Element> theirRest = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < ours.size() && j < theirs.size()) {
      Element our = ours.get(i);
      Element their = theirs.get(j);
      if (numeric.within((Json.Num) our.value(), (Json.Num) their.value())) {
        i++;
        j++;
      } else if (byValue(our, their) < 0) {
        ourRest.add(our);
        i++;
      } else {
        theirRest.add(their);
        j++;
      }
    }
    ourRest.addAll(ours.subList(i, ours.size()));
    theirRest.addAll(theirs.subList(j, theirs.size()));
    replace(ours, ourRest);
    replace(theirs, theirRest);
  }

  private static int byValue(Element a, Element b) {
    Json.Num x = (Json.Num) a.value();
    Json.Num y = (Json.Num) b.value();
    return x.value() == y.value()
        ? Numeric.exact(x.value(), x.text()).compareTo(Numeric.exact(y.value(), y.text()))
        : Double.compare(x.value(), y.value());
  }

  private static void matchEqual(List<Element> ours, List<Element> theirs) {
    Map<String, Deque<Element>> waiting = new HashMap<>();
    for (Element their : theirs) {
      waiting
          .computeIfAbsent(Canonical.of(their.value()), unused -> new ArrayDeque<>(2))
          .add(their);
    }
    List<Element> rest = new ArrayList<>();
    for (Element our : ours) {
      Deque<Element> those = waiting.get(Canonical.of(our.value()));
      if (those == null || those.poll() == null) {
        rest.add(our);
      }
    }
    replace(ours, rest);
    List<Element> unmatched = new ArrayList<>();
    waiting.values().forEach(unmatched::addAll);
    unmatched.sort(Comparator.comparingInt(Element::index));
    replace(theirs, unmatched);
  }

  private static void matchByTrial(
      List<Element> ours, List<Element> theirs, @Nullable PlaceRules place, Elements elements) {
    boolean[] taken = new boolean[theirs.size()];
    List<Element> rest = new ArrayList<>();
    for (Element our : ours) {
      int found = -1;
      for (int j = 0; j < taken.length && found < 0 && elements.mayTry(); j++) {
        if (!taken[j] && elements.wouldAgree(our.value(), theirs.get(j).value(), place)) {
          found = j;
        }
      }
      if (found < 0) {
        rest.add(our);
      } else {
        taken[found] = true;
      }
    }
    List<Element> unmatched = new ArrayList<>();
    for (int j = 0; j < taken.length; j++) {
      if (!taken[j]) {
        unmatched.add(theirs.get(j));
      }
    }
    replace(ours, rest);
    replace(theirs, unmatched);
  }

  private static void replace(List<Element> list, List<Element> with) {
    list.clear();
    list.addAll(with);
  }
}
