package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceTest {

  /** A gap that is no number would make a sum that never is one again. */
  @ParameterizedTest
  @CsvSource({
    "AGREE, 0.25, 1, 0.25",
    "DISAGREE, 0, 1, 0",
    "AGREE, NaN, 0, 0",
    "DISAGREE, NaN, 0, 0",
    "AGREE, Infinity, 0, 0",
    "INCOMPARABLE, NaN, 0, 0",
    "INCOMPARABLE, 0.25, 0, 0",
  })
  void gap_thatIsANumberOfARatedPair_isCounted(
      Outcome outcome, double gap, long count, double sum) {
    Settlement settled = new Settlement(outcome, null, 1, 0, gap, false);

    Evidence evidence = Evidence.NONE.plus(settled);

    assertThat(evidence.confidenceGapCount()).isEqualTo(count);
    assertThat(evidence.confidenceGapSum()).isEqualTo(sum);
    Settlement next = new Settlement(Outcome.AGREE, null, 1, 1, 0.5, false);
    assertThat(evidence.plus(next).confidenceGapSum()).isEqualTo(sum + 0.5);
  }
}
