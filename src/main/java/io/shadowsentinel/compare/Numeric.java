package io.shadowsentinel.compare;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * Compares numbers by value: 1, 1.0 and 1e0 are equal, 9007199254740993 and 9007199254740992 are
 * not. Doubles decide wherever they can; decimals where doubles are too coarse, so that 1.0 and 1.1
 * are within 0.1 of each other, as an operator who wrote 0.1 expects.
 */
final class Numeric {
  /** What a decimal of up to 15 digits is read back from its double with. */
  private static final MathContext FIFTEEN_DIGITS = new MathContext(15);

  /** More than the rounding of two readings and a difference, relative to what was read. */
  private static final double ROUNDING = 1e-15;

  private final double tolerance;
  private final BigDecimal exactTolerance;

  /**
   * @param tolerance the largest difference that is none, 0 or more
   * @throws IllegalArgumentException when it is negative or no number
   */
  Numeric(double tolerance) {
    if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
      throw new IllegalArgumentException("tolerance: " + tolerance + " (expected 0 or more)");
    }
    this.tolerance = tolerance;
    this.exactTolerance = BigDecimal.valueOf(tolerance);
  }

  boolean within(Json.Num a, Json.Num b) {
    return within(a.value(), a.text(), b.value(), b.text());
  }

  /** True when the two are no further apart than the tolerance. */
  boolean within(double a, @Nullable String aText, double b, @Nullable String bText) {
    if (tolerance == 0) {
      return same(a, aText, b, bText);
    }
    double apart = Math.abs(a - b);
    double doubt = ROUNDING * (Math.abs(a) + Math.abs(b) + tolerance);
    if (apart > tolerance + doubt) {
      return false;
    }
    if (apart < tolerance - doubt) {
      return true;
    }
    return exact(a, aText).subtract(exact(b, bText)).abs().compareTo(exactTolerance) <= 0;
  }

  static boolean same(Json.Num a, Json.Num b) {
    return same(a.value(), a.text(), b.value(), b.text());
  }

  static boolean same(double a, @Nullable String aText, double b, @Nullable String bText) {
    if (a != b) {
      return false;
    }
    if (aText == null && bText == null) {
      return true;
    }
    return exact(a, aText).compareTo(exact(b, bText)) == 0;
  }

  /** The number as it was written. Exponents are bounded by the scanner, and so is the work. */
  static BigDecimal exact(double value, @Nullable String text) {
    return text == null ? new BigDecimal(value, FIFTEEN_DIGITS) : new BigDecimal(text);
  }
}
