package io.shadowsentinel.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One disagreement, as {@code conflicts.jsonl} and the API show it. Holds no body: paths, labels
 * and confidences only.
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
    int pathsTotal) {

  /** How many paths are kept. */
  public static final int MAX_PATHS = 20;

  public Conflict {
    paths = List.copyOf(paths);
  }
}
