package io.shadowsentinel.compare.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a comparator sees in two answers, with their values: for the eyes of who has both answers at
 * hand, and never for a log, a state file or the network.
 *
 * @param reason in words, where the outcome does not say it all; else null
 * @param rows row by row, as many as the longer answer has, the first {@value #MAX_ROWS}
 * @param rowsTotal how many rows the longer answer has
 * @param confidenceGap see {@link Verdict#confidenceGap()}
 * @param highConfidenceConflict see {@link Verdict#highConfidenceConflict()}
 * @param differences the first {@value Conflict#MAX_PATHS}
 * @param differencesTotal how many there are in all
 */
public record Explanation(
    Outcome outcome,
    @Nullable String reason,
    List<Row> rows,
    int rowsTotal,
    double confidenceGap,
    boolean highConfidenceConflict,
    List<Difference> differences,
    int differencesTotal) {

  /** How many rows are told one by one. */
  public static final int MAX_ROWS = 1_000;

  /** How many characters of a value are shown. */
  public static final int MAX_VALUE_CHARS = 200;

  /**
   * One row.
   *
   * @param row from 0
   * @param championLabel null when there is none; as are the other three
   * @param agrees true when nothing is known to differ in it
   */
  public record Row(
      int row,
      @Nullable String championLabel,
      @Nullable Double championConfidence,
      @Nullable String challengerLabel,
      @Nullable Double challengerConfidence,
      boolean agrees) {}

  /**
   * One difference.
   *
   * @param path a JSON Pointer into the champion's answer; {@code -} as the last step but for
   *     members of it is an element that the champion does not have
   * @param champion the champion's value as JSON, cut; null where it has none
   * @param challenger the challenger's, likewise
   * @param note the key of the element, or how the texts were compared; null when there is nothing
   *     to say
   */
  public record Difference(
      String path, @Nullable String champion, @Nullable String challenger, @Nullable String note) {}

  public Explanation {
    rows = List.copyOf(rows);
    differences = List.copyOf(differences);
  }
}
