package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final long START = 1_700_000_000L;

  private static Verdict verdict(Outcome outcome, double championMillis, double challengerMillis) {
    Observation seen =
        new Observation(
            "r",
            0,
            List.of(),
            List.of(),
            List.of(),
            0,
            nanos(championMillis),
            nanos(challengerMillis),
            null,
            null,
            null);
    return new Verdict("digits", "e1", outcome, 1, 1, Double.NaN, false, null, seen);
  }

  private static long nanos(double millis) {
    return millis < 0 ? Observation.NO_ANSWER : (long) (millis * TimeUnit.MILLISECONDS.toNanos(1));
  }

  private static long millis(long second) {
    return second * 1_000;
  }

  @Test
  void step_thatIsOver_keepsItsCountsAndPercentiles() {
    Timeline timeline = new Timeline(1, 10);
    for (int i = 1; i <= 100; i++) {
      Outcome outcome = i <= 80 ? Outcome.AGREE : Outcome.DISAGREE;
      timeline.add(verdict(outcome, i, 2 * i), millis(START));
    }
    timeline.add(verdict(Outcome.AGREE, 500, -1), millis(START + 1));

    HistoryReport.Series told = timeline.report(0, millis(START + 1));

    assertThat(told.times()).containsExactly(START, START + 1);
    assertThat(told.rated()).containsExactly(100, 1);
    assertThat(told.agree()).containsExactly(80, 1);
    assertThat(told.champion().p50().get(0)).isCloseTo(50f, within(0.5f));
    assertThat(told.champion().p99().get(0)).isCloseTo(99f, within(1f));
    assertThat(told.challenger().p50().get(0)).isCloseTo(100f, within(1f));
    assertThat(told.champion().p50().get(1)).isCloseTo(500f, within(5f));
    assertThat(told.challenger().p99()).endsWith((Float) null);
  }

  @Test
  void outcomes_thatAreNotRated_areInNoRate() {
    Timeline timeline = new Timeline(1, 10);
    timeline.add(verdict(Outcome.INCOMPARABLE, 1, 1), millis(START));
    timeline.add(verdict(Outcome.CHALLENGER_ERROR, 1, -1), millis(START));

    HistoryReport.Series told = timeline.report(0, millis(START));

    assertThat(told.rated()).containsExactly(1);
    assertThat(told.agree()).containsExactly(0);
  }

  @Test
  void steps_olderThanWhatIsKept_areGone() {
    Timeline timeline = new Timeline(1, 10);
    for (int second = 0; second < 25; second++) {
      timeline.add(verdict(Outcome.AGREE, 1, 1), millis(START + second));
    }

    assertThat(timeline.report(0, millis(START + 24)).times())
        .hasSize(10)
        .startsWith(START + 15)
        .endsWith(START + 24);
    // Time goes on without traffic: what is too old is not told, though nothing overwrote it.
    assertThat(timeline.report(0, millis(START + 32)).times())
        .containsExactly(START + 23, START + 24);
    assertThat(timeline.report(0, millis(START + 40)).times()).isEmpty();
  }

  @Test
  void stepsWithoutComparisons_areLeftOut_alsoWhereTheRingWentRound() {
    Timeline timeline = new Timeline(1, 10);
    for (int second = 0; second < 10; second++) {
      timeline.add(verdict(Outcome.AGREE, 1, 1), millis(START + second));
    }
    timeline.add(verdict(Outcome.AGREE, 1, 1), millis(START + 15));

    assertThat(timeline.report(0, millis(START + 15)).times())
        .containsExactly(START + 6, START + 7, START + 8, START + 9, START + 15);
  }

  @Test
  void since_theStepItself_isTold_andNoneBefore() {
    Timeline timeline = new Timeline(60, 10);
    long minute = START - START % 60;
    for (int i = 0; i < 3; i++) {
      timeline.add(verdict(Outcome.AGREE, 1, 1), millis(minute + 60 * i + 59));
    }

    assertThat(timeline.report(minute + 60, millis(minute + 180)).times())
        .containsExactly(minute + 60, minute + 120);
    assertThat(timeline.report(minute + 61, millis(minute + 180)).times())
        .containsExactly(minute + 120);
  }

  @Test
  void clock_setBackALittle_countsOn_andALotBeginsAnew() {
    Timeline timeline = new Timeline(1, 100);
    timeline.add(verdict(Outcome.AGREE, 1, 1), millis(START));
    timeline.add(verdict(Outcome.AGREE, 1, 1), millis(START - 60));
    assertThat(timeline.report(0, millis(START)).rated()).containsExactly(2);

    timeline.add(verdict(Outcome.AGREE, 1, 1), millis(START - 61));
    assertThat(timeline.report(0, millis(START - 61)).times()).containsExactly(START - 61);
  }
}
