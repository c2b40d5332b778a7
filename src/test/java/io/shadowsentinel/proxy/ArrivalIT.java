package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.table.MirrorSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every number that a request was given is settled: nobody behind it waits for ever. */
class ArrivalIT {
  private static final Reply OK = Reply.json("{\"ok\":true}");
  private static final byte[] POST = RawClient.post("/", "{\"x\":1}");
  private static final int CAP = 10_000;

  private final FakeUpstream champion = FakeUpstream.answering(OK);
  private final FakeUpstream challenger = FakeUpstream.answering(OK);

  @AfterEach
  void closeUpstreams() {
    champion.close();
    challenger.close();
  }

  private ProxyHarness proxy(Duration timeout) {
    MirrorSettings mirror = Routes.mirror("100", timeout, 256, CAP);
    return new ProxyHarness(Routes.shadowing("r", "/", champion.url(), challenger.url(), mirror));
  }

  /** All numbers that were taken, each settled once, as a pair or as shed. */
  private static void assertAllSettled(ProxyHarness proxy) {
    Arrivals arrivals = proxy.eligible.arrivals(Routes.SCOPE);
    List<Long> settled =
        LongStream.concat(
                proxy.exchanges.stream().mapToLong(Exchange::number),
                proxy.numberedShed().stream().mapToLong(Long::longValue))
            .boxed()
            .toList();
    assertThat(settled)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(arrivals.first(), arrivals.end()).boxed().toList());
  }

  @Test
  void numbers_areOneSequence_overAllLoops() {
    try (ProxyHarness proxy = proxy(Duration.ofSeconds(10))) {
      for (int i = 0; i < 40; i++) {
        assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
      }
      proxy.awaitSettled("r", Routes.SCOPE, 40);

      assertThat(proxy.exchanges).hasSize(40);
      assertAllSettled(proxy);
    }
  }

  @Test
  void championThatGoesOn_isNotWaitedFor_andItsUserGetsAllOfIt() {
    champion.behave(
        Behaviours.streaming(Duration.ofMillis(150), "a", "b", "c", "d", "e", "f", "g", "h"));
    try (ProxyHarness proxy = proxy(Duration.ofMillis(300));
        RawClient client = RawClient.connect(proxy.port)) {
      client.send(POST);
      Await.until("the pair goes over", () -> proxy.exchanges.size() == 1);
      Await.until("its place is given back", () -> proxy.shared.inFlight("r") == 0);
      assertThat(proxy.exchanges.get(0).champion().fate()).isEqualTo(Answer.Fate.UNFINISHED);
      assertThat(proxy.exchanges.get(0).champion().status()).isEqualTo(200);
      assertThat(proxy.exchanges.get(0).challenger().isSuccess()).isTrue();
      assertAllSettled(proxy);

      RawResponse answer = client.read();
      assertThat(answer.complete()).isTrue();
      assertThat(answer.bodyText()).isEqualTo("abcdefgh");
      proxy.awaitSettled("r", Routes.SCOPE, 1);
    }
  }

  @Test
  void bothThatHang_areSettledOnce() {
    champion.behave(Behaviours.never());
    challenger.behave(Behaviours.never());
    try (ProxyHarness proxy = proxy(Duration.ofMillis(200));
        RawClient client = RawClient.connect(proxy.port)) {
      client.send(POST);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(proxy.exchanges.get(0).champion().fate()).isEqualTo(Answer.Fate.UNFINISHED);
      assertThat(proxy.exchanges.get(0).challenger().fate()).isEqualTo(Answer.Fate.TIMED_OUT);
      assertAllSettled(proxy);
    }
  }

  @Test
  void championOverTheCap_isSettledAtOnce_alsoWhenItNeverEnds() {
    champion.behave(Behaviours.endlessBody());
    challenger.behave(Behaviours.never());
    try (ProxyHarness proxy = proxy(Duration.ofMinutes(10));
        RawClient client = RawClient.connect(proxy.port)) {
      client.send(POST);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(proxy.exchanges.get(0).champion().fate()).isEqualTo(Answer.Fate.TOO_LARGE);
      assertThat(proxy.exchanges.get(0).champion().status()).isEqualTo(200);
      assertThat(proxy.exchanges.get(0).challenger().fate()).isEqualTo(Answer.Fate.GIVEN_UP);
      assertAllSettled(proxy);
      client.reset();
    }
  }

  @Test
  void userWhoLeaves_afterTheCopyWasSent_settlesItsNumberAsShed() {
    champion.behave(Behaviours.never());
    try (ProxyHarness proxy = proxy(Duration.ofMinutes(10))) {
      for (int i = 0; i < 3; i++) {
        RawClient client = RawClient.connect(proxy.port);
        client.send(POST);
        challenger.awaitRequest();
        client.reset();
      }
      proxy.awaitSettled("r", Routes.SCOPE, 3);

      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.CANCELLED);
      assertThat(proxy.numberedShed()).hasSize(3);
      assertAllSettled(proxy);
    }
  }

  @Test
  void fullOrder_shedsAsBacklog_whateverTheAnswerWouldBe() {
    try (ProxyHarness proxy = proxy(Duration.ofSeconds(10))) {
      Arrivals arrivals = proxy.eligible.arrivals(Routes.SCOPE);
      for (int i = 0; i < Arrivals.MAX_UNSETTLED; i++) {
        arrivals.take();
      }
      RawClient.once(proxy.port, POST);
      Await.until("it is shed", () -> proxy.shedTotal() == 1);
      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.BACKLOG);

      arrivals.settledBelow(arrivals.end());
      RawClient.once(proxy.port, POST);
      proxy.awaitSettled("r", Routes.SCOPE, 2);
      assertThat(proxy.exchanges).hasSize(1);
    }
  }
}
