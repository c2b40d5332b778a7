package io.shadowsentinel.gate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gate measured, and against which bars.
 *
 * @param paired null without a baseline
 * @param conflicts null where none were given
 */
public record GateReport(
    MeasuredFile model,
    MeasuredFile data,
    GateBars bars,
    Quality quality,
    Latencies latency,
    @Nullable Paired paired,
    @Nullable ConflictOutcome conflicts) {

  /** A file that took part, so that a report can be held against it later. */
  public record MeasuredFile(String path, String sha256) {}

  public GateReport {
    if ((paired == null) != (bars.paired() == null)) {
      throw new IllegalArgumentException("a baseline and its bars come together");
    }
    if (bars.forClasses() != quality instanceof Quality.OfClasses) {
      throw new IllegalArgumentException("bars of one kind and figures of another");
    }
  }

  /** Each figure that has a bar. */
  public List<Check> checks() {
    return Checks.of(this);
  }

  /** Whether every bar was reached. */
  public boolean passed() {
    return checks().stream().allMatch(Check::passed);
  }

  /** A figure and its bar, in words. */
  public record Check(String name, String value, String bar, boolean passed) {}
}
