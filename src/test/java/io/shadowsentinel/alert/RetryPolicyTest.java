package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

  private static final RetryPolicy POLICY = RetryPolicy.DEFAULTS;
  private static final Instant ENQUEUED = TestDecisions.NOON;

  @ParameterizedTest
  @CsvSource({
    "1, 1000, 1250",
    "2, 2000, 2500",
    "8, 128000, 160000",
    "9, 240000, 300000",
    "10, 240000, 300000",
    "100000, 240000, 300000"
  })
  void wait_afterFailures_doublesUpToTheCap(int failures, long least, long most) {
    for (int alert = 0; alert < 200; alert++) {
      assertThat(wait("alert-" + alert, failures, null).toMillis()).isBetween(least, most);
    }
  }

  @Test
  void wait_ofDifferentAlerts_isSpread() {
    long different =
        IntStream.range(0, 100)
            .mapToObj(alert -> wait("alert-" + alert, 9, null))
            .distinct()
            .count();

    assertThat(different).isGreaterThan(90);
  }

  @Test
  void wait_ofTheSameAttempt_isTheSame() {
    assertThat(wait("alert", 3, null)).isEqualTo(wait("alert", 3, null));
  }

  @ParameterizedTest
  @CsvSource({"299, 299", "300, 300", "301, 300"})
  void retryAfter_aroundTheCap_isHonouredUpToIt(long asked, long expectedSeconds) {
    assertThat(wait("alert", 1, Duration.ofSeconds(asked)))
        .isEqualTo(Duration.ofSeconds(expectedSeconds));
  }

  @Test
  void retryAfter_shorterThanTheBackoff_doesNotShortenIt() {
    assertThat(wait("alert", 5, Duration.ZERO)).isEqualTo(wait("alert", 5, null));
  }

  @ParameterizedTest
  @CsvSource({"86399999, false", "86400000, true", "86400001, true"})
  void giveUp_aroundADay_isAtTheDay(long ageMillis, boolean givesUp) {
    assertThat(POLICY.next("alert", ENQUEUED, ENQUEUED.plusMillis(ageMillis), 1, null).isEmpty())
        .isEqualTo(givesUp);
  }

  @Test
  void giveUp_clockSetBack_doesNot() {
    assertThat(POLICY.next("alert", ENQUEUED, ENQUEUED.minusSeconds(5), 1, null)).isPresent();
  }

  private static Duration wait(String id, int failures, Duration retryAfter) {
    return POLICY.next(id, ENQUEUED, ENQUEUED, failures, retryAfter).orElseThrow();
  }
}
