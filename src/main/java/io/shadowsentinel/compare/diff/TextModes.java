package io.shadowsentinel.compare.diff;

import com.fasterxml.jackson.core.JsonPointer;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.Numeric;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.Pointer;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.compare.text.TextComparison;
import io.shadowsentinel.compare.text.TextNormalizer;
import io.shadowsentinel.compare.text.TextResult;
import io.shadowsentinel.compare.text.TextSettings;
import io.shadowsentinel.compare.text.TokenF1;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The ways to compare texts, by {@link TextSettings.Mode}. Pure. */
public final class TextModes {
  /** The longest text that a pattern is looked for in, in characters. */
  public static final int MAX_PATTERN_INPUT = 100_000;

  private TextModes() {}

  /**
   * The comparison that the settings ask for.
   *
   * @param numeric how numbers are compared in texts that are JSON
   */
  public static TextComparison of(TextSettings settings, Numeric numeric) {
    TextComparison unequal =
        switch (settings.mode()) {
          case EXACT -> TextComparison.EXACT;
          case NORMALIZED -> TextModes::normalized;
          case JSON -> (a, b) -> json(a, b, new Differ(numeric));
          case JSON_FIELD -> field(Objects.requireNonNull(settings.field()), new Differ(numeric));
          case REGEX -> regex(TextSettings.compile(Objects.requireNonNull(settings.pattern())));
          case TOKEN_F1 -> tokenF1(settings.minF1());
          case JUDGE -> (a, b) -> TextResult.ASK;
        };
    return settings.mode() == TextSettings.Mode.EXACT
        ? TextComparison.EXACT
        : (a, b) -> a.equals(b) ? TextResult.SAME : unequal.compare(a, b);
  }

  private static TextResult normalized(String a, String b) {
    return TextNormalizer.normalize(a).equals(TextNormalizer.normalize(b))
        ? TextResult.SAME
        : TextResult.DIFFERENT;
  }

  private static TextComparison tokenF1(BigDecimal bar) {
    return (a, b) -> {
      TokenF1 f1 = TokenF1.of(TextNormalizer.normalize(a), TextNormalizer.normalize(b));
      boolean same = f1.reaches(bar);
      String reason =
          String.format(
              Locale.ROOT,
              "token F1 %.4f (%s %s)",
              f1.value(),
              same ? "at least" : "expected at least",
              bar.toPlainString());
      return new TextResult(
          same ? TextResult.Kind.SAME : TextResult.Kind.DIFFERENT, f1.value(), reason);
    };
  }

  private static TextResult json(String a, String b, Differ differ) {
    Json ours = parse(a);
    Json theirs = ours == null ? null : parse(b);
    if (ours == null || theirs == null) {
      return TextResult.different("compared as text: not JSON both");
    }
    Differences differences = differ.compare(whole(ours), whole(theirs), 1);
    if (differences.isEmpty()) {
      return TextResult.SAME;
    }
    String first = differences.paths().get(0);
    return TextResult.different(
        "as JSON, " + differences.total() + " differences, the first at \"" + first + "\"");
  }

  private static TextComparison field(JsonPointer field, Differ differ) {
    Pointer pointer = new Pointer(field);
    return (a, b) -> {
      Json ours = at(pointer, parse(a));
      if (ours == null) {
        return TextResult.undecided("the champion's text is not JSON with a value at " + field);
      }
      Json theirs = at(pointer, parse(b));
      if (theirs == null) {
        return TextResult.different("the challenger's text is not JSON with a value at " + field);
      }
      return differ.compare(whole(ours), whole(theirs), 1).isEmpty()
          ? TextResult.SAME
          : TextResult.different("the texts differ at " + field);
    };
  }

  private static @Nullable Json at(Pointer pointer, @Nullable Json document) {
    if (document == null) {
      return null;
    }
    Pointer.Found found = pointer.find(document);
    if (!found.everywhere()) {
      return null;
    }
    return found.values().size() == 1
        ? found.values().get(0)
        : new Json.Mixed(found.values().toArray(Json[]::new));
  }

  private static TextComparison regex(Pattern pattern) {
    return (a, b) -> {
      if (a.length() > MAX_PATTERN_INPUT) {
        return TextResult.undecided(
            "the champion's text is over " + MAX_PATTERN_INPUT + " characters");
      }
      String ours = group(pattern, a);
      if (ours == null) {
        return TextResult.undecided("the pattern is not found in the champion's text");
      }
      String theirs = b.length() > MAX_PATTERN_INPUT ? null : group(pattern, b);
      if (theirs == null) {
        return TextResult.different("the pattern is not found in the challenger's text");
      }
      return Labels.same(new Json.Text(ours), new Json.Text(theirs))
          ? TextResult.SAME
          : TextResult.different("what the pattern finds differs");
    };
  }

  private static @Nullable String group(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }

  /** The document that a text holds, perhaps inside a Markdown fence, or null. */
  private static @Nullable Json parse(String text) {
    String bare = unfence(text.strip());
    try {
      return new JsonReader(null).read(bare.getBytes(StandardCharsets.UTF_8));
    } catch (UnreadableException e) {
      return null;
    }
  }

  private static String unfence(String text) {
    int line = text.indexOf('\n');
    if (line < 0 || !text.startsWith("```") || !text.endsWith("```") || line > text.length() - 4) {
      return text;
    }
    return text.substring(line + 1, text.length() - 3);
  }

  private static List<Part> whole(Json value) {
    return List.of(Part.whole(Path.ROOT, value));
  }
}
