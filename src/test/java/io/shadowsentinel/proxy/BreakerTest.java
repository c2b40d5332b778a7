package io.shadowsentinel.proxy;

import static io.shadowsentinel.proxy.Breaker.Pass.PROBE;
import static io.shadowsentinel.proxy.Breaker.Pass.REFUSED;
import static io.shadowsentinel.proxy.Breaker.Pass.REGULAR;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final long OPEN = Breaker.OPEN_MILLIS * 1_000_000;
  private static final long PROBE_TIME = 10_000_000_000L;

  private final Breaker breaker = new Breaker();

  private Breaker.Pass passAt(long nanos) {
    return breaker.tryPass(nanos, PROBE_TIME);
  }

  private void fail(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      breaker.failed(REGULAR, nanos);
    }
  }

  @Test
  void fourFailures_leaveItClosed() {
    fail(Breaker.FAILURES - 1, 0);

    assertThat(passAt(0)).isEqualTo(REGULAR);
  }

  @Test
  void fiveFailures_openIt() {
    fail(Breaker.FAILURES, 0);

    assertThat(passAt(0)).isEqualTo(REFUSED);
    assertThat(breaker.isClosed()).isFalse();
  }

  @Test
  void success_forgetsFailuresBeforeIt() {
    fail(Breaker.FAILURES - 1, 0);
    breaker.succeeded();
    fail(Breaker.FAILURES - 1, 0);

    assertThat(passAt(0)).isEqualTo(REGULAR);
  }

  @Test
  void open_justBeforeItsTime_refuses() {
    fail(Breaker.FAILURES, 7);

    assertThat(passAt(7 + OPEN - 1)).isEqualTo(REFUSED);
  }

  @Test
  void open_atItsTime_letsOneProbePass() {
    fail(Breaker.FAILURES, 7);

    assertThat(passAt(7 + OPEN)).isEqualTo(PROBE);
    assertThat(passAt(7 + OPEN)).isEqualTo(REFUSED);
  }

  @Test
  void open_whenTheClockWraps_stillOpensAgain() {
    long nearTheEnd = Long.MAX_VALUE - OPEN / 2;
    fail(Breaker.FAILURES, nearTheEnd);

    assertThat(passAt(nearTheEnd + OPEN - 1)).isEqualTo(REFUSED);
    assertThat(passAt(nearTheEnd + OPEN)).isEqualTo(PROBE);
  }

  @Test
  void probeThatSucceeds_closesIt() {
    fail(Breaker.FAILURES, 0);
    passAt(OPEN);
    breaker.succeeded();

    assertThat(passAt(OPEN)).isEqualTo(REGULAR);
  }

  @Test
  void probeThatFails_opensItForAnotherTime() {
    fail(Breaker.FAILURES, 0);
    passAt(OPEN);
    breaker.failed(PROBE, OPEN + 5);

    assertThat(passAt(OPEN + 5 + OPEN - 1)).isEqualTo(REFUSED);
    assertThat(passAt(OPEN + 5 + OPEN)).isEqualTo(PROBE);
  }

  @Test
  void lateFailureOfARegularOne_leavesTheProbeAlone() {
    fail(Breaker.FAILURES, 0);
    passAt(OPEN);
    breaker.failed(REGULAR, OPEN + 1);
    breaker.succeeded();

    assertThat(passAt(OPEN + 2)).isEqualTo(REGULAR);
  }

  @Test
  void abandonedProbe_makesWayForAnother() {
    fail(Breaker.FAILURES, 0);
    passAt(OPEN);
    breaker.abandoned(PROBE, OPEN + 1);

    assertThat(passAt(OPEN + 1)).isEqualTo(PROBE);
  }

  @Test
  void lostProbe_isFollowedByAnotherAfterItsTime() {
    fail(Breaker.FAILURES, 0);
    passAt(OPEN);

    assertThat(passAt(OPEN + PROBE_TIME - 1)).isEqualTo(REFUSED);
    assertThat(passAt(OPEN + PROBE_TIME)).isEqualTo(PROBE);
  }
}
