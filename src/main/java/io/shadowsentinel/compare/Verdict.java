package io.shadowsentinel.compare;

import org.jspecify.annotations.Nullable;

/**
 * What a comparison found.
 *
 * @param route the route's name
 * @param scope the id it is counted under
 * @param rows rows compared, 0 when none could be read; counted only for a rated outcome
 * @param rowsAgree those of them that agree, at most {@code rows}
 * @param confidenceGap mean over the rows of |champion's confidence - challenger's|, 0 to 1; NaN
 *     when either carries none
 * @param highConfidenceConflict true when in some row the labels differ and both confidences are at
 *     or over the route's bar
 * @param conflict what is kept of a disagreement or a challenger's error; null for other outcomes
 * @param observation what else was seen, for the statistics; null when there is nothing to tell
 */
public record Verdict(
    String route,
    String scope,
    Outcome outcome,
    int rows,
    int rowsAgree,
    double confidenceGap,
    boolean highConfidenceConflict,
    @Nullable Conflict conflict,
    @Nullable Observation observation) {

  /** A verdict without an observation. */
  public Verdict(
      String route,
      String scope,
      Outcome outcome,
      int rows,
      int rowsAgree,
      double confidenceGap,
      boolean highConfidenceConflict,
      @Nullable Conflict conflict) {
    this(
        route,
        scope,
        outcome,
        rows,
        rowsAgree,
        confidenceGap,
        highConfidenceConflict,
        conflict,
        null);
  }
}
