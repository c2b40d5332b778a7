package io.shadowsentinel.compare.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumericTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1.0, true",
    "1, 1e0, true",
    "1, 10e-1, true",
    "0, -0.0, true",
    "0, 0e500, true",
    "1, 1.0000000000000000000000000000000, true",
    "1, 1.0000000000000000000000000000001, true",
    "1, 1.0000000000000002, false",
    "0.1, 0.10000000000000001, true",
    "0.1, 0.1000000000000000055511151231257827, true",
    "0.1, 0.10000000000000002, false",
    "-0.1, -0.10000000000000001, true",
    "9.2233720368547758e+18, 9.223372036854776e18, true",
    "9.2233720368547758e+18, 9223372036854775808, false",
    "9.2233720368547758e+18, 9223372036854775800, true",
    "1e16, 10000000000000001, false",
    "1.0000000000000000e16, 10000000000000001, false",
    "1e23, 9.9999999999999992e22, true",
    "1e23, 100000000000000000000000, true",
    "123456789012345, 123456789012345.0, true",
    "9007199254740992, 9007199254740993, false",
    "9007199254740993, 9007199254740993.0, true",
    "9223372036854775807, 9223372036854775808, false",
    "18446744073709551615, 18446744073709551616, false",
    "1e400, 1e400, true",
    "1e400, 10e399, true",
    "1e400, 1e401, false",
    "1e-400, 0, false",
    "1e-400, 10e-401, true",
    "-1, 1, false",
  })
  void same_byValue(String a, String b, boolean same) {
    assertThat(Numeric.same(number(a), number(b))).isEqualTo(same);
    assertThat(Numeric.same(number(b), number(a))).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 1.0, 1.09, true",
    "0.1, 1.0, 1.1, true",
    "0.1, 1.0, 1.1000000001, false",
    "0.1, 1.0, 1.10000000000000000001, false",
    "0.1, -0.05, 0.05, true",
    "0.1, -0.05, 0.050001, false",
    "1e-6, 0.500001, 0.5, true",
    "1e-6, 0.5000009, 0.5, true",
    "1e-6, 0.5000011, 0.5, false",
    "0.5, 9007199254740992, 9007199254740993, false",
    "1, 9007199254740992, 9007199254740993, true",
    "1, 9007199254740992, 9007199254740994, false",
    "1, 1e400, 1e400, true",
    "1, 1e400, 2e400, false",
  })
  void within_aroundTheTolerance(double tolerance, String a, String b, boolean within) {
    Numeric numeric = new Numeric(tolerance);
    assertThat(numeric.within(number(a), number(b))).isEqualTo(within);
    assertThat(numeric.within(number(b), number(a))).isEqualTo(within);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.1, 1.0, 1.1, true",
    "0, 0.1, 10, 9, true",
    "0, 0.1, 10, 8.9999999, false",
    "0, 0.1, -10, -9, true",
    "0, 0.1, -1, 1, false",
    "0, 0.1, 0, 0, true",
    "0, 0.1, 0, 1e-300, false",
    "0.5, 0.1, 0, 0.5, true",
    "0.5, 0.1, 100, 90, true",
    "0.5, 0.1, 1, 0.4, false",
    "0, 0.5, 1e400, 2e400, true",
    "0, 0.5, 1e400, 3e400, false",
    "0, 0.0000001, 9007199254740992, 9007199254740993, true",
    "0, 1, 3, 0, true",
  })
  void within_oneOfTheTolerances(
      double tolerance, double relative, String a, String b, boolean within) {
    Numeric numeric = new Numeric(tolerance, relative);
    assertThat(numeric.within(number(a), number(b))).isEqualTo(within);
    assertThat(numeric.within(number(b), number(a))).isEqualTo(within);
  }

  @Test
  void specials_areEqualToThemselvesAlone() {
    Json.Num nan = new Json.Num(Double.NaN, null);
    Json.Num infinity = new Json.Num(Double.POSITIVE_INFINITY, null);
    Json.Num minus = new Json.Num(Double.NEGATIVE_INFINITY, null);
    List<Json.Num> all = List.of(nan, infinity, minus, number("1e400"), number("0"));
    for (Numeric numeric : List.of(new Numeric(0), new Numeric(1e300), new Numeric(0, 1))) {
      for (Json.Num a : all.subList(0, 3)) {
        for (Json.Num b : all) {
          assertThat(numeric.within(a, b)).isEqualTo(a == b);
          assertThat(Numeric.same(b, a)).isEqualTo(a == b);
        }
      }
    }
    assertThat(infinity.isInteger()).isFalse();
    assertThat(nan.isInteger()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, 1.0000001, Double.NaN})
  void relativeTolerance_thatIsNone_isRefused(double relative) {
    assertThatThrownBy(() -> new Numeric(0, relative))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("relativeTolerance");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void tolerance_thatIsNone_isRefused(double tolerance) {
    assertThatThrownBy(() -> new Numeric(tolerance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tolerance");
  }

  @Test
  void scan_readsEveryNumberAsTheNearestDouble_andComparesDoublesAndLongIntegers() {
    Random random = new Random(20260101);
    for (int i = 0; i < 20_000; i++) {
      String a = randomNumber(random);
      String b = random.nextBoolean() ? randomNumber(random) : tweak(a, random);
      assertThat(number(a).value()).as(a).isEqualTo(Double.parseDouble(a) + 0.0);
      boolean exactly = new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
      double value = Double.parseDouble(a);
      boolean oneDouble = value == Double.parseDouble(b) && Double.isFinite(value) && value != 0;
      boolean same = exactly || (oneDouble && !isLongInteger(a) && !isLongInteger(b));
      assertThat(Numeric.same(number(a), number(b))).as("%s = %s", a, b).isEqualTo(same);
      assertThat(Numeric.same(number(b), number(a))).as("%s = %s", b, a).isEqualTo(same);
      assertThat(Numeric.same(number(a), number(a))).as(a).isTrue();
      if (same && !exactly) {
        assertThat(Canonical.of(number(a))).isEqualTo(Canonical.of(number(b)));
      }
    }
  }

  private static boolean isLongInteger(String text) {
    return text.matches("-?[0-9]{16,}");
  }

  private static String randomNumber(Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
    text.append(1 + random.nextInt(9));
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append(random.nextInt(10));
    }
    if (random.nextBoolean()) {
      text.append('.');
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        text.append(random.nextInt(10));
      }
    }
    if (random.nextBoolean()) {
      text.append('e').append(random.nextInt(700) - 350);
    }
    return text.toString();
  }

  /** A number close to another: one more zero, or a last digit that is one off. */
  private static String tweak(String number, Random random) {
    int e = number.indexOf('e');
    String mantissa = e < 0 ? number : number.substring(0, e);
    String rest = e < 0 ? "" : number.substring(e);
    String point = mantissa.contains(".") ? "" : ".";
    return mantissa + point + (random.nextBoolean() ? "0" : "00000001") + rest;
  }

  private static Json.Num number(String text) {
    return Objects.requireNonNull(NumberScanner.parse(text), text);
  }
}
