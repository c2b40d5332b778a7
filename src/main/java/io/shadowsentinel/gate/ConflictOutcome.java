package io.shadowsentinel.gate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model did on conflicts that production found.
 *
 * @param right of the cases that were made of them
 * @param passedOver lines that are none, since the two models were not both sure
 * @param missed the cases it got wrong, in the order of the file
 */
public record ConflictOutcome(
    GateReport.MeasuredFile file, Share right, int passedOver, List<Missed> missed) {

  public ConflictOutcome {
    missed = List.copyOf(missed);
  }

  /**
   * A case it got wrong.
   *
   * @param requestId null where the line has none
   * @param confidence in the answer; NaN without
   */
  public record Missed(
      int line, @Nullable String requestId, String expected, String answer, double confidence) {}
}
