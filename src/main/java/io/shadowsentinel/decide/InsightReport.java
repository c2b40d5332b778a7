package io.shadowsentinel.decide;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be told about the comparisons of a route's live trial; the components of its parts are
 * the JSON members. {@code experiment} is the id of the trial, null for a route that never had one.
 */
public record InsightReport(Differences differences, Confusion confusion, Latency latency) {

  /**
   * Where the answers differ.
   *
   * @param compared rated comparisons
   * @param paths the most frequent first; without those that are noise
   * @param dropped how often a path was dropped to make room for another; 0 while there are no more
   *     than {@link DifferenceCounts#MAX_PATHS}
   * @param noise paths in which the champion differs from itself, in order
   */
  public record Differences(
      String route,
      @Nullable String experiment,
      long compared,
      List<DifferingPath> paths,
      long dropped,
      List<String> noise) {}

  /**
   * One place in which answers differ.
   *
   * @param path a JSON Pointer, {@code *} for each step into an array
   * @param count comparisons in which it differed
   * @param overcount how many of these may have been another path's, which was dropped; mostly 0
   * @param rate count / compared, 0 to 1
   * @param samples the latest few, newest first
   */
  public record DifferingPath(
      String path,
      long count,
      long overcount,
      double rate,
      Instant firstSeen,
      Instant lastSeen,
      List<Sample> samples) {}

  /**
   * A comparison to look up.
   *
   * @param pointer where it differed, with the indexes
   */
  public record Sample(Instant time, String requestId, String pointer) {}

  /**
   * Which label of the champion's meets which of the challenger's, row by row.
   *
   * @param rows rows that are counted
   * @param rowsAgree those of them with the same label twice
   * @param rowsBeyond rows left out, because their answer had too many
   * @param labels the most frequent first
   * @param counts a line for each label of the champion's and one for all others, and in each a
   *     number for each label of the challenger's and one for all others
   */
  public record Confusion(
      String route,
      @Nullable String experiment,
      long rows,
      long rowsAgree,
      long rowsBeyond,
      List<String> labels,
      List<List<Long>> counts) {}

  /**
   * How the two models answer.
   *
   * @param challenger the model that gets the copies, or got them last; null without one
   */
  public record Latency(
      String route,
      @Nullable String experiment,
      ModelLatency champion,
      @Nullable ModelLatency challenger) {}

  /**
   * How one model answers mirrored requests.
   *
   * @param name the model's
   * @param requests those that it got and that were compared
   * @param errors those of them without a readable answer of status 2xx
   * @param errorRate errors / requests, 0 to 1; null without requests
   * @param errorsByKind {@code status_500} or {@code timed_out}, for example
   * @param latencyMillis of complete answers, whatever their status; null before the first
   */
  public record ModelLatency(
      String name,
      long requests,
      long errors,
      @Nullable Double errorRate,
      Map<String, Long> errorsByKind,
      @Nullable Percentiles latencyMillis) {}

  /** In milliseconds, each within 1 %. */
  public record Percentiles(long count, double p50, double p95, double p99, double max) {}
}
