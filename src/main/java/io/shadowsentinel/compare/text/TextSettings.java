package io.shadowsentinel.compare.text;

import com.fasterxml.jackson.core.JsonPointer;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How two strings are compared. It holds for every string of every format: a label that is one, and
 * those among the differences. Strings that are equal always agree.
 *
 * @param field where to look in a text that is JSON; needed by {@link Mode#JSON_FIELD} alone
 * @param pattern a regular expression of RE2 with one group; needed by {@link Mode#REGEX} alone
 * @param minF1 the bar of {@link Mode#TOKEN_F1}, 0 to 1; default 0.9
 * @param judge whom {@link Mode#JUDGE} asks; needed by it alone
 */
public record TextSettings(
    Mode mode,
    @Nullable JsonPointer field,
    @Nullable String pattern,
    BigDecimal minF1,
    @Nullable JudgeSettings judge) {

  /** The longest pattern, in characters. */
  public static final int MAX_PATTERN_CHARS = 1_000;

  /** The bar of {@link Mode#TOKEN_F1} when none is given. */
  public static final BigDecimal DEFAULT_MIN_F1 = new BigDecimal("0.9");

  /** Strings are the same when they are equal. */
  public static final TextSettings DEFAULTS =
      new TextSettings(Mode.EXACT, null, null, DEFAULT_MIN_F1, null);

  /**
   * What a pattern may compile to, in RE2's instructions: matching takes time in proportion to
   * these and to the text.
   */
  private static final int MAX_PROGRAM = 2_000;

  /** When two strings say the same. */
  public enum Mode {
    /** They are equal. */
    EXACT,
    /** They are equal but for case, space and punctuation; see {@link TextNormalizer}. */
    NORMALIZED,
    /** They are equal as JSON where both are JSON, and else equal. */
    JSON,
    /** What stands at one place of them is equal, as JSON. */
    JSON_FIELD,
    /** What the pattern's group holds is equal. */
    REGEX,
    /** They have enough words in common. */
    TOKEN_F1,
    /** A service of the user's says so. */
    JUDGE;

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The mode as the config spells it, {@code token-f1} for example. */
    public String label() {
      return label;
    }
  }

  /**
   * @throws IllegalArgumentException when the mode lacks what it needs, with what was expected
   */
  public TextSettings {
    switch (mode) {
      case JSON_FIELD -> require(field != null, "field: missing (expected a JSON Pointer)");
      case REGEX -> {
        require(pattern != null, "pattern: missing (expected a regular expression)");
        compile(Objects.requireNonNull(pattern));
      }
      case JUDGE -> require(judge != null, "judge: missing (expected a mapping with url)");
      default -> {}
    }
    require(
        minF1.signum() >= 0 && minF1.compareTo(BigDecimal.ONE) <= 0,
        "minF1: " + minF1 + " (expected 0..1)");
  }

  /** What a pattern must be, for messages. */
  public static final String PATTERN_FORM =
      "a regular expression of RE2 with one group, of at most " + MAX_PATTERN_CHARS + " characters";

  /**
   * The pattern, ready to match in time in proportion to the text.
   *
   * @throws IllegalArgumentException when it is no such pattern, with the reason
   */
  public static Pattern compile(String pattern) {
    require(
        pattern.length() <= MAX_PATTERN_CHARS,
        "pattern: " + pattern.length() + " characters (expected " + PATTERN_FORM + ")");
    Pattern compiled;
    try {
      compiled = Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "pattern: " + e.getMessage() + " (expected " + PATTERN_FORM + ")", e);
    }
    require(
        compiled.groupCount() == 1,
        "pattern: " + compiled.groupCount() + " groups (expected " + PATTERN_FORM + ")");
    require(
        compiled.programSize() <= MAX_PROGRAM,
        "pattern: "
            + compiled.programSize()
            + " steps (expected at most "
            + MAX_PROGRAM
            + "; a large {n} takes many)");
    return compiled;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
