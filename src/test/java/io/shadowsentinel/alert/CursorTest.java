package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.decide.Decision;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CursorTest {

  private static final Cursor START = Cursor.startingAt(TestDecisions.NOON);

  @ParameterizedTest
  @CsvSource({"-1, true", "0, false", "1, false"})
  void decision_aroundTheStart_isHistoryOnlyBefore(long millis, boolean history) {
    Decision decision =
        TestDecisions.withTime(
            TestDecisions.rollback(1, "r"), TestDecisions.NOON.plusMillis(millis));

    assertThat(START.isHistory(decision)).isEqualTo(history);
    assertThat(START.after(decision).firing("r").isEmpty()).isEqualTo(history);
  }

  @Test
  void decision_inTheSameMillisecondAsTheStart_isNotHistory() {
    Cursor cursor = Cursor.startingAt(TestDecisions.NOON.plusNanos(999_999));

    assertThat(
            cursor.isHistory(
                TestDecisions.withTime(TestDecisions.rollback(1, "r"), TestDecisions.NOON)))
        .isFalse();
  }

  @Test
  void rollback_isFiringUntilTheRouteRestarts() {
    Cursor fired = START.after(TestDecisions.rollback(1, "r"));
    Cursor other = fired.after(TestDecisions.restart(2, "other"));
    Cursor over = other.after(TestDecisions.restart(3, "r"));

    assertThat(fired.firing("r"))
        .contains(new Notice.Firing("exp-1", TestDecisions.NOON.plusSeconds(1)));
    assertThat(other.firing("r")).isPresent();
    assertThat(over.firing("r")).isEmpty();
    assertThat(over.lastSeq()).isEqualTo(3);
  }

  @Test
  void promotion_endsAFiringAlert() {
    assertThat(
            START
                .after(TestDecisions.rollback(1, "r"))
                .after(TestDecisions.promote(2, "r"))
                .firing())
        .isEmpty();
  }

  @Test
  void rewound_keepsWhatFiresAndTheStart() {
    Cursor rewound = START.after(TestDecisions.rollback(9, "r")).rewound();

    assertThat(rewound.lastSeq()).isZero();
    assertThat(rewound.firing("r")).isPresent();
    assertThat(rewound.since()).isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
  }
}
