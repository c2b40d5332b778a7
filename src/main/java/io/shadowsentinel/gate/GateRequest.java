package io.shadowsentinel.gate;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the gate is to measure.
 *
 * @param baseline the model to stand beside; null exactly when the bars ask for none
 * @param conflicts cases that a classifier must get right; null without
 * @param tolerance how far the numbers of two regressors may be apart and agree, 0 or more
 */
public record GateRequest(
    Path model,
    Path data,
    DataOptions options,
    @Nullable Path baseline,
    @Nullable ConflictSource conflicts,
    double tolerance,
    GateBars bars) {

  public GateRequest {
    if ((baseline == null) != (bars.paired() == null)) {
      throw new IllegalArgumentException("a baseline and its bars come together");
    }
    if (conflicts != null && !bars.forClasses()) {
      throw new IllegalArgumentException(
          "conflicts: not for a regressor, whose answers have no label and no confidence");
    }
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("tolerance: " + tolerance + " (expected 0 or more)");
    }
  }

  /** A model on rows whose columns say what they are for, and nothing else. */
  public static GateRequest of(Path model, Path data, @Nullable Path baseline, GateBars bars) {
    return new GateRequest(model, data, DataOptions.DEFAULTS, baseline, null, 0, bars);
  }
}
