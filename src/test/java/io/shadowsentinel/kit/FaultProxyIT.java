package io.shadowsentinel.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.kit.Link.Stop;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyIT {
  private static final Reply REPLY = Reply.json("{\"answer\":\"0123456789\"}");
  private static final int HEAD = REPLY.head().length;

  private final FakeUpstream upstream = FakeUpstream.answering(REPLY);
  private final FaultProxy proxy = FaultProxy.to(upstream.port(), 1);

  @AfterEach
  void close() {
    proxy.close();
    upstream.close();
  }

  private RawResponse ask() {
    return RawClient.once(proxy.port(), RawClient.get("/"));
  }

  @Test
  void clear_passesEverything_andCounts() {
    try (RawClient client = RawClient.connect(proxy.port())) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.exchange(RawClient.post("/", "{}")).bodyText())
            .isEqualTo("{\"answer\":\"0123456789\"}");
      }
      assertThat(proxy.openConnections()).isEqualTo(1);
    }
    assertThat(proxy.connectionCount()).isEqualTo(1);
    Await.until("the connection is closed", () -> proxy.openConnections() == 0);
    Await.until("at the upstream too", () -> upstream.openConnections() == 0);
  }

  @Test
  void close_afterSomeBytes_endsInOrderThere() {
    proxy.answers(Link.CLEAR.stopping(Stop.CLOSE, HEAD + 5));
    RawResponse answer = ask();
    assertThat(answer.end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    assertThat(answer.body()).hasSize(5);
  }

  @Test
  void reset_afterSomeBytes_isSeenAsOne() {
    proxy.answers(Link.CLEAR.stopping(Stop.RESET, 10));
    assertThat(ask().end()).isEqualTo(RawResponse.End.BROKEN);
    proxy.heal().requests(Link.CLEAR.stopping(Stop.RESET, 5));
    assertThat(ask().end()).isEqualTo(RawResponse.End.BROKEN);
    assertThat(upstream.requestCount()).isEqualTo(1);
  }

  @Test
  void halfClose_ofTheRequests_leavesTheAnswers() {
    byte[] request = RawClient.get("/");
    proxy.requests(Link.CLEAR.stopping(Stop.HALF_CLOSE, request.length));
    assertThat(RawClient.once(proxy.port(), request).complete()).isTrue();
  }

  @Test
  void silence_passesNothing_andTellsNobody() {
    proxy.answers(Link.CLEAR.stopping(Stop.SILENCE, HEAD));
    try (RawClient client = RawClient.connect(proxy.port()).timeout(Duration.ofMillis(100))) {
      RawResponse answer = client.exchange(RawClient.get("/"));
      assertThat(answer.end()).isEqualTo(RawResponse.End.TIMED_OUT);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
      assertThat(proxy.openConnections()).isEqualTo(1);
    }
    Await.until("it ends with its client", () -> proxy.openConnections() == 0);
  }

  @Test
  void delayAndThrottle_holdBack_andChangeNothing() {
    proxy.answers(
        Link.CLEAR
            .withDelay(Duration.ofMillis(20))
            .withJitter(Duration.ofMillis(10))
            .throttled(1_000));
    long start = System.nanoTime();
    assertThat(ask().bodyText()).isEqualTo("{\"answer\":\"0123456789\"}");
    // A lower bound, which no busy machine can break.
    assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofMillis(20 + HEAD).toNanos());
  }

  @Test
  void refused_thenAccepted_onTheSamePort() {
    int port = proxy.port();
    proxy.refuse();
    assertThatThrownBy(() -> RawClient.connect(port)).isInstanceOf(UncheckedIOException.class);
    proxy.accept();
    assertThat(ask().complete()).isTrue();
    assertThat(proxy.port()).isEqualTo(port);
  }

  @Test
  void load_tellsRightFromWrongAndBroken() {
    upstream.behave(
        Behaviours.replying(
            request -> {
              String id = request.target().substring(request.target().indexOf('=') + 1);
              return switch (Integer.parseInt(id.substring(id.indexOf('-') + 1)) % 4) {
                case 0 -> Reply.json("{\"id\": \"" + id + "\"}");
                case 1 -> Reply.json("{\"id\": \"another\"}");
                case 2 -> Reply.json("{\"id\": \"" + id + "\"}").chunked(3).closing();
                default -> Reply.json("{}").withStatus(503);
              };
            }));
    try (Load load = Load.of(2, upstream::port, Load.echo("/")).start()) {
      load.awaitOk(20);
      assertThat(load.counts()).containsOnlyKeys(Load.OK, "wrong answer", "status 503");
      long before = load.count("wrong answer") + load.count("status 503");
      long failures = load.failures();
      // It goes on meanwhile.
      assertThat(failures).isBetween(before, load.count("wrong answer") + load.count("status 503"));
      assertThat(load.latencyMillis(0.5)).isPositive();
      upstream.behave(Behaviours.closeEarly(REPLY));
      Await.until("it is seen to break", () -> load.count("broken in an answer") > 0);
      upstream.behave(Behaviours.closeOnRequest());
      Await.until("it is seen to end", () -> load.count("broken first of all") > 0);
    }
  }
}
