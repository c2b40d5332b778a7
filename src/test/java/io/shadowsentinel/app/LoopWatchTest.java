package io.shadowsentinel.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LoopWatchTest {
  private static final long SECOND = 1_000_000_000L;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Deque<Runnable> loop = new ArrayDeque<>();
  private long now;
  private final LoopWatch watch = new LoopWatch(() -> now, registry);

  private double lag() {
    return registry.get("shadow.sentinel.event.loop.lag").tag("loop", "proxy-1").gauge().value();
  }

  private void lookAt(long nanos) {
    now = nanos;
    watch.look();
  }

  @Test
  void loop_thatAnswers_isNotStuck_andItsLagIsHowLongATaskWaited() {
    watch.add("proxy-1", loop::add);
    for (int second = 0; second < 20; second++) {
      lookAt(second * SECOND);
      now += SECOND / 4;
      loop.remove().run();

      assertThat(watch.stuck()).isEmpty();
      assertThat(lag()).isEqualTo(0.25);
    }
  }

  @Test
  void loop_thatDoesNotAnswer_isStuckAfterTenSeconds_andHasOneTaskOnly() {
    watch.add("proxy-1", loop::add);
    lookAt(0);
    lookAt(10 * SECOND - 1);
    assertThat(watch.stuck()).isEmpty();

    lookAt(10 * SECOND);
    assertThat(watch.stuck()).containsExactly("event loop proxy-1 has not answered for 10 s");
    lookAt(12 * SECOND);
    assertThat(watch.stuck()).containsExactly("event loop proxy-1 has not answered for 12 s");
    assertThat(lag()).isEqualTo(12);
    assertThat(loop).hasSize(1);
  }

  @Test
  void loop_thatAnswersAgain_isStuckNoMore() {
    watch.add("proxy-1", loop::add);
    lookAt(0);
    lookAt(11 * SECOND);
    loop.remove().run();

    assertThat(watch.stuck()).isEmpty();
    assertThat(lag()).isEqualTo(11);
    lookAt(12 * SECOND);
    loop.remove().run();
    assertThat(lag()).isZero();
  }

  @Test
  void oneStuckLoop_isNamed_andTheOthersAreNot() {
    watch.add("proxy-1", loop::add);
    watch.add("proxy-2", Runnable::run);
    lookAt(0);
    lookAt(11 * SECOND);

    assertThat(watch.stuck()).singleElement().asString().contains("proxy-1");
  }

  @Test
  void loop_thatIsShutDown_isForgotten() {
    watch.add(
        "proxy-1",
        task -> {
          throw new RejectedExecutionException();
        });
    lookAt(0);
    lookAt(11 * SECOND);

    assertThat(watch.stuck()).isEmpty();
  }
}
