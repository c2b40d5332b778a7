package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedTestTest {

  /**
   * The exact conditional test in the two worked examples of Fagerland, Lydersen, Laake, BMC
   * Medical Research Methodology 13:91, 2013: airway hyper-responsiveness, 1 against 7, p = 0.070;
   * complete response, 6 against 16, p = 0.052.
   */
  @ParameterizedTest
  @CsvSource({"1, 7, 0.0703125", "7, 1, 0.0703125", "6, 16, 0.0524788"})
  void mcNemar_onPublishedExamples_givesTheirP(int better, int worse, double p) {
    assertThat(new PairedTest(better, worse).p()).isCloseTo(p, within(5e-8));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1, 1",
    "0, 1, 1, 0.5",
    "1, 0, 1, 1",
    "5, 5, 1, 0.623046875",
    "0, 5, 0.0625, 0.03125"
  })
  void mcNemar_ofFewRows_isWhatHandsCount(int better, int worse, double p, double regression) {
    assertThat(new PairedTest(better, worse).p()).isCloseTo(p, within(1e-12));
    assertThat(new PairedTest(better, worse).regressionP()).isCloseTo(regression, within(1e-12));
  }

  /** The same sum in whole numbers of any length. */
  private static double exactTail(int k, int n) {
    BigInteger term = BigInteger.ONE;
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i <= n; i++) {
      sum = i >= k ? sum.add(term) : sum;
      term = term.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
    }
    return new BigDecimal(sum)
        .divide(new BigDecimal(BigInteger.TWO.pow(n)), MathContext.DECIMAL64)
        .doubleValue();
  }

  @Test
  void tail_ofEverySplitUpTo60_equalsThatInWholeNumbers() {
    for (int n = 0; n <= 60; n++) {
      for (int worse = 0; worse <= n; worse++) {
        double expected = exactTail(worse, n);
        assertThat(new PairedTest(n - worse, worse).regressionP())
            .as("%d of %d", worse, n)
            .isCloseTo(expected, within(1e-12 + expected * 1e-10));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"480, 520", "480, 521", "1000, 1100", "1100, 1000", "2000, 2001", "100, 4000"})
  void tail_ofManyRows_equalsThatInWholeNumbers(int better, int worse) {
    double expected = exactTail(worse, better + worse);
    assertThat(new PairedTest(better, worse).regressionP())
        .isCloseTo(expected, within(expected * 1e-9));
  }

  @Test
  void tail_ofAMillionRows_staysAProbability() {
    assertThat(new PairedTest(500_000, 500_000).regressionP()).isBetween(0.5, 0.501);
    assertThat(new PairedTest(0, 1_000_000).regressionP()).isZero();
    assertThat(new PairedTest(1_000_000, 0).regressionP()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5, 0.03124, false",
    "0, 5, 0.03125, true",
    "0, 5, 0.03126, true",
    "5, 0, 1, false",
    "5, 5, 1, false",
    "0, 0, 1, false",
    "4, 5, 1, true",
  })
  void regression_aroundItsBar_isShownAtIt(int better, int worse, BigDecimal p, boolean shown) {
    assertThat(new PairedTest(better, worse).showsRegression(p)).isEqualTo(shown);
  }
}
