package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class MirrorPlacesTest {
  private static final long MILLISECOND = 1_000_000;
  private static final long SECOND = 1_000 * MILLISECOND;
  private static final int MAX = 256;

  /** Where the clock begins must not matter: it may be anything, and run over. */
  private long now = Long.MAX_VALUE - 3 * SECOND;

  private final MirrorPlaces places = new MirrorPlaces(now);
  private final PriorityQueue<Held> held =
      new PriorityQueue<>((a, b) -> Long.signum(a.until - b.until));
  private long challengerNanos;

  private record Held(long since, long until) {}

  /** Users' requests, evenly; gives when the mirrored ones began, in nanoseconds from now. */
  private List<Long> demand(long forNanos, long everyNanos) {
    long began = now;
    List<Long> starts = new ArrayList<>();
    while (now - began < forNanos) {
      if (request()) {
        starts.add(now - began);
      }
      now += everyNanos;
    }
    return starts;
  }

  private int burst(int requests) {
    int mirrored = 0;
    for (int i = 0; i < requests; i++) {
      if (request()) {
        mirrored++;
      }
      now += 10_000;
    }
    return mirrored;
  }

  private boolean request() {
    answer();
    boolean mirrored = places.tryTake(MAX, now);
    if (mirrored) {
      held.add(new Held(now, now + challengerNanos));
    }
    assertThat(places.taken()).isEqualTo(held.size()).isLessThanOrEqualTo(MAX);
    return mirrored;
  }

  private void answer() {
    while (!held.isEmpty() && held.peek().until - now <= 0) {
      Held done = held.remove();
      places.giveBack(done.until - done.since);
    }
  }

  private static int mostWithin(List<Long> starts, long nanos) {
    int most = 0;
    for (int first = 0; first < starts.size(); first++) {
      long end = starts.get(first) + nanos;
      int beyond = Collections.binarySearch(starts, end);
      most = Math.max(most, (beyond < 0 ? -beyond - 1 : beyond) - first);
    }
    return most;
  }

  @Test
  void placesThatAreFree_areGivenAtOnce() {
    challengerNanos = 2 * SECOND;

    assertThat(burst(MAX + 1)).isEqualTo(MAX);
  }

  @Test
  void placesOfASlowChallenger_areTakenEvenly_andNoneStaysEmpty() {
    challengerNanos = 2 * SECOND;
    demand(4 * SECOND, MILLISECOND / 10);

    List<Long> starts = demand(20 * SECOND, MILLISECOND / 10);

    // Evenly they are 1.3 in 10 ms; a herd is 100 of them.
    assertThat(mostWithin(starts, 10 * MILLISECOND)).isLessThanOrEqualTo(5);
    assertThat(starts.size()).isBetween(MAX * 10 * 95 / 100, MAX * 10);
  }

  @Test
  void challengerThatIsNearlyFastEnough_isKeptBusy() {
    challengerNanos = 20 * MILLISECOND;
    demand(2 * SECOND, MILLISECOND / 20);

    List<Long> starts = demand(2 * SECOND, MILLISECOND / 20);

    assertThat(starts.size()).isBetween(MAX * 100 * 97 / 100, MAX * 100);
  }

  @Test
  void burstsWithRestsBetween_getAllPlaces_everyTime() {
    challengerNanos = 500 * MILLISECOND;
    for (int i = 0; i < 20; i++) {
      assertThat(burst(MAX + 50)).describedAs("burst %d", i).isEqualTo(MAX);
      now += 900 * MILLISECOND;
    }
  }

  @Test
  void challengerThatRecovers_getsEverything_soonAfterTheSlowAnswersAreIn() {
    challengerNanos = 2 * SECOND;
    demand(6 * SECOND, MILLISECOND / 10);
    challengerNanos = 5 * MILLISECOND;

    demand(3 * SECOND, MILLISECOND / 10);

    assertThat(demand(SECOND, MILLISECOND / 10)).hasSize(10_000);
  }

  @Test
  void requestsThatAreNotTurnedAway_areNotSpaced() {
    challengerNanos = 2 * SECOND;
    // 200 in 100 ms, then a rest: never more than there are places, and never evenly.
    for (int i = 0; i < 5; i++) {
      assertThat(demand(100 * MILLISECOND, MILLISECOND / 2)).hasSize(200);
      now += 2 * SECOND;
    }
  }

  @Test
  void boundThatIsLowered_holdsForTheNext() {
    challengerNanos = 2 * SECOND;
    burst(100);

    assertThat(places.tryTake(100, now)).isFalse();
    assertThat(places.tryTake(101, now)).isTrue();
    assertThat(places.taken()).isEqualTo(101);
  }
}
