package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time here is what the runs themselves put on the clock. */
class StopwatchTest {

  private long now;
  private final Stopwatch stopwatch = new Stopwatch(() -> now);

  @Test
  void model_alone_isTimedAfterTheWarmUp() {
    List<Integer> rows = new ArrayList<>();
    Stopwatch.Times times =
        stopwatch.measure(
            3,
            row -> {
              rows.add(row);
              now += rows.size() <= 1_000 ? 1_000_000 : 10 * (row + 1);
            },
            null);
    assertThat(times.model())
        .isEqualTo(
            new Latencies(2_000, Duration.ofNanos(20), Duration.ofNanos(30), Duration.ofNanos(30)));
    assertThat(times.baseline()).isNull();
    assertThat(times.ratio()).isNull();
    assertThat(rows).startsWith(0, 1, 2, 0);
  }

  @Test
  void models_beside_takeTurnsInWhoIsFirst() {
    StringBuilder order = new StringBuilder();
    Stopwatch.Times times =
        stopwatch.measure(
            1,
            row -> {
              order.append('m');
              now += 30;
            },
            row -> {
              order.append('b');
              now += 20;
            });
    assertThat(order.substring(2_000, 2_008)).isEqualTo("mbbmmbbm");
    assertThat(times.ratio()).isEqualTo(new LatencyRatio(1.5, 1.5, 1.5));
    assertThat(times.baseline().p50()).isEqualTo(Duration.ofNanos(20));
  }

  /** A machine that gets slower and slower makes times useless, and leaves the ratio alone. */
  @Test
  void ratio_onAMachineThatSlowsDown_stays() {
    long[] speed = {1_000};
    Stopwatch.Times times =
        stopwatch.measure(1, row -> now += 3 * (speed[0] += 7), row -> now += 2 * (speed[0] += 7));
    assertThat(times.model().p99().toNanos()).isGreaterThan(times.model().p50().toNanos() * 5 / 4);
    assertThat(times.ratio().median()).isCloseTo(1.5, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({"1, 2000", "2000, 2000", "2001, 2001"})
  void samples_ofAFastModel_areEachRowAtLeast(int rows, int samples) {
    assertThat(stopwatch.measure(rows, row -> now++, null).model().samples()).isEqualTo(samples);
  }

  @Test
  void samples_ofASlowModel_areFewerButAHundred() {
    int[] runs = {0};
    Stopwatch.Times times =
        stopwatch.measure(
            1,
            row -> {
              runs[0]++;
              now += Duration.ofSeconds(1).toNanos();
            },
            null);
    assertThat(times.model().samples()).isEqualTo(100);
    assertThat(runs[0]).as("with a warm-up of 10 s").isEqualTo(110);
  }

  @Test
  void ratio_ofUnevenPairs_isTheMedianInItsInterval() {
    long[] model = new long[101];
    long[] baseline = new long[101];
    for (int i = 0; i < 101; i++) {
      model[i] = 100 + i;
      baseline[i] = 100;
    }
    LatencyRatio ratio = LatencyRatio.of(model, baseline);
    assertThat(ratio.median()).isEqualTo(1.5);
    // Ranks 50.5 -/+ 1.96 * sqrt(101) / 2, rounded outward: 41 and 61 of 101.
    assertThat(ratio.low()).isCloseTo(1.4, within(1e-9));
    assertThat(ratio.high()).isCloseTo(1.6, within(1e-9));
    assertThat(LatencyRatio.of(new long[] {6}, new long[] {3}))
        .isEqualTo(new LatencyRatio(2, 2, 2));
    assertThat(LatencyRatio.of(new long[] {0}, new long[] {0}).median()).isEqualTo(1);
  }
}
