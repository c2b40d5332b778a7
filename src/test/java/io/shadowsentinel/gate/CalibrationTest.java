package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationTest {

  /**
   * By hand: bin (0.9, 1] has 0.95 and 0.99, both right: |1 - 0.97| = 0.03 for 2 rows. Bin (0.7,
   * 0.8] has 0.75 right, 0.79 and 0.74 wrong: |1/3 - 0.76| = 0.426667 for 3 rows. Bin (0.5, 0.6]
   * has 0.6 wrong: 0.6 for 1 row. ECE = (2 * 0.03 + 3 * 0.426667 + 0.6) / 6 = 0.323333.
   */
  @Test
  void calibration_ofSixRows_isWhatHandsCount() {
    Calibration.Tally tally = new Calibration.Tally();
    tally.add(0.95, true);
    tally.add(0.99, true);
    tally.add(0.75, true);
    tally.add(0.79, false);
    tally.add(0.74, false);
    tally.add(0.60, false);
    Calibration calibration = tally.result();
    assertThat(calibration.expectedError()).isCloseTo(0.32333333333, within(1e-9));
    assertThat(calibration.maximumError()).isCloseTo(0.6, within(1e-12));
    assertThat(calibration.bins()).hasSize(10);
    assertThat(calibration.bins().get(7).right()).isEqualTo(new Share(1, 3));
    assertThat(calibration.bins().get(7).confidence()).isCloseTo(0.76, within(1e-12));
    assertThat(calibration.bins().get(0).distance()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.0999, 0", "0.1, 0", "0.1001, 1", "0.5, 4", "0.9, 8", "0.9001, 9", "1, 9"})
  void bin_aroundItsEdges_takesWhatIsUpToItsHigh(double confidence, int bin) {
    Calibration.Tally tally = new Calibration.Tally();
    tally.add(confidence, true);
    assertThat(tally.result().bins().get(bin).right().whole()).isEqualTo(1);
  }

  @Test
  void model_thatIsAsOftenRightAsItSays_hasNoError() {
    Calibration.Tally tally = new Calibration.Tally();
    for (int i = 0; i < 4; i++) {
      tally.add(0.75, i < 3);
    }
    assertThat(tally.result().expectedError()).isZero();
  }
}
