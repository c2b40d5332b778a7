package io.shadowsentinel.decide;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the comparisons of a route came out over time; the components are the JSON members.
 *
 * @param configChanges when the config was applied, the oldest first
 */
public record HistoryReport(
    String route, @JsonUnwrapped Series series, List<Instant> configChanges) {

  /** Which steps are told. */
  public enum Resolution {
    SECOND,
    MINUTE
  }

  /**
   * Columns of equal length, a line for each step in which something was compared.
   *
   * @param stepSeconds how long a step is
   * @param kept how many steps are kept
   * @param times when each begins, in seconds since 1970, the oldest first
   * @param rated comparisons that count in the agreement rate
   * @param agree those of them that agree
   * @param champion latencies of the model that answered users then
   * @param challenger latencies of the model that got the copies then
   */
  public record Series(
      int stepSeconds,
      int kept,
      List<Long> times,
      List<Integer> rated,
      List<Integer> agree,
      Percentiles champion,
      Percentiles challenger) {}

  /** In milliseconds, each within 1 %; null where no complete answer came. */
  public record Percentiles(List<@Nullable Float> p50, List<@Nullable Float> p99) {
    static Percentiles empty() {
      return new Percentiles(new ArrayList<>(), new ArrayList<>());
    }
  }
}
