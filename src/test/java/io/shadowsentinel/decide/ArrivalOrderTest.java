package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.ShedReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalOrderTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Arrivals arrivals = new EligibleCounts().arrivals("e1");
  private final ArrivalOrder order = new ArrivalOrder(arrivals);

  private static Settlement agree(int rows) {
    return new Settlement(Outcome.AGREE, null, rows, rows, 0.5, false);
  }

  /** Of each kind there is, with figures of its own. */
  private static Settlement any(Random random) {
    int kind = random.nextInt(Outcome.values().length + ShedReason.values().length);
    return kind < Outcome.values().length
        ? new Settlement(
            Outcome.values()[kind],
            null,
            random.nextInt(100),
            random.nextInt(100),
            random.nextBoolean() ? Double.NaN : random.nextDouble(),
            random.nextBoolean())
        : Settlement.of(ShedReason.values()[kind - Outcome.values().length]);
  }

  private List<Settlement> poll() {
    List<Settlement> polled = new ArrayList<>();
    for (Settlement next = order.poll(); next != null; next = order.poll()) {
      polled.add(next);
    }
    order.publish();
    return polled;
  }

  private List<Long> take(int count) {
    return LongStream.range(0, count).mapToObj(unused -> arrivals.take()).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyInterleaving_givesTheOrderOfArrival(long seed) {
    Random random = new Random(seed);
    int count = 20_000;
    List<Settlement> came = IntStream.range(0, count).mapToObj(unused -> any(random)).toList();
    List<Settlement> counted = new ArrayList<>();
    List<Integer> underWay = new ArrayList<>();
    int taken = 0;
    while (counted.size() < count) {
      int most = 1 + random.nextInt(seed % 2 == 0 ? 20 : 5_000);
      while (taken < count && underWay.size() < most) {
        assertThat(arrivals.take()).isEqualTo(arrivals.first() + taken);
        underWay.add(taken++);
      }
      Collections.shuffle(underWay, random);
      for (int i = random.nextInt(underWay.size()) + 1; i > 0; i--) {
        int index = underWay.remove(underWay.size() - 1);
        assertThat(order.settle(arrivals.first() + index, came.get(index))).isTrue();
        assertThat(order.settle(arrivals.first() + index, came.get(index))).isFalse();
      }
      counted.addAll(poll());
    }

    assertThat(counted).isEqualTo(came);
    assertThat(order.waiting()).isZero();
  }

  @Test
  void verdict_waitsForTheOldest_andAllFollowItThen() {
    List<Long> numbers = take(3);

    order.settle(numbers.get(2), agree(3));
    order.settle(numbers.get(1), agree(2));
    assertThat(poll()).isEmpty();
    assertThat(order.waiting()).isEqualTo(2);

    order.settle(numbers.get(0), agree(1));
    assertThat(poll()).containsExactly(agree(1), agree(2), agree(3));
  }

  @Test
  void numberThatWasNotTaken_orIsOfAnotherScope_isNotSettled() {
    Arrivals others = new EligibleCounts().arrivals("other");
    assertThat(order.settle(others.take(), agree(1))).isFalse();
    long taken = arrivals.take();

    assertThat(order.settle(taken + 1, agree(1))).isFalse();
    assertThat(order.settle(taken - 1, agree(1))).isFalse();
    assertThat(order.settle(taken, agree(1))).isTrue();
    assertThat(poll()).hasSize(1);
    assertThat(order.settle(taken, agree(1))).as("a second time").isFalse();
  }

  @Test
  void scopesOfAProcess_shareNoNumber() {
    EligibleCounts counts = new EligibleCounts();
    Arrivals before = counts.arrivals("e1");
    long old = before.take();
    counts.retainOnly(Set.of());
    Arrivals after = counts.arrivals("e1");
    ArrivalOrder next = new ArrivalOrder(after);
    after.take();

    assertThat(next.settle(old, agree(1))).as("of before it went").isFalse();
  }

  @Test
  void fullOrder_isSeenByTheProxies_untilTheOldestIsSettled() {
    List<Long> numbers = take(Arrivals.MAX_UNSETTLED - 1);
    numbers.subList(1, numbers.size()).forEach(number -> order.settle(number, agree(1)));
    assertThat(poll()).isEmpty();
    assertThat(arrivals.isFull()).isFalse();

    long last = arrivals.take();
    assertThat(arrivals.isFull()).isTrue();
    order.settle(last, agree(1));
    assertThat(poll()).isEmpty();
    assertThat(arrivals.isFull()).isTrue();

    order.settle(numbers.get(0), agree(1));
    assertThat(poll()).hasSize(Arrivals.MAX_UNSETTLED);
    assertThat(arrivals.isFull()).isFalse();
    assertThat(ArrivalOrder.BYTES).isLessThanOrEqualTo(64);
  }

  /** Some settle, some are lost for ever: what came before and after them counts all the same. */
  @Test
  void lostOnes_areGivenUpTogether_afterTheirTime_andNoSooner() {
    List<Long> numbers = take(5);
    order.settle(numbers.get(1), agree(1));
    order.settle(numbers.get(4), agree(4));
    long now = 1_000_000;
    assertThat(order.giveUp(now, PATIENCE)).isZero();
    long later = arrivals.take();
    order.settle(later, agree(9));

    for (int second = 1; second < 10; second++) {
      assertThat(order.giveUp(now += 1_000, PATIENCE)).as("after %d s", second).isZero();
    }
    assertThat(order.giveUp(now + 1_000, PATIENCE)).isEqualTo(3);

    assertThat(poll())
        .containsExactly(
            Settlement.LOST, agree(1), Settlement.LOST, Settlement.LOST, agree(4), agree(9));
  }

  @Test
  void lostOne_thatIsTheLast_isGivenUpToo() {
    take(1);
    long now = 0;
    int lost = 0;
    for (int second = 0; second <= 10; second++) {
      lost += order.giveUp(now += 1_000, PATIENCE);
    }
    assertThat(lost).isEqualTo(1);
    assertThat(poll()).containsExactly(Settlement.LOST);
    for (int second = 0; second <= 30; second++) {
      assertThat(order.giveUp(now += 1_000, PATIENCE)).isZero();
    }
  }

  @Test
  void hangingDisk_orAClockThatJumps_isNoTimeThatARequestTook() {
    take(1);
    order.giveUp(0, PATIENCE);

    assertThat(order.giveUp(3_600_000, PATIENCE)).isZero();
    assertThat(order.giveUp(1_000, PATIENCE)).isZero();
    assertThat(order.giveUp(3_600_000, PATIENCE)).isZero();
  }

  @Test
  void longerTimeOfBefore_holdsForThoseThatBeganWithIt() {
    take(1);
    long now = 0;
    order.giveUp(now, PATIENCE.multipliedBy(3));
    for (int second = 1; second < 30; second++) {
      assertThat(order.giveUp(now += 1_000, PATIENCE)).isZero();
    }
    assertThat(order.giveUp(now + 1_000, PATIENCE)).isEqualTo(1);
  }

  @Test
  void orderThatGoesOn_isNeverGivenUp() {
    long now = 0;
    take(1);
    for (int second = 0; second < 100; second++) {
      long number = arrivals.end() - 1;
      take(1);
      order.settle(number, agree(1));
      assertThat(poll()).hasSize(1);
      assertThat(order.giveUp(now += 1_000, PATIENCE)).isZero();
    }
  }
}
