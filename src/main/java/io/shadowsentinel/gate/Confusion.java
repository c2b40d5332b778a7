package io.shadowsentinel.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How often each label was answered with each. Of more than {@value #MOST_LABELS} labels the rarest
 * stand together as {@value #OTHERS}, the last.
 *
 * @param labels of the data and of the answers, in order
 * @param counts a row for each label of the data, a column for each answer
 */
public record Confusion(List<String> labels, List<List<Integer>> counts) {

  /** What a report holds; the square of it is what a page or a reader must take. */
  static final int MOST_LABELS = 200;

  static final String OTHERS = "(others)";

  public Confusion {
    labels = List.copyOf(labels);
    counts = counts.stream().map(List::copyOf).toList();
  }

  /** How many rows of the data have a label. */
  public int rows(int label) {
    return counts.get(label).stream().mapToInt(Integer::intValue).sum();
  }

  /** The same with no more labels than that, the rarest of them together. */
  public Confusion folded(int most) {
    if (labels.size() <= most) {
      return this;
    }
    Tally tally = new Tally();
    for (int truth = 0; truth < labels.size(); truth++) {
      for (int answer = 0; answer < labels.size(); answer++) {
        int count = counts.get(truth).get(answer);
        if (count > 0) {
          tally.add(labels.get(truth), labels.get(answer), count);
        }
      }
    }
    return tally.result(most);
  }

  /** Answers on their way in. One thread. */
  static final class Tally {
    private final Map<String, Map<String, Integer>> byTruth = new TreeMap<>(LabelText.ORDER);

    void add(String truth, String answer, int count) {
      byTruth.computeIfAbsent(truth, unused -> new TreeMap<>()).merge(answer, count, Integer::sum);
    }

    Confusion result(int most) {
      Map<String, Integer> weight = new HashMap<>();
      byTruth.forEach(
          (truth, answers) ->
              answers.forEach(
                  (answer, count) -> {
                    weight.merge(truth, count, Integer::sum);
                    weight.merge(answer, count, Integer::sum);
                  }));
      boolean tooMany = weight.size() > most;
      List<String> labels = new ArrayList<>(weight.keySet());
      if (tooMany) {
        labels.remove(OTHERS);
        labels.sort(Comparator.comparing(weight::get, Comparator.reverseOrder()));
        labels = new ArrayList<>(labels.subList(0, most - 1));
      }
      labels.sort(LabelText.ORDER);
      if (tooMany) {
        labels.add(OTHERS);
      }
      return counted(labels);
    }

    private Confusion counted(List<String> labels) {
      Map<String, Integer> places = new HashMap<>();
      IntStream.range(0, labels.size()).forEach(i -> places.put(labels.get(i), i));
      int last = labels.size() - 1;
      int[][] counts = new int[labels.size()][labels.size()];
      byTruth.forEach(
          (truth, answers) ->
              answers.forEach(
                  (answer, count) ->
                      counts[places.getOrDefault(truth, last)][places.getOrDefault(answer, last)] +=
                          count));
      return new Confusion(
          labels, Arrays.stream(counts).map(row -> IntStream.of(row).boxed().toList()).toList());
    }

    /** For each label of the data, in order, how many of its rows were answered with it. */
    Map<String, Share> recall() {
      Map<String, Share> recall = new TreeMap<>(LabelText.ORDER);
      byTruth.forEach(
          (truth, answers) ->
              recall.put(
                  truth,
                  new Share(
                      answers.getOrDefault(truth, 0),
                      answers.values().stream().mapToInt(Integer::intValue).sum())));
      return Collections.unmodifiableMap(recall);
    }
  }
}
