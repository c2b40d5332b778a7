package io.shadowsentinel.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KitTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 10, 11, 1024, 1 << 20})
  void json_anySize_isValidAndExact(int bytes) throws IOException {
    byte[] body = Bodies.json(bytes);
    assertThat(body).hasSize(bytes);
    assertThat(new ObjectMapper().readTree(body)).isNotNull();
  }

  @Test
  void json_belowOneByte_isRefused() {
    assertThatThrownBy(() -> Bodies.json(0)).hasMessage("bytes: 0 (expected 1 or more)");
  }

  @Test
  void openInference_sameSeed_isSameAndReadable() throws IOException {
    byte[] body = Bodies.openInference(10, 3);
    assertThat(body).isEqualTo(Bodies.openInference(10, 3));
    assertThat(new ObjectMapper().readTree(body).at("/outputs/0/data")).hasSize(10);
  }

  @Test
  void clock_advanced_movesEveryViewOfIt() {
    ManualClock clock = ManualClock.start();
    Clock elsewhere = clock.withZone(ZoneOffset.ofHours(2));
    clock.advance(Duration.ofSeconds(90));
    assertThat(clock.instant()).isEqualTo(Instant.parse("2026-01-01T00:01:30Z"));
    assertThat(elsewhere.instant()).isEqualTo(clock.instant());
    assertThat(elsewhere.getZone()).isEqualTo(ZoneOffset.ofHours(2));
  }

  @Test
  void await_conditionThatComesTrue_returnsTheValue() {
    AtomicInteger asked = new AtomicInteger();
    assertThat(Await.value("three", asked::incrementAndGet, n -> n >= 3)).isEqualTo(3);
  }

  @Test
  void await_conditionThatStaysFalse_failsInWords() {
    assertThatThrownBy(() -> Await.value("a cow", Duration.ofMillis(5), () -> "hen", "cow"::equals))
        .isInstanceOf(AssertionError.class)
        .hasMessage("not in PT0.005S: a cow; last seen: hen");
  }
}
