package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.StreamTiming;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamClockTest {
  private static final String FIRST = "shadow.sentinel.stream.first.chunk";
  private static final String GAP = "shadow.sentinel.stream.gap";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ProxyMeters.ForRoute route =
      new ProxyMeters(registry, new SharedMirrors(new EligibleCounts())).route("r");

  @Test
  void meters_beforeAStream_areNotThere() {
    assertThat(registry.find(FIRST).meters()).isEmpty();
    assertThat(registry.find(GAP).meters()).isEmpty();

    assertThat(route.championStreams()).isSameAs(route.championStreams());
    assertThat(registry.find(FIRST).meters()).hasSize(1);
    assertThat(registry.find(GAP).tag("role", "champion").tag("route", "r").timer()).isNotNull();
    assertThat(registry.find(GAP).tag("role", "challenger").timer()).isNull();

    assertThat(route.challengerStreams()).isSameAs(route.challengerStreams());
    assertThat(registry.find(GAP).tag("role", "challenger").timer()).isNotNull();
  }

  @Test
  void noClock_orNoChunk_isNoTiming() {
    assertThat(StreamClock.timing(null)).isNull();
    assertThat(StreamClock.timing(new StreamClock(route.championStreams(), 5))).isNull();
  }

  @Test
  void oneChunk_hasNoGap() {
    StreamClock clock = new StreamClock(route.championStreams(), 100);
    clock.chunk(107, false);
    assertThat(StreamClock.timing(clock)).isEqualTo(new StreamTiming(7, 1, 0, 0));
    assertThat(timer(FIRST).totalTime(TimeUnit.NANOSECONDS)).isEqualTo(7);
    assertThat(timer(GAP).count()).isZero();
  }

  @Test
  void gaps_areMeasuredBetweenChunks() {
    StreamClock clock = new StreamClock(route.championStreams(), -10);
    clock.chunk(0, false);
    clock.chunk(4, false);
    clock.chunk(13, false);
    clock.chunk(13, false);
    assertThat(StreamClock.timing(clock)).isEqualTo(new StreamTiming(10, 4, 9, 4));
    assertThat(timer(FIRST).count()).isEqualTo(1);
    assertThat(timer(GAP).count()).isEqualTo(3);
    assertThat(timer(GAP).totalTime(TimeUnit.NANOSECONDS)).isEqualTo(13);
  }

  @Test
  void gap_thatASlowUserMade_isNotMeasured() {
    StreamClock clock = new StreamClock(route.championStreams(), 0);
    clock.chunk(1, true);
    clock.chunk(1_000, false);
    clock.chunk(1_002, false);
    assertThat(StreamClock.timing(clock)).isEqualTo(new StreamTiming(1, 3, 2, 2));
  }

  private Timer timer(String name) {
    return registry.get(name).tag("role", "champion").timer();
  }
}
