package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.decide.RouteStatus;
import io.shadowsentinel.table.RouteState;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EventClientTest {
  private final Wire wire = new Wire();
  private final List<EventClient> letGo = new ArrayList<>();
  private final EventClient client = new EventClient(wire, letGo::add);
  private final RouteFrames frames = new RouteFrames();

  @Test
  void open_withMissedDecisions_sendsThemBeforeThoseThatCameMeanwhile() {
    client.decided(SseFrames.decision(decision(9)));
    assertThat(wire.written).isEmpty();

    client.open(List.of(decision(7), decision(8)), 6);

    assertThat(wire.written.get(0)).isEqualTo("retry: 2000\nid: 6\n\n");
    assertThat(wire.written.stream().skip(1).map(EventClientTest::head))
        .containsExactly(
            "id: 7\nevent: decision\n", "id: 8\nevent: decision\n", "id: 9\nevent: decision\n");
  }

  @Test
  void routes_beforeOpen_areNotSent() {
    assertThat(client.routes(frames.update(List.of(route("a", 1))), 0)).isZero();
    assertThat(wire.written).isEmpty();
  }

  @Test
  void routes_unchanged_areSentOnce() {
    client.open(List.of(), 0);
    client.routes(frames.update(List.of(route("a", 1), route("b", 1))), 0);
    client.routes(frames.update(List.of(route("a", 1), route("b", 2))), 1);

    assertThat(wire.named("a")).hasSize(1);
    assertThat(wire.named("b")).hasSize(2);
  }

  @Test
  void routes_whileTheClientDoesNotRead_areSkippedCountedAndMadeGoodWithTheLatest() {
    client.open(List.of(), 0);
    wire.full = true;
    assertThat(client.routes(frames.update(List.of(route("a", 1))), 0)).isEqualTo(1);
    assertThat(client.routes(frames.update(List.of(route("a", 2))), 1)).isEqualTo(1);
    assertThat(wire.named("a")).isEmpty();

    wire.full = false;
    assertThat(client.routes(frames.update(List.of(route("a", 2))), 2)).isZero();

    assertThat(wire.named("a")).singleElement().asString().contains("\"agree\":2,");
  }

  @Test
  void routes_changingOften_areSentFourTimesASecond() {
    client.open(List.of(), 0);
    long tick = TimeUnit.MILLISECONDS.toNanos(50);
    for (int i = 0; i < 40; i++) {
      client.routes(frames.update(List.of(route("a", i))), i * tick);
    }

    assertThat(wire.named("a")).hasSize(8);
  }

  @Test
  void routes_removed_areAnnouncedOnce() {
    client.open(List.of(), 0);
    client.routes(frames.update(List.of(route("a", 1), route("b", 1))), 0);
    client.routes(frames.update(List.of(route("b", 1))), 1);
    client.routes(frames.update(List.of(route("b", 1))), 2);

    assertThat(wire.written)
        .filteredOn(text -> text.startsWith("event: route-removed"))
        .containsExactly("event: route-removed\ndata: {\"name\":\"a\"}\n\n");
  }

  @Test
  void decisions_whileTheClientDoesNotRead_waitAndFollowInOrder() {
    client.open(List.of(), 0);
    wire.full = true;
    client.decided(SseFrames.decision(decision(1)));
    client.decided(SseFrames.decision(decision(2)));
    assertThat(wire.written).hasSize(1);

    wire.drain();

    assertThat(wire.written.stream().skip(1).map(EventClientTest::head))
        .containsExactly("id: 1\nevent: decision\n", "id: 2\nevent: decision\n");
    assertThat(letGo).isEmpty();
  }

  @Test
  void decisions_overTheBound_letTheClientGo() {
    client.open(List.of(), 0);
    wire.full = true;
    LongStream.rangeClosed(1, EventClient.MAX_WAITING)
        .forEach(seq -> client.decided(SseFrames.decision(decision(seq))));
    assertThat(letGo).isEmpty();

    client.decided(SseFrames.decision(decision(EventClient.MAX_WAITING + 1L)));

    assertThat(letGo).containsExactly(client);
  }

  @Test
  void heartbeat_whileTheClientReads_isAComment() {
    client.open(List.of(), 0);
    client.heartbeat();

    assertThat(wire.written).last().isEqualTo(":\n\n");
  }

  @Test
  void heartbeat_thirdInARowThatFindsTheClientNotReading_letsItGo() {
    client.open(List.of(), 0);
    wire.full = true;
    client.heartbeat();
    client.heartbeat();
    wire.full = false;
    client.heartbeat();
    wire.full = true;
    client.heartbeat();
    client.heartbeat();
    assertThat(letGo).isEmpty();

    client.heartbeat();

    assertThat(letGo).containsExactly(client);
  }

  private static String head(String frame) {
    return frame.substring(0, frame.indexOf("data:"));
  }

  private static RouteStatus route(String name, long agree) {
    return DecisionStandIn.shadowing(name, DecisionStandIn.evidence(agree, 0));
  }

  private static Decision decision(long seq) {
    return new Decision(
        seq,
        DecisionStandIn.START,
        "a",
        Decision.Action.PAUSE,
        "a-1",
        "a-v1",
        "a-v2",
        RouteState.SHADOWING,
        RouteState.PAUSED,
        Decision.By.OPERATOR,
        "",
        "127.0.0.1",
        Evidence.NONE,
        seq);
  }

  /** A connection whose other end reads when the test says so. */
  private static final class Wire implements WriteStream<Buffer> {
    final List<String> written = new ArrayList<>();
    boolean full;
    private Handler<Void> drained = unused -> {};

    List<String> named(String route) {
      return written.stream()
          .filter(text -> text.startsWith("event: route\ndata: {\"name\":\"" + route + "\""))
          .toList();
    }

    void drain() {
      full = false;
      drained.handle(null);
    }

    @Override
    public Future<Void> write(Buffer data) {
      written.add(data.toString());
      return Future.succeededFuture();
    }

    @Override
    public boolean writeQueueFull() {
      return full;
    }

    @Override
    public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
      drained = handler;
      return this;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
      return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }
  }
}
