package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RouteThrottleTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  // The scale of nanoTime begins anywhere, and may wrap around.
  private static final long BEGIN = Long.MAX_VALUE - SECOND / 2;

  private final RouteThrottle throttle = new RouteThrottle();

  @Test
  void route_notSeenYet_isDue() {
    assertThat(throttle.isDue(frame("a", 1), BEGIN)).isTrue();
  }

  @Test
  void route_unchanged_isNotDue() {
    throttle.sent(frame("a", 1), BEGIN);

    assertThat(throttle.isDue(frame("a", 1), BEGIN + 10 * SECOND)).isFalse();
  }

  @Test
  void route_changedAFifthTimeInASecond_waitsForTheSecondToEnd() {
    for (int i = 0; i < 4; i++) {
      assertThat(throttle.isDue(frame("a", i), BEGIN + i)).as("update %s", i).isTrue();
      throttle.sent(frame("a", i), BEGIN + i);
    }

    assertThat(throttle.isDue(frame("a", 4), BEGIN + SECOND - 1)).isFalse();
    assertThat(throttle.isDue(frame("a", 4), BEGIN + SECOND)).isTrue();
    throttle.sent(frame("a", 4), BEGIN + SECOND);
    assertThat(throttle.isDue(frame("a", 5), BEGIN + SECOND)).isFalse();
    assertThat(throttle.isDue(frame("a", 5), BEGIN + SECOND + 1)).isTrue();
  }

  @Test
  void route_throttled_doesNotHoldBackAnother() {
    for (int i = 0; i < 4; i++) {
      throttle.sent(frame("a", i), BEGIN);
    }

    assertThat(throttle.isDue(frame("a", 9), BEGIN)).isFalse();
    assertThat(throttle.isDue(frame("b", 9), BEGIN)).isTrue();
  }

  @Test
  void route_gone_isNamedOnceAndDueWhenItComesBack() {
    throttle.sent(frame("a", 1), BEGIN);
    throttle.sent(frame("b", 2), BEGIN);

    assertThat(throttle.forgetAllBut(Set.of("b"))).containsExactly("a");
    assertThat(throttle.forgetAllBut(Set.of("b"))).isEmpty();
    assertThat(throttle.isDue(frame("a", 1), BEGIN)).isTrue();
  }

  private static RouteFrames.Frame frame(String name, long revision) {
    return new RouteFrames.Frame(name, revision, Buffer.buffer());
  }
}
