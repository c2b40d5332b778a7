package io.shadowsentinel.compare.json;

import java.math.BigDecimal;
import java.util.stream.IntStream;

/**
 * What it means that two labels are the same. The integer 1 may be written {@code 1}, {@code 1.0}
 * or {@code "1"}, depending on the server and the type of its label tensor.
 */
public final class Labels {
  private static final int MAX_CHARS = 256;

  /** Beyond, a number is shown with an exponent. */
  private static final int MAX_PLAIN_DIGITS = 40;

  /** Below, a whole double is exactly the number that was written. */
  private static final double LARGEST_LONG = 1e15;

  private static final String[] SMALL =
      IntStream.range(0, 1_000).mapToObj(Integer::toString).toArray(String[]::new);

  private Labels() {}

  /**
   * True for the same class. A string that is written as a number is that number, except that two
   * strings are not the same because of a fraction: {@code "1.10"} and {@code "1.1"} may be names.
   */
  public static boolean same(Json a, Json b) {
    if (a instanceof Json.Num x && b instanceof Json.Num y) {
      return Numeric.same(x, y);
    }
    if (a instanceof Json.Text x && b instanceof Json.Text y) {
      return x.value().equals(y.value()) || sameInteger(x.value(), y.value());
    }
    if (a instanceof Json.Num x && b instanceof Json.Text y) {
      return sameNumber(x, y);
    }
    if (a instanceof Json.Text x && b instanceof Json.Num y) {
      return sameNumber(y, x);
    }
    return text(a).equals(text(b));
  }

  private static boolean sameNumber(Json.Num number, Json.Text text) {
    Json.Num other = NumberScanner.parse(text.value());
    return other != null && Numeric.same(number, other);
  }

  private static boolean sameInteger(String a, String b) {
    Json.Num x = NumberScanner.parse(a);
    Json.Num y = x == null || !x.isInteger() ? null : NumberScanner.parse(b);
    return x != null && y != null && Numeric.same(x, y);
  }

  /** The label for people: an integer without a point, a long text cut. */
  public static String show(Json label) {
    if (label instanceof Json.Num number
        && number.text() == null
        && number.value() == Math.rint(number.value())
        && Math.abs(number.value()) < LARGEST_LONG) {
      return integer((long) number.value());
    }
    return Texts.cut(text(label), MAX_CHARS);
  }

  /** Nearly every class is a small number, and every row of every answer is shown. */
  private static String integer(long value) {
    return value >= 0 && value < SMALL.length ? SMALL[(int) value] : Long.toString(value);
  }

  private static String text(Json label) {
    if (label instanceof Json.Text text) {
      return text.value();
    }
    if (label instanceof Json.Num number) {
      if (Numeric.isSpecial(number.value(), number.text())) {
        return Double.toString(number.value());
      }
      BigDecimal exact = Numeric.exact(number.value(), number.text()).stripTrailingZeros();
      boolean plain = Math.abs(exact.scale()) <= MAX_PLAIN_DIGITS;
      return plain ? exact.toPlainString() : exact.toString();
    }
    return label == Json.Literal.TRUE ? "true" : "false";
  }
}
