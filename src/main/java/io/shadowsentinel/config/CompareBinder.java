package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.format.Formats;
import io.shadowsentinel.decide.DecideSettings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds {@code compare} and {@code decide}: how a route's answers are judged. */
final class CompareBinder {
  private static final long MAX_MIN_REQUESTS = 1_000_000_000;
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final BigDecimal LARGEST = BigDecimal.valueOf(Double.MAX_VALUE);

  private static final Pattern POINTER = Pattern.compile("(/([^~/]|~[01])*)*");
  private static final Pattern SOME_POINTER = Pattern.compile("(/([^~/]|~[01])*)+");
  private static final String POINTER_FORM = "a JSON Pointer as in /outputs/0/data";

  private CompareBinder() {}

  static CompareSettings compare(Section section) {
    CompareSettings defaults = CompareSettings.DEFAULTS;
    Value formatValue = section.optional("format");
    String format = formatValue == null ? null : formatValue.word(new TreeSet<>(Formats.names()));
    CompareSettings settings =
        new CompareSettings(
                format == null ? defaults.format() : format,
                pointer(section.optional("label")),
                pointer(section.optional("confidence")),
                pointers(section.optional("ignore")),
                section
                    .decimal(
                        "tolerance",
                        BigDecimal.valueOf(defaults.tolerance()),
                        BigDecimal.ZERO,
                        LARGEST,
                        Integer.MAX_VALUE,
                        "0 or more")
                    .doubleValue(),
                section
                    .decimal(
                        "highConfidence",
                        BigDecimal.valueOf(defaults.highConfidence()),
                        BigDecimal.ZERO,
                        BigDecimal.ONE,
                        Integer.MAX_VALUE,
                        "0..1")
                    .doubleValue())
            .withRelativeTolerance(
                section
                    .decimal(
                        "relativeTolerance",
                        BigDecimal.valueOf(defaults.relativeTolerance()),
                        BigDecimal.ZERO,
                        BigDecimal.ONE,
                        Integer.MAX_VALUE,
                        "0..1")
                    .doubleValue())
            .withText(TextBinder.text(section.child("text")))
            .withPlaces(TextBinder.places(section));
    section.end();
    return settings;
  }

  static DecideSettings decide(Section section) {
    DecideSettings defaults = DecideSettings.DEFAULTS;
    DecideSettings settings =
        new DecideSettings(
            section.integer("minRequests", defaults.minRequests(), 1, MAX_MIN_REQUESTS),
            section.decimal(
                "minAgreement",
                defaults.minAgreement(),
                BigDecimal.ZERO,
                BigDecimal.ONE,
                6,
                "0..1"),
            section.flag("auto", defaults.auto()));
    section.end();
    return settings;
  }

  /** The share of self checks. It stands with the comparison, and the proxy acts on it. */
  static BigDecimal selfCheck(Section section) {
    Value value = section.optional("selfCheck");
    BigDecimal share = value == null ? null : value.percentage(HUNDRED, 4);
    return share == null ? BigDecimal.ZERO : share;
  }

  static BigDecimal percent(Section section, String key, BigDecimal fallback) {
    return section.decimal(key, fallback, BigDecimal.ZERO, HUNDRED, 4, "0..100");
  }

  private static @Nullable JsonPointer pointer(@Nullable Value value) {
    String text = value == null ? null : value.text(POINTER, POINTER_FORM);
    return text == null ? null : JsonPointer.compile(text);
  }

  /** Reads JSON Pointers, in which {@code *} is any one step. */
  static List<String> pointers(@Nullable Value value) {
    List<Value> items =
        value == null ? null : value.items("a list of JSON Pointers, * for any one step");
    List<String> pointers = new ArrayList<>();
    for (Value item : items == null ? List.<Value>of() : items) {
      String text =
          item.text(SOME_POINTER, "a JSON Pointer as in /outputs/*/id, * for any one step");
      if (text != null && pointers.contains(text)) {
        item.fault(Quoted.text(text) + " a second time", "each once");
      } else if (text != null) {
        pointers.add(text);
      }
    }
    return pointers;
  }
}
