package io.shadowsentinel.compare.json;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * Compares numbers by value: 1, 1.0 and 1e0 are equal, and so are 0.1 and 0.10000000000000001,
 * which are one double; 9007199254740993 and 9007199254740992 are not. Doubles decide wherever they
 * can; decimals where doubles are too coarse, so that 1.0 and 1.1 are within 0.1 of each other, as
 * an operator who wrote 0.1 expects.
 */
public final class Numeric {
  /** What a decimal of up to 15 digits is read back from its double with. */
  private static final MathContext FIFTEEN_DIGITS = new MathContext(15);

  /** More than the rounding of two readings and a difference, relative to what was read. */
  private static final double ROUNDING = 1e-15;

  private final double tolerance;
  private final double relative;
  private final BigDecimal exactTolerance;
  private final BigDecimal exactRelative;

  public Numeric(double tolerance) {
    this(tolerance, 0);
  }

  /**
   * @param tolerance the largest difference that is none, 0 or more
   * @param relative the same as a share of the larger of the two, 0 to 1; either will do
   * @throws IllegalArgumentException when one of them is out of its range
   */
  public Numeric(double tolerance, double relative) {
    if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
      throw new IllegalArgumentException("tolerance: " + tolerance + " (expected 0 or more)");
    }
    if (!(relative >= 0 && relative <= 1)) {
      throw new IllegalArgumentException("relativeTolerance: " + relative + " (expected 0..1)");
    }
    this.tolerance = tolerance;
    this.relative = relative;
    this.exactTolerance = BigDecimal.valueOf(tolerance);
    this.exactRelative = BigDecimal.valueOf(relative);
  }

  public boolean within(Json.Num a, Json.Num b) {
    return within(a.value(), a.text(), b.value(), b.text());
  }

  /** True when the two are no further apart than one of the tolerances allows. */
  public boolean within(double a, @Nullable String aText, double b, @Nullable String bText) {
    boolean exactly = tolerance == 0 && relative == 0;
    if (exactly || isSpecial(a, aText) || isSpecial(b, bText)) {
      return same(a, aText, b, bText);
    }
    double apart = Math.abs(a - b);
    double limit = Math.max(tolerance, relative * Math.max(Math.abs(a), Math.abs(b)));
    double doubt = ROUNDING * (Math.abs(a) + Math.abs(b) + limit);
    if (apart > limit + doubt) {
      return false;
    }
    if (apart < limit - doubt) {
      return true;
    }
    return exactlyWithin(exact(a, aText), exact(b, bText));
  }

  private boolean exactlyWithin(BigDecimal a, BigDecimal b) {
    BigDecimal limit = exactTolerance.max(exactRelative.multiply(a.abs().max(b.abs())));
    return a.subtract(b).abs().compareTo(limit) <= 0;
  }

  /** True for NaN and the infinities, not for a number that is too large for a double. */
  static boolean isSpecial(double value, @Nullable String text) {
    return text == null && !Double.isFinite(value);
  }

  static boolean same(Json.Num a, Json.Num b) {
    return same(a.value(), a.text(), b.value(), b.text());
  }

  static boolean same(double a, @Nullable String aText, double b, @Nullable String bText) {
    if (isSpecial(a, aText) || isSpecial(b, bText)) {
      return aText == null && bText == null && Double.compare(a, b) == 0;
    }
    if (a != b) {
      return false;
    }
    return (!everyDigitCounts(a, aText) && !everyDigitCounts(b, bText))
        || exact(a, aText).compareTo(exact(b, bText)) == 0;
  }

  /**
   * True for a long integer, which may have 64 bits and more, and for what no double can hold. Of
   * what has a fraction or an exponent there is a double behind it, and how many digits of that are
   * written is a matter of who wrote it.
   */
  private static boolean everyDigitCounts(double value, @Nullable String text) {
    return text != null
        && (value == 0
            || Double.isInfinite(value)
            || (text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0));
  }

  /** The number that {@link #same} goes by. */
  static BigDecimal counted(double value, @Nullable String text) {
    return text == null || everyDigitCounts(value, text)
        ? exact(value, text)
        : BigDecimal.valueOf(value);
  }

  /** The number as it was written. Exponents are bounded by the scanner, and so is the work. */
  public static BigDecimal exact(double value, @Nullable String text) {
    return text == null ? new BigDecimal(value, FIFTEEN_DIGITS) : new BigDecimal(text);
  }
}
