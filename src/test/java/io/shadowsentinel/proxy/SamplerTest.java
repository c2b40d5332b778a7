package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {

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
      hits += sampler.take(share) ? 1 : 0;
    }

    assertThat(hits).isEqualTo(taken);
  }

  @Test
  void share_isSpreadEvenly() {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(BigDecimal.TEN);

    for (int ten = 0; ten < 1_000; ten++) {
      int hits = 0;
      for (int i = 0; i < 10; i++) {
        hits += sampler.take(share) ? 1 : 0;
      }
      assertThat(hits).as("of requests %d to %d", ten * 10, ten * 10 + 9).isEqualTo(1);
    }
  }

  @Test
  void smallestShare_overItsWholePeriod_isOne() {
    Sampler sampler = new Sampler();
    long share = Sampler.shareOf(new BigDecimal("0.0001"));

    int hits = 0;
    for (int i = 0; i < 1_000_000; i++) {
      hits += sampler.take(share) ? 1 : 0;
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
                  if (sampler.take(share)) {
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
