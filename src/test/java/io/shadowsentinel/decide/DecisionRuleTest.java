package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.decide.Decision.Action;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionRuleTest {

  @ParameterizedTest
  @CsvSource({
    // agree, against, what is due
    "199, 0,  WAIT",
    "159, 40, WAIT",
    "0,   199, WAIT",
    "159, 41, ROLLBACK",
    "160, 40, PROMOTE",
    "161, 39, PROMOTE",
    "200, 0,  PROMOTE",
    "0,   200, ROLLBACK",
    "160, 41, ROLLBACK",
    "161, 40, PROMOTE",
    "162, 39, PROMOTE",
  })
  void defaultRule_aroundEachBoundary(long agree, long against, String due) {
    assertDue(Given.evidence(agree, against, 0), DecideSettings.DEFAULTS, due);
    assertDue(Given.evidence(agree, 0, against), DecideSettings.DEFAULTS, due);
  }

  @ParameterizedTest
  @CsvSource({
    // rates that a double gets wrong: 0.1 + 0.2, thirds, the last of six decimals
    "3,       7,      10,      0.3,      PROMOTE",
    "2,       8,      10,      0.3,      ROLLBACK",
    "333333,  666667, 1000000, 0.333333, PROMOTE",
    "333332,  666668, 1000000, 0.333333, ROLLBACK",
    "1,       2,      3,       0.333333, PROMOTE",
    "1,       2,      3,       0.333334, ROLLBACK",
    "999999,  1,      1000000, 1,        ROLLBACK",
    "1000000, 0,      1000000, 1,        PROMOTE",
    "0,       1,      1,       0,        PROMOTE",
    "0,       1,      1,       0.000001, ROLLBACK",
  })
  void anyBar_isComparedExactly(
      long agree, long against, long minRequests, String minAgreement, String due) {
    assertDue(Given.evidence(agree, against, 0), Given.rule(minRequests, minAgreement, true), due);
  }

  @Test
  void hugeCounts_doNotOverflow() {
    long huge = Long.MAX_VALUE / 4;
    assertDue(Given.evidence(huge, 0, 0), DecideSettings.DEFAULTS, "PROMOTE");
    assertDue(Given.evidence(huge, huge, 0), DecideSettings.DEFAULTS, "ROLLBACK");
  }

  @Test
  void explain_neverRoundsUpToTheBar() {
    assertThat(DecisionRule.explain(Given.evidence(79_999, 20_001, 0), DecideSettings.DEFAULTS))
        .isEqualTo("79999 of 100000 agree (79.99 %), under the minimum of 80 %");
    assertThat(DecisionRule.explain(Given.evidence(160, 40, 0), DecideSettings.DEFAULTS))
        .isEqualTo("160 of 200 agree (80.00 %), at or over the minimum of 80 %");
  }

  private static void assertDue(Evidence evidence, DecideSettings rule, String due) {
    Optional<Action> expected =
        due.equals("WAIT") ? Optional.empty() : Optional.of(Action.valueOf(due));
    assertThat(DecisionRule.ask(evidence, rule)).isEqualTo(expected);
  }
}
