package io.shadowsentinel.compare.core;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One disagreement, as {@code conflicts.jsonl} and the API show it. Holds paths, labels and
 * confidences, and the bodies only where the route's {@link ConflictSettings} ask for them.
 *
 * @param time when both answers were in
 * @param outcome {@code disagree} or {@code challenger_error}
 * @param reason in words, for a challenger's error, a difference that no path tells, or how texts
 *     were compared; else null
 * @param row the first row that differs, from 0
 * @param championLabel the label in that row, or null when the format carries none
 * @param championConfidence 0 to 1, or null
 * @param highConfidence see {@link Verdict#highConfidenceConflict()}
 * @param paths JSON Pointers of what differs, the first 20
 * @param pathsTotal how many differ in all
 * @param championBody the champion's answer as it was compared, or null when it is not kept
 * @param challengerBody the challenger's answer, likewise
 * @param bodiesLeftOut why a body is not kept though it was asked for, or null
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Conflict(
    Instant time,
    String route,
    String experiment,
    String requestId,
    String target,
    String outcome,
    @Nullable String reason,
    int row,
    @Nullable String championLabel,
    @Nullable Double championConfidence,
    @Nullable String challengerLabel,
    @Nullable Double challengerConfidence,
    boolean highConfidence,
    List<String> paths,
    int pathsTotal,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String championBody,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String challengerBody,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String bodiesLeftOut) {

  /** How many paths are kept. */
  public static final int MAX_PATHS = 20;

  public Conflict {
    paths = List.copyOf(paths);
  }

  /** A disagreement without bodies. */
  public Conflict(
      Instant time,
      String route,
      String experiment,
      String requestId,
      String target,
      String outcome,
      @Nullable String reason,
      int row,
      @Nullable String championLabel,
      @Nullable Double championConfidence,
      @Nullable String challengerLabel,
      @Nullable Double challengerConfidence,
      boolean highConfidence,
      List<String> paths,
      int pathsTotal) {
    this(
        time,
        route,
        experiment,
        requestId,
        target,
        outcome,
        reason,
        row,
        championLabel,
        championConfidence,
        challengerLabel,
        challengerConfidence,
        highConfidence,
        paths,
        pathsTotal,
        null,
        null,
        null);
  }

  /** The same with other bodies, or without, and why. */
  public Conflict withBodies(
      @Nullable String champion, @Nullable String challenger, @Nullable String leftOut) {
    return new Conflict(
        time,
        route,
        experiment,
        requestId,
        target,
        outcome,
        reason,
        row,
        championLabel,
        championConfidence,
        challengerLabel,
        challengerConfidence,
        highConfidence,
        paths,
        pathsTotal,
        champion,
        challenger,
        leftOut);
  }

  /** How much there is of both bodies, in characters. */
  public int bodyChars() {
    return length(championBody) + length(challengerBody);
  }

  private static int length(@Nullable String body) {
    return body == null ? 0 : body.length();
  }
}
