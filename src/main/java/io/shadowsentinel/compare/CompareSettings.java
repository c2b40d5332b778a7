package io.shadowsentinel.compare;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a route's answers are read and compared.
 *
 * @param format a name from {@link Formats#names()}; default {@code auto}
 * @param label where the label stands; null for what the format knows
 * @param confidence where the confidence stands; null for what the format knows
 * @param ignore JSON Pointers that are left out of the differences, {@code *} for any one step
 * @param tolerance absolute, for numbers, 0 or more; default 0
 * @param highConfidence the bar at or over which a confidence is high, 0 to 1; default 0.9
 * @param relativeTolerance for numbers, as a share of the larger of the two, 0 to 1; numbers agree
 *     within this or within {@code tolerance}; default 0
 */
public record CompareSettings(
    String format,
    @Nullable JsonPointer label,
    @Nullable JsonPointer confidence,
    List<String> ignore,
    double tolerance,
    double highConfidence,
    double relativeTolerance) {

  /** What a route compares by when its config says nothing. */
  public static final CompareSettings DEFAULTS =
      new CompareSettings("auto", null, null, List.of(), 0, 0.9);

  public CompareSettings {
    ignore = List.copyOf(ignore);
  }

  /** Settings without a relative tolerance. */
  public CompareSettings(
      String format,
      @Nullable JsonPointer label,
      @Nullable JsonPointer confidence,
      List<String> ignore,
      double tolerance,
      double highConfidence) {
    this(format, label, confidence, ignore, tolerance, highConfidence, 0);
  }

  /** The same settings with another relative tolerance. */
  public CompareSettings withRelativeTolerance(double other) {
    return new CompareSettings(format, label, confidence, ignore, tolerance, highConfidence, other);
  }
}
