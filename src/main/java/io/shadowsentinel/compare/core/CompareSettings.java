package io.shadowsentinel.compare.core;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.json.PlaceSettings;
import io.shadowsentinel.compare.text.TextSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a route's answers are read and compared.
 *
 * @param format a name from {@code Formats.names()}; default {@code auto}
 * @param label where the label stands; null for what the format knows
 * @param confidence where the confidence stands; null for what the format knows
 * @param ignore JSON Pointers that are left out of the differences, {@code *} for any one step
 * @param tolerance absolute, for numbers, 0 or more; default 0
 * @param highConfidence the bar at or over which a confidence is high, 0 to 1; default 0.9
 * @param text how two strings are compared; default {@link TextSettings#DEFAULTS}
 * @param places what holds at single places; default {@link PlaceSettings#NONE}
 * @param relativeTolerance for numbers, as a share of the larger of the two, 0 to 1; numbers agree
 *     within this or within {@code tolerance}; default 0
 * @param conflicts what is kept of a disagreement; default {@link ConflictSettings#DEFAULTS}
 */
public record CompareSettings(
    String format,
    @Nullable JsonPointer label,
    @Nullable JsonPointer confidence,
    List<String> ignore,
    double tolerance,
    double highConfidence,
    TextSettings text,
    PlaceSettings places,
    double relativeTolerance,
    ConflictSettings conflicts) {

  /** What a route compares by when its config says nothing. */
  public static final CompareSettings DEFAULTS =
      new CompareSettings("auto", null, null, List.of(), 0, 0.9);

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
        PlaceSettings.NONE,
        0,
        ConflictSettings.DEFAULTS);
  }

  /** The same settings with another way to compare texts. */
  public CompareSettings withText(TextSettings other) {
    return with(other, places, relativeTolerance, conflicts);
  }

  /** The same settings with other rules for single places. */
  public CompareSettings withPlaces(PlaceSettings other) {
    return with(text, other, relativeTolerance, conflicts);
  }

  /** The same settings with another relative tolerance. */
  public CompareSettings withRelativeTolerance(double other) {
    return with(text, places, other, conflicts);
  }

  /** The same settings that keep something else of a disagreement. */
  public CompareSettings withConflicts(ConflictSettings other) {
    return with(text, places, relativeTolerance, other);
  }

  private CompareSettings with(
      TextSettings otherText,
      PlaceSettings otherPlaces,
      double otherRelative,
      ConflictSettings otherConflicts) {
    return new CompareSettings(
        format,
        label,
        confidence,
        ignore,
        tolerance,
        highConfidence,
        otherText,
        otherPlaces,
        otherRelative,
        otherConflicts);
  }
}
