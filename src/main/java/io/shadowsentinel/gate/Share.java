package io.shadowsentinel.gate;

import java.math.BigDecimal;

/** So many of so many. */
public record Share(int part, int whole) {

  /** The same as a number from 0 to 1; NaN of nothing. */
  public double rate() {
    return (double) part / whole;
  }

  /** Compared exactly: 160 of 200 reaches 0.80, 159 does not. */
  public boolean reaches(BigDecimal bar) {
    return BigDecimal.valueOf(part).compareTo(bar.multiply(BigDecimal.valueOf(whole))) >= 0;
  }
}
