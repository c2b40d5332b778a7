package io.shadowsentinel.compare;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a route's answers are read and compared.
 *
 * @param format a name from {@link Formats#names()}; default {@code json}
 * @param label where the label stands; null for what the format knows
 * @param confidence where the confidence stands; null for what the format knows
 * @param ignore JSON Pointers that are left out of the differences, {@code *} for any one step
 * @param tolerance absolute, for numbers, 0 or more; default 0
 * @param highConfidence the bar at or over which a confidence is high, 0 to 1; default 0.9
 */
public record CompareSettings(
    String format,
    @Nullable JsonPointer label,
    @Nullable JsonPointer confidence,
    List<String> ignore,
    double tolerance,
    double highConfidence) {

  /** What a route compares by when its config says nothing. */
  public static final CompareSettings DEFAULTS =
      new CompareSettings("json", null, null, List.of(), 0, 0.9);

  public CompareSettings {
    ignore = List.copyOf(ignore);
  }
}
