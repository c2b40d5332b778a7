package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedTokensTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final FailedTokens failures = new FailedTokens(clock::get);

  private void fail(String address, int times) {
    for (int i = 0; i < times; i++) {
      failures.failed(address);
    }
  }

  private void advance(Duration by) {
    clock.addAndGet(by.toNanos());
  }

  @Test
  void burst_isHeard_andTheNextHasToWait() {
    fail("a", FailedTokens.BURST - 1);
    assertThat(failures.secondsToWait("a")).isZero();

    fail("a", 1);
    assertThat(failures.secondsToWait("a")).isEqualTo(FailedTokens.SECONDS_EACH);
    assertThat(failures.secondsToWait("b")).isZero();
  }

  @Test
  void oneMore_isHeard_afterEachWait() {
    fail("a", FailedTokens.BURST);
    advance(Duration.ofSeconds(FailedTokens.SECONDS_EACH).minusMillis(1));
    assertThat(failures.secondsToWait("a")).isEqualTo(1);

    advance(Duration.ofMillis(1));
    assertThat(failures.secondsToWait("a")).isZero();
    fail("a", 1);
    assertThat(failures.secondsToWait("a")).isEqualTo(FailedTokens.SECONDS_EACH);
  }

  @Test
  void address_isForgotten_whenAllItsFailuresAre() {
    fail("a", 3);
    advance(Duration.ofSeconds(3L * FailedTokens.SECONDS_EACH));
    assertThat(failures.secondsToWait("a")).isZero();
    assertThat(failures.size()).isZero();
  }

  @Test
  void addresses_areBounded() {
    for (int i = 0; i <= FailedTokens.MAX_ADDRESSES; i++) {
      failures.failed("address " + i);
    }
    assertThat(failures.size()).isEqualTo(FailedTokens.MAX_ADDRESSES);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "fe80::1%eth0, fe80::2%eth1, true",
    "192.0.2.1, 192.0.2.2, false",
    "::1, 127.0.0.1, false"
  })
  void addresses_ofOneNetworkOfIpv6_areOne(String a, String b, boolean one) {
    fail(a, FailedTokens.BURST);
    assertThat(failures.secondsToWait(b) > 0).isEqualTo(one);
  }
}
