package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.Outcome;
import io.shadowsentinel.compare.Verdict;
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
    Verdict verdict = new Verdict("r", "s", outcome, 1, 0, gap, false, null);

    Evidence evidence = Evidence.NONE.plus(verdict);

    assertThat(evidence.confidenceGapCount()).isEqualTo(count);
    assertThat(evidence.confidenceGapSum()).isEqualTo(sum);
    Verdict next = new Verdict("r", "s", Outcome.AGREE, 1, 1, 0.5, false, null);
    assertThat(evidence.plus(next).confidenceGapSum()).isEqualTo(sum + 0.5);
  }
}
