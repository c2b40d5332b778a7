package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Observation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts rows by the champion's label and the challenger's. Shows the {@value #MAX_SHOWN} most
 * frequent labels of the first {@value #MAX_LABELS} that were seen; the rest is one label, «other».
 * One thread.
 */
final class ConfusionMatrix {
  static final int MAX_SHOWN = 50;

  /** More than are shown, so that a label that becomes frequent late is among them. */
  static final int MAX_LABELS = 200;

  /** The number of «other»: the first of all. */
  private static final int OTHER = 0;

  private final Map<String, Integer> numbers = new HashMap<>();

  /** By champion's number and challenger's; only cells that are not 0. */
  private final Map<Integer, long[]> cells = new HashMap<>();

  private long rows;
  private long rowsAgree;
  private long rowsBeyond;

  void add(Observation seen) {
    rowsBeyond += seen.rowsBeyond();
    for (int row = 0; row < seen.championLabels().size(); row++) {
      String ours = seen.championLabels().get(row);
      String theirs = seen.challengerLabels().get(row);
      rows++;
      rowsAgree += ours.equals(theirs) ? 1 : 0;
      cells.computeIfAbsent(key(number(ours), number(theirs)), unused -> new long[1])[0]++;
    }
  }

  private int number(String label) {
    Integer known = numbers.get(label);
    if (known != null) {
      return known;
    }
    if (numbers.size() == MAX_LABELS) {
      return OTHER;
    }
    numbers.put(label, numbers.size() + 1);
    return numbers.size();
  }

  private static int key(int ours, int theirs) {
    return ours * (MAX_LABELS + 1) + theirs;
  }

  InsightReport.Confusion report(String route, @Nullable String experiment) {
    long[] frequency = new long[MAX_LABELS + 1];
    cells.forEach(
        (key, count) -> {
          frequency[key / (MAX_LABELS + 1)] += count[0];
          frequency[key % (MAX_LABELS + 1)] += count[0];
        });
    List<String> shown =
        numbers.keySet().stream()
            .sorted(
                Comparator.comparingLong((String label) -> -frequency[number(label)])
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MAX_SHOWN)
            .toList();
    return new InsightReport.Confusion(
        route, experiment, rows, rowsAgree, rowsBeyond, shown, counts(shown));
  }

  private List<List<Long>> counts(List<String> shown) {
    int other = shown.size();
    int[] place = new int[MAX_LABELS + 1];
    Arrays.fill(place, other);
    for (int i = 0; i < other; i++) {
      place[number(shown.get(i))] = i;
    }
    List<List<Long>> counts = new ArrayList<>();
    for (int i = 0; i <= other; i++) {
      counts.add(new ArrayList<>(Collections.nCopies(other + 1, 0L)));
    }
    cells.forEach(
        (key, count) -> {
          List<Long> line = counts.get(place[key / (MAX_LABELS + 1)]);
          int column = place[key % (MAX_LABELS + 1)];
          line.set(column, line.get(column) + count[0]);
        });
    return counts.stream().map(List::copyOf).toList();
  }
}
