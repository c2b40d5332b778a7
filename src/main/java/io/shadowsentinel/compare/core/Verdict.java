package io.shadowsentinel.compare.core;

import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.Exchange;
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
 * @param format the format the answers were read by: as configured, or {@code auto: NAME} when it
 *     was picked, or {@code auto} when none is picked yet; null when it is not known
 * @param observation what else was seen, for the statistics; null when there is nothing to tell
 * @param number see {@link Exchange#number()}
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
    @Nullable String format,
    @Nullable Observation observation,
    long number) {

  /** A verdict that does not say by which format. */
  public Verdict(
      String route,
      String scope,
      Outcome outcome,
      int rows,
      int rowsAgree,
      double confidenceGap,
      boolean highConfidenceConflict,
      @Nullable Conflict conflict,
      @Nullable Observation observation) {
    this(
        route,
        scope,
        outcome,
        rows,
        rowsAgree,
        confidenceGap,
        highConfidenceConflict,
        conflict,
        null,
        observation,
        Arrivals.NO_NUMBER);
  }

  /** A verdict that says neither by which format, nor what else was seen. */
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
        null,
        null,
        Arrivals.NO_NUMBER);
  }

  /** What is said of an exchange that could not even be looked at. Never fails. */
  public static Verdict notCompared(Exchange exchange) {
    return new Verdict(
        exchange.route(),
        exchange.scope(),
        Outcome.INCOMPARABLE,
        0,
        0,
        Double.NaN,
        false,
        null,
        null,
        null,
        exchange.number());
  }

  /** The same verdict, by that format. */
  public Verdict withFormat(String name) {
    return new Verdict(
        route,
        scope,
        outcome,
        rows,
        rowsAgree,
        confidenceGap,
        highConfidenceConflict,
        conflict,
        name,
        observation,
        number);
  }
}
