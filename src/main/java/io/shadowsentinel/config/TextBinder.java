package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.json.PlaceSettings;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.compare.text.TextSettings;
import io.shadowsentinel.tls.ClientTls;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds {@code compare.text}, and the settings of {@code compare} for single places. */
final class TextBinder {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int MAX_BUDGET = 1_000_000_000;
  private static final int MAX_IN_FLIGHT = 1_000;
  private static final int MAX_SCALE = 6;
  private static final BigDecimal LARGEST = BigDecimal.valueOf(Double.MAX_VALUE);

  private static final Pattern POINTER = Pattern.compile("(/([^~/]|~[01])*)*");
  private static final String POINTER_FORM = "a JSON Pointer as in /items, * for any one step";
  private static final Pattern KEY = Pattern.compile("[^/].*|(/([^~/]|~[01])*)+", Pattern.DOTALL);
  private static final String KEY_FORM =
      "the name of the member that is the key, or a JSON Pointer into the element";

  private TextBinder() {}

  static TextSettings text(Section section) {
    Map<String, TextSettings.Mode> modes = new TreeMap<>();
    for (TextSettings.Mode mode : TextSettings.Mode.values()) {
      modes.put(mode.label(), mode);
    }
    Value modeValue = section.optional("mode");
    String word = modeValue == null ? null : modeValue.word(modes.keySet());
    TextSettings.Mode mode =
        word == null
            ? TextSettings.DEFAULTS.mode()
            : Objects.requireNonNull(modes.get(word), "a word of the list");
    // What belongs to a mode that is misspelt is not known.
    TextSettings.Mode told = modeValue != null && word == null ? null : mode;
    JsonPointer field =
        field(part(section, "field", told, TextSettings.Mode.JSON_FIELD, "a JSON Pointer"));
    String pattern =
        pattern(part(section, "pattern", told, TextSettings.Mode.REGEX, TextSettings.PATTERN_FORM));
    Value minF1Value = part(section, "minF1", told, TextSettings.Mode.TOKEN_F1, "0..1");
    BigDecimal minF1 =
        minF1Value == null
            ? null
            : minF1Value.decimal(BigDecimal.ZERO, BigDecimal.ONE, MAX_SCALE, "0..1");
    Value judgeValue = part(section, "judge", told, TextSettings.Mode.JUDGE, "a mapping with url");
    Section judgeSection =
        judgeValue == null
            ? null
            : judgeValue.section(section.pathOf("judge"), "a mapping with url");
    JudgeSettings judge = judgeSection == null ? null : judge(judgeSection);
    section.end();
    boolean complete =
        switch (mode) {
          case JSON_FIELD -> field != null;
          case REGEX -> pattern != null;
          case JUDGE -> judge != null;
          default -> true;
        };
    // What is missing is told already.
    return complete
        ? new TextSettings(
            mode, field, pattern, minF1 == null ? TextSettings.DEFAULT_MIN_F1 : minF1, judge)
        : TextSettings.DEFAULTS;
  }

  /** The value of a key that has a meaning in one mode only, and must be there in it. */
  private static @Nullable Value part(
      Section section,
      String key,
      TextSettings.@Nullable Mode mode,
      TextSettings.Mode wanted,
      String expected) {
    boolean needed = mode == wanted && mode != TextSettings.Mode.TOKEN_F1;
    Value value =
        needed
            ? section.required(key, expected + ", with mode " + wanted.label())
            : section.optional(key);
    if (value != null && mode != null && mode != wanted) {
      value.fault("given with mode " + mode.label(), "it with mode " + wanted.label() + " only");
      return null;
    }
    return value;
  }

  private static @Nullable JsonPointer field(@Nullable Value value) {
    String text = value == null ? null : value.text(POINTER, "a JSON Pointer as in /answer");
    return text == null ? null : JsonPointer.compile(text);
  }

  private static @Nullable String pattern(@Nullable Value value) {
    String text = value == null ? null : value.text(TextSettings.PATTERN_FORM);
    if (value == null || text == null) {
      return null;
    }
    try {
      return TextSettings.compile(text).pattern();
    } catch (IllegalArgumentException e) {
      value.fault(Quoted.text(text), TextSettings.PATTERN_FORM);
      return null;
    }
  }

  private static @Nullable JudgeSettings judge(Section section) {
    Value urlValue = section.required("url", "http://HOST[:PORT][/PATH] or https://…");
    URI url = urlValue == null ? null : Urls.alert(urlValue);
    Duration timeout =
        section.duration("timeout", JudgeSettings.DEFAULT_TIMEOUT, SHORTEST, LONGEST);
    int budget =
        (int) section.integer("dailyBudget", JudgeSettings.DEFAULT_DAILY_BUDGET, 0, MAX_BUDGET);
    int inFlight =
        (int) section.integer("maxInFlight", JudgeSettings.DEFAULT_MAX_IN_FLIGHT, 1, MAX_IN_FLIGHT);
    BigDecimal confidence =
        section.decimal(
            "minConfidence", BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ONE, MAX_SCALE, "0..1");
    ClientTls tls = TlsBinder.verified(section, url);
    section.end();
    return url == null ? null : new JudgeSettings(url, timeout, budget, inFlight, confidence, tls);
  }

  /** Reads {@code keys}, {@code ignoreOrder} and {@code tolerances}. */
  static PlaceSettings places(Section compare) {
    Map<String, String> keys = new LinkedHashMap<>();
    byPointer(compare.optionalChild("keys"))
        .forEach(
            (pointer, value) -> {
              String key = value.text(KEY, KEY_FORM);
              if (key != null) {
                keys.put(pointer, key);
              }
            });
    List<String> unordered = unordered(compare.optional("ignoreOrder"), keys);
    Map<String, Double> tolerances = new LinkedHashMap<>();
    byPointer(compare.optionalChild("tolerances"))
        .forEach(
            (pointer, value) -> {
              BigDecimal number =
                  value.decimal(BigDecimal.ZERO, LARGEST, Integer.MAX_VALUE, "0 or more");
              if (number != null) {
                tolerances.put(pointer, number.doubleValue());
              }
            });
    return new PlaceSettings(keys, unordered, tolerances);
  }

  private static List<String> unordered(@Nullable Value value, Map<String, String> keys) {
    List<Value> items = value == null ? null : value.items("a list of JSON Pointers");
    List<String> pointers = new ArrayList<>();
    for (Value item : items == null ? List.<Value>of() : items) {
      String text = item.text(POINTER, POINTER_FORM);
      if (text == null) {
        continue;
      }
      if (pointers.contains(text)) {
        item.fault(Quoted.text(text) + " a second time", "each once");
      } else if (keys.containsKey(text)) {
        item.fault(Quoted.text(text) + " in keys as well", "it in one of the two");
      } else {
        pointers.add(text);
      }
    }
    return pointers;
  }

  /** A mapping whose keys are JSON Pointers. */
  private static Map<String, Value> byPointer(@Nullable Section section) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (String pointer : section == null ? Set.<String>of() : section.entries().keySet()) {
      Value value = section.optional(pointer);
      if (value == null) {
        continue;
      }
      if (POINTER.matcher(pointer).matches()) {
        values.put(pointer, value);
      } else {
        value.fault("at " + Quoted.text(pointer), POINTER_FORM);
      }
    }
    return values;
  }
}
