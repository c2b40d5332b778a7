package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.io.NumberInput;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a JSON number into a double, and keeps the text where the double alone would
 * confuse two different numbers. Any two decimals of 15 significant digits or less that lie in the
 * normal range of a double have different doubles; only longer or extreme ones keep their text.
 *
 * <p>Mutable and for one reader at a time: {@link #scan} leaves its result in {@link #value()} and
 * {@link #text()}, so that a number costs no object.
 */
public final class NumberScanner {

  /**
   * The largest exponent that may be written, either way. No model means more, and arithmetic on
   * what is beyond has no bound worth the name.
   */
  static final int MAX_EXPONENT = 999;

  /** Over every mantissa of 15 digits. */
  public static final long EXACT_BOUND = 1_000_000_000_000_000L;

  /** Digits and a point that a long holds for certain, leading zeros included. */
  private static final int MANTISSA_CHARS = 18;

  private static final double SMALLEST_EXACT = 1e-290;
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d{1,3})?");

  /** Powers of ten that a double holds exactly. */
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private double value;
  private @Nullable String text;

  double value() {
    return value;
  }

  @Nullable String text() {
    return text;
  }

  /** The number that a string holds, or null when it is not written as JSON writes a number. */
  public static Json.@Nullable Num parse(String text) {
    int length = text.length();
    if (length == 0
        || length > JsonReader.MAX_NUMBER_CHARS
        || !(text.charAt(0) == '-' || isDigit(text.charAt(0)))
        || !NUMBER.matcher(text).matches()) {
      return null;
    }
    try {
      NumberScanner scanner = new NumberScanner();
      scanner.scan(text.toCharArray(), 0, length);
      return new Json.Num(scanner.value, scanner.text);
    } catch (UnreadableException e) {
      return null;
    }
  }

  /** Takes NaN or an infinity, which have no digits to read. */
  void take(double special) {
    value = special;
    text = null;
  }

  /** Reads a number that is known to be well formed. */
  void scan(char[] chars, int offset, int length) throws UnreadableException {
    int end = offset + length;
    boolean negative = chars[offset] == '-';
    int start = negative ? offset + 1 : offset;
    int at = start;
    // Wraps around on a text of many digits, and is not used then.
    long mantissa = 0;
    for (; at < end && isDigit(chars[at]); at++) {
      mantissa = mantissa * 10 + (chars[at] - '0');
    }
    int fraction = 0;
    if (at < end && chars[at] == '.') {
      int point = at++;
      for (; at < end && isDigit(chars[at]); at++) {
        mantissa = mantissa * 10 + (chars[at] - '0');
      }
      fraction = at - point - 1;
    }
    boolean fits = fits(at - start, mantissa);
    int power = (at < end ? exponent(chars, at + 1, end) : 0) - fraction;
    if (!settle(negative, mantissa, fits, power)) {
      settle(new String(chars, offset, length), mantissa, fits);
    }
  }

  /**
   * True when a mantissa is all there, and its double tells it apart from any other.
   *
   * @param chars of its digits and its point
   * @param mantissa its digits, wrapped around when they are many
   */
  static boolean fits(int chars, long mantissa) {
    return chars <= MANTISSA_CHARS && mantissa < EXACT_BOUND;
  }

  /**
   * Takes a number of which mantissa and power are doubles themselves.
   *
   * @return false when it is not one of those
   */
  boolean settle(boolean negative, long mantissa, boolean fits, int power) {
    if (!fits || power < -22 || power > 22) {
      return false;
    }
    // Both operands are exact, so the one rounding of the operation is the right one.
    double magnitude = power < 0 ? mantissa / POWERS[-power] : mantissa * POWERS[power];
    value = negative ? -magnitude : magnitude;
    text = null;
    return true;
  }

  /** Takes any number, by its text. */
  void settle(String written, long mantissa, boolean fits) {
    value = NumberInput.parseDouble(written, true);
    boolean normal = Double.isFinite(value) && Math.abs(value) >= SMALLEST_EXACT;
    text = fits && (normal || mantissa == 0) ? null : written;
  }

  private static int exponent(char[] chars, int from, int end) throws UnreadableException {
    int at = from;
    boolean negative = chars[at] == '-';
    if (negative || chars[at] == '+') {
      at++;
    }
    int exponent = 0;
    for (; at < end; at++) {
      exponent = exponent * 10 + (chars[at] - '0');
      if (exponent > MAX_EXPONENT) {
        throw new UnreadableException(
            "a number's exponent is out of range (expected -"
                + MAX_EXPONENT
                + ".."
                + MAX_EXPONENT
                + ")");
      }
    }
    return negative ? -exponent : exponent;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
