package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final long KEY = Sampler.keyOf("exp-1");

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.1, 1",
    "1, 10",
    "10, 100",
    "33.3, 333",
    "50, 500",
    "99.9, 999",
    "100, 1000"
  })
  void share_ofAThousand_isExact(String percent, int taken) {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(new BigDecimal(percent));

    int hits = 0;
    for (int i = 0; i < 1_000; i++) {
      hits += sampler.take(share, KEY) ? 1 : 0;
    }

    assertThat(hits).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({"0.1", "0.25", "1", "10", "12.3456", "33.3", "50", "99.99"})
  void share_ofEachBlock_isExactWithinOne(String percent) {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(new BigDecimal(percent));
    long total = 0;

    for (int block = 0; block < 200; block++) {
      int hits = 0;
      for (int i = 0; i < Sampler.BLOCK; i++) {
        hits += sampler.take(share, KEY) ? 1 : 0;
      }
      total += hits;
      assertThat(Math.abs(hits - share / 1e3)).as("of block %d: %d", block, hits).isLessThan(1);
    }
    assertThat(Math.abs(total - 200 * share / 1e3)).as("of all: %d", total).isLessThan(1);
  }

  /** A comb of every tenth would take all requests of one, and none of the other nine. */
  @ParameterizedTest
  @CsvSource({
    "10, 10",
    "10, 2",
    "10, 7",
    "10, 20",
    "10, 1000",
    "50, 2",
    "50, 4",
    "1, 100",
    "25, 8"
  })
  void clientsThatTakeTurns_areAllSampled_byTheirShare(String percent, int clients) {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(new BigDecimal(percent));
    int each = 20_000;
    int[] hits = new int[clients];

    for (int turn = 0; turn < each; turn++) {
      for (int client = 0; client < clients; client++) {
        hits[client] += sampler.take(share, KEY) ? 1 : 0;
      }
    }

    double p = share / 1e6;
    double expected = each * p;
    double sixSigma = 6 * Math.sqrt(expected * (1 - p));
    for (int client = 0; client < clients; client++) {
      assertThat((double) hits[client])
          .as("of client %d of %d", client, clients)
          .isBetween(expected - sixSigma, expected + sixSigma);
    }
  }

  @Test
  void choice_isTheSameForAKey_andAnotherForAnotherKeyAndBlock() {
    assertThat(taken(KEY, 0)).isEqualTo(taken(Sampler.keyOf("exp-1"), 0)).hasSize(100);
    assertThat(taken(Sampler.keyOf("exp-2"), 0)).isNotEqualTo(taken(KEY, 0)).hasSize(100);
    assertThat(taken(KEY, 1)).isNotEqualTo(taken(KEY, 0)).hasSize(100);
  }

  /** Which of a block are taken, by their place in it. */
  private static List<Integer> taken(long key, int block) {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(BigDecimal.TEN);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < (block + 1) * Sampler.BLOCK; i++) {
      if (sampler.take(share, key) && i >= block * Sampler.BLOCK) {
        places.add(i % Sampler.BLOCK);
      }
    }
    return places;
  }

  @Test
  void smallestShare_overItsWholePeriod_isOne() {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(new BigDecimal("0.0001"));

    int hits = 0;
    for (int i = 0; i < 1_000_000; i++) {
      hits += sampler.take(share, KEY) ? 1 : 0;
    }

    assertThat(hits).isEqualTo(1);
  }

  @Test
  void share_fromSeveralThreads_isExact() throws InterruptedException {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(BigDecimal.TEN);
    AtomicInteger hits = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                for (int i = 0; i < 25_000; i++) {
                  if (sampler.take(share, KEY)) {
                    hits.incrementAndGet();
                  }
                }
              });
      threads[t].start();
    }

    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(hits).hasValue(10_000);
  }
}
