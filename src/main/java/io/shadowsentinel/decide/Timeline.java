package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What comparisons came to in each of the latest steps of time, in a ring of a fixed number of
 * steps. Percentiles of a step are reckoned once, when it is over, so a step costs a few numbers
 * and not a histogram. One thread.
 */
final class Timeline {
  private static final long NONE = -1;

  /** A clock that was set back by more than so many steps makes what is there worthless. */
  private static final int MAX_STEPS_BACK = 60;

  /** Longer answers count as this; it bounds what a histogram can grow to. */
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

  private final int stepSeconds;
  private final long[] steps;
  private final int[] rated;
  private final int[] agree;
  private final Latencies champion;
  private final Latencies challenger;
  private long current = NONE;

  /**
   * @param stepSeconds how long a step is
   * @param kept how many of them are kept, the current one among them
   */
  Timeline(int stepSeconds, int kept) {
    this.stepSeconds = stepSeconds;
    this.steps = new long[kept];
    this.rated = new int[kept];
    this.agree = new int[kept];
    this.champion = new Latencies(kept);
    this.challenger = new Latencies(kept);
    Arrays.fill(steps, NONE);
  }

  /**
   * Counts a comparison.
   *
   * @param atMillis now, in milliseconds since 1970
   */
  void add(Verdict verdict, long atMillis) {
    int slot = slotOf(Math.floorDiv(atMillis, stepSeconds * 1_000L));
    if (verdict.outcome().isRated()) {
      rated[slot]++;
      if (verdict.outcome() == Outcome.AGREE) {
        agree[slot]++;
      }
    }
    Observation seen = verdict.observation();
    if (seen != null) {
      champion.record(seen.championNanos());
      challenger.record(seen.challengerNanos());
    }
  }

  private int slotOf(long step) {
    if (step < current - MAX_STEPS_BACK) {
      Arrays.fill(steps, NONE);
      current = NONE;
    }
    if (step > current) {
      if (current != NONE) {
        champion.close(slot(current));
        challenger.close(slot(current));
      }
      champion.begin();
      challenger.begin();
      current = step;
      int slot = slot(step);
      steps[slot] = step;
      rated[slot] = 0;
      agree[slot] = 0;
    }
    return slot(current);
  }

  private int slot(long step) {
    return (int) Math.floorMod(step, (long) steps.length);
  }

  /**
   * The steps in which something was compared, the oldest first.
   *
   * @param sinceSeconds only steps that begin at that moment or later, in seconds since 1970
   */
  HistoryReport.Series report(long sinceSeconds, long nowMillis) {
    long newest = Math.max(current, Math.floorDiv(nowMillis, stepSeconds * 1_000L));
    List<Long> times = new ArrayList<>();
    List<Integer> ratedThen = new ArrayList<>();
    List<Integer> agreeThen = new ArrayList<>();
    HistoryReport.Percentiles ofChampion = HistoryReport.Percentiles.empty();
    HistoryReport.Percentiles ofChallenger = HistoryReport.Percentiles.empty();
    for (long step = Math.max(0, newest - steps.length + 1); step <= current; step++) {
      int slot = slot(step);
      if (steps[slot] != step || step * stepSeconds < sinceSeconds) {
        continue;
      }
      times.add(step * stepSeconds);
      ratedThen.add(rated[slot]);
      agreeThen.add(agree[slot]);
      champion.tell(slot, step == current, ofChampion);
      challenger.tell(slot, step == current, ofChallenger);
    }
    return new HistoryReport.Series(
        stepSeconds, steps.length, times, ratedThen, agreeThen, ofChampion, ofChallenger);
  }

  /** The latencies of one model. */
  private static final class Latencies {
    private final float[] p50;
    private final float[] p99;

    /** Grows with the latencies that it sees; 5 KB up to 65 ms, 10 KB up to 30 s. */
    private final IntCountsHistogram now = new IntCountsHistogram(2);

    Latencies(int kept) {
      p50 = new float[kept];
      p99 = new float[kept];
    }

    void record(long nanos) {
      if (nanos != Observation.NO_ANSWER) {
        now.recordValue(Math.max(0, Math.min(LONGEST_MICROS, nanos / 1_000)));
      }
    }

    void begin() {
      now.reset();
    }

    void close(int slot) {
      p50[slot] = millis(50);
      p99[slot] = millis(99);
    }

    void tell(int slot, boolean isCurrent, HistoryReport.Percentiles to) {
      to.p50().add(told(isCurrent ? millis(50) : p50[slot]));
      to.p99().add(told(isCurrent ? millis(99) : p99[slot]));
    }

    private float millis(double percentile) {
      return now.getTotalCount() == 0 ? Float.NaN : now.getValueAtPercentile(percentile) / 1_000f;
    }

    private static @Nullable Float told(float millis) {
      return Float.isNaN(millis) ? null : millis;
    }
  }
}
