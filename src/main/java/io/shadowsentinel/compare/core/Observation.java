package io.shadowsentinel.compare.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison saw beyond its outcome, for the statistics of a route. Holds no body and no
 * value of one but labels. Immutable.
 *
 * @param requestId see {@link Conflict#requestId()}
 * @param atMillis when both answers were in, in milliseconds since 1970
 * @param places where the answers differ, noise left out, each folded path once; taken from the
 *     first {@value Conflict#MAX_PATHS} differences
 * @param championLabels the labels of the first {@value #MAX_ROWS} rows; empty without labels
 * @param challengerLabels as many, in the same order; equal where the two are the same class
 * @param rowsBeyond rows whose labels are not told, because there were too many
 * @param championNanos from the request to the end of the answer, or {@link #NO_ANSWER}
 * @param challengerNanos the same of the challenger
 * @param championError a word for what went wrong, {@code timed_out} for example, or null
 * @param challengerError the same of the challenger
 * @param selfCheck null for a request that the champion got once
 */
public record Observation(
    String requestId,
    long atMillis,
    List<Place> places,
    List<String> championLabels,
    List<String> challengerLabels,
    int rowsBeyond,
    long championNanos,
    long challengerNanos,
    @Nullable String championError,
    @Nullable String challengerError,
    @Nullable SelfCheck selfCheck) {

  /** How many rows' labels are told. */
  public static final int MAX_ROWS = 64;

  /** In place of a latency: no complete answer came. */
  public static final long NO_ANSWER = -1;

  /**
   * Where two answers differ.
   *
   * @param path a JSON Pointer with {@code *} for each step into an array
   * @param pointer the first one that is folded into it
   */
  public record Place(String path, String pointer) {}

  public Observation {
    places = List.copyOf(places);
    championLabels = List.copyOf(championLabels);
    challengerLabels = List.copyOf(challengerLabels);
  }
}
