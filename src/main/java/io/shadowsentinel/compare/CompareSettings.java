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
 * @param text how two strings are compared; default {@link TextSettings#DEFAULTS}
 * @param places what holds at single places; default {@link PlaceSettings#NONE}
 */
public record CompareSettings(
    String format,
    @Nullable JsonPointer label,
    @Nullable JsonPointer confidence,
    List<String> ignore,
    double tolerance,
    double highConfidence,
    TextSettings text,
    PlaceSettings places) {

  /** What a route compares by when its config says nothing. */
  public static final CompareSettings DEFAULTS =
      new CompareSettings("json", null, null, List.of(), 0, 0.9);

  public CompareSettings {
    ignore = List.copyOf(ignore);
  }

  /** Settings that say nothing of texts and of single places. */
  public CompareSettings(
      String format,
      @Nullable JsonPointer label,
      @Nullable JsonPointer confidence,
      List<String> ignore,
      double tolerance,
      double highConfidence) {
    this(
        format,
        label,
        confidence,
        ignore,
        tolerance,
        highConfidence,
        TextSettings.DEFAULTS,
        PlaceSettings.NONE);
  }

  /** The same settings with another way to compare texts. */
  public CompareSettings withText(TextSettings other) {
    return new CompareSettings(
        format, label, confidence, ignore, tolerance, highConfidence, other, places);
  }

  /** The same settings with other rules for single places. */
  public CompareSettings withPlaces(PlaceSettings other) {
    return new CompareSettings(
        format, label, confidence, ignore, tolerance, highConfidence, text, other);
  }
}
