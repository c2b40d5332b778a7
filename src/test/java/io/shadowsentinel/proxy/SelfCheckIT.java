package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.Bodies;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.table.MirrorSettings;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Second calls of the champion: who gets what, and that nobody has to suffer for them. */
class SelfCheckIT {
  private static final int CAP = 4 << 10;
  private static final Reply FIRST = Reply.json(Bodies.prediction(7, 0.5));
  private static final Reply SECOND = Reply.json(Bodies.prediction(7, 0.25));
  private static final byte[] POST =
      RawClient.post("/p?x=1", "{\"x\":1}", "X-Request-Id: abc", "Authorization: Bearer t");

  private static boolean isShadow(RecordedRequest request) {
    return request.header("X-Shadow-Request") != null;
  }

  /** Answers users as it should, and second calls otherwise. */
  private static Behaviour champion(Behaviour second) {
    return Behaviours.choosing(r -> isShadow(r) ? second : Behaviours.reply(FIRST));
  }

  private static ProxyHarness proxy(
      FakeUpstream champion, FakeUpstream challenger, MirrorSettings mirror) {
    return new ProxyHarness(Routes.shadowing("r", "/", champion.url(), challenger.url(), mirror));
  }

  private static MirrorSettings checking(String percent, Duration timeout) {
    return Routes.mirror("100", timeout, 256, CAP).withSelfCheck(new BigDecimal(percent));
  }

  private static double counted(ProxyHarness proxy, String result) {
    Counter counter =
        proxy.registry.find("shadow.sentinel.self.checks").tag("result", result).counter();
    return Objects.requireNonNull(counter).count();
  }

  @Test
  void secondCall_isTheUsersRequestMarkedAsShadow() {
    MirrorSettings plain = checking("100", Duration.ofSeconds(5));
    MirrorSettings mirror =
        new MirrorSettings(
                plain.percent(),
                plain.methods(),
                plain.timeout(),
                plain.maxInFlight(),
                plain.maxBodyBytes(),
                Set.of("authorization"),
                false)
            .withSelfCheck(plain.selfCheckPercent());
    try (FakeUpstream champion = FakeUpstream.start(champion(Behaviours.reply(SECOND)));
        FakeUpstream challenger = FakeUpstream.start(Behaviours.reply(FIRST));
        ProxyHarness proxy = proxy(champion, challenger, mirror)) {
      RawResponse answer = RawClient.once(proxy.port, POST);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(answer.body())
          .asString(StandardCharsets.UTF_8)
          .isEqualTo(Bodies.prediction(7, 0.5));
      List<RecordedRequest> got = champion.takeRequests();
      assertThat(got).hasSize(2);
      RecordedRequest users = got.get(0);
      RecordedRequest second = got.get(1);
      assertThat(isShadow(users)).isFalse();
      assertThat(second.header("X-Shadow-Request")).isEqualTo("true");
      assertThat(second.method()).isEqualTo(users.method());
      assertThat(second.target()).isEqualTo(users.target());
      assertThat(second.body()).isEqualTo(users.body());
      assertThat(second.header("X-Request-Id")).isEqualTo("abc");
      assertThat(second.header("Host")).isEqualTo(users.header("Host"));
      assertThat(second.header("Authorization")).isEqualTo("Bearer t");
      assertThat(challenger.takeRequests())
          .singleElement()
          .satisfies(copy -> assertThat(copy.header("Authorization")).isNull());
      Answer again = proxy.exchanges.get(0).championAgain();
      assertThat(again).isNotNull();
      assertThat(new String(again.body(), StandardCharsets.UTF_8))
          .isEqualTo(Bodies.prediction(7, 0.25));
      assertThat(counted(proxy, "answered")).isEqualTo(1);
    }
  }

  @Test
  void share_isExact() {
    try (FakeUpstream champion = FakeUpstream.start(champion(Behaviours.reply(SECOND)));
        FakeUpstream challenger = FakeUpstream.start(Behaviours.reply(FIRST));
        ProxyHarness proxy = proxy(champion, challenger, checking("25", Duration.ofSeconds(5)));
        RawClient client = RawClient.connect(proxy.port)) {
      for (int i = 0; i < Sampler.BLOCK; i++) {
        client.exchange(POST);
      }
      proxy.awaitSettled("r", Routes.SCOPE, Sampler.BLOCK);

      assertThat(champion.takeRequests()).filteredOn(SelfCheckIT::isShadow).hasSize(250);
      assertThat(proxy.exchanges).filteredOn(e -> e.championAgain() != null).hasSize(250);
    }
  }

  @Test
  void withoutShare_championIsAskedOnce() {
    try (FakeUpstream champion = FakeUpstream.start(champion(Behaviours.reply(SECOND)));
        FakeUpstream challenger = FakeUpstream.start(Behaviours.reply(FIRST));
        ProxyHarness proxy = proxy(champion, challenger, checking("0", Duration.ofSeconds(5)))) {
      RawClient.once(proxy.port, POST);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(champion.takeRequests()).hasSize(1);
      assertThat(proxy.exchanges.get(0).championAgain()).isNull();
    }
  }

  @Test
  void championsError_andAnswerOverTheCap_areNotAskedAgain() {
    Behaviour bad =
        Behaviours.replying(
            r ->
                r.target().equals("/error")
                    ? Reply.json("{}").withStatus(503)
                    : Reply.json(new String(Bodies.json(CAP + 1), StandardCharsets.US_ASCII)));
    try (FakeUpstream champion = FakeUpstream.start(bad);
        FakeUpstream challenger = FakeUpstream.start(Behaviours.reply(FIRST));
        ProxyHarness proxy = proxy(champion, challenger, checking("100", Duration.ofSeconds(5)))) {
      RawClient.once(proxy.port, RawClient.post("/error", "{}"));
      RawClient.once(proxy.port, RawClient.post("/large", "{}"));
      RawClient.once(proxy.port, RawClient.request("POST", "/large", Bodies.json(CAP + 1)));
      proxy.awaitSettled("r", Routes.SCOPE, 3);

      assertThat(champion.takeRequests()).hasSize(3).noneMatch(SelfCheckIT::isShadow);
    }
  }

  @Test
  void secondCall_thatNeverEnds_waitsNoLongerThanTheMirror() {
    try (FakeUpstream champion = FakeUpstream.start(champion(Behaviours.never()));
        FakeUpstream challenger = FakeUpstream.start(Behaviours.reply(FIRST));
        ProxyHarness proxy = proxy(champion, challenger, checking("100", Duration.ofMillis(200)))) {
      RawResponse answer = RawClient.once(proxy.port, POST);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(answer.body())
          .asString(StandardCharsets.UTF_8)
          .isEqualTo(Bodies.prediction(7, 0.5));
      Exchange exchange = proxy.exchanges.get(0);
      assertThat(exchange.challenger().fate()).isEqualTo(Answer.Fate.COMPLETE);
      assertThat(Objects.requireNonNull(exchange.championAgain()).fate())
          .isEqualTo(Answer.Fate.TIMED_OUT);
      assertThat(counted(proxy, "failed")).isEqualTo(1);
    }
  }

  @Test
  void secondCalls_thatFailInARow_areNotMadeForAWhile_andMirrorsGoOn() {
    int sent = Breaker.FAILURES + 5;
    try (FakeUpstream champion = FakeUpstream.start(champion(Behaviours.resetOnRequest()));
        FakeUpstream challenger = FakeUpstream.start(Behaviours.reply(FIRST));
        ProxyHarness proxy = proxy(champion, challenger, checking("100", Duration.ofSeconds(5)));
        RawClient client = RawClient.connect(proxy.port)) {
      for (int i = 0; i < sent; i++) {
        client.exchange(POST);
        proxy.awaitSettled("r", Routes.SCOPE, i + 1);
      }

      assertThat(proxy.exchanges).hasSize(sent);
      assertThat(proxy.shed()).doesNotContainKey(ShedReason.BREAKER_OPEN);
      assertThat(champion.takeRequests())
          .filteredOn(SelfCheckIT::isShadow)
          .hasSizeBetween(Breaker.FAILURES, sent - 1);
      assertThat(counted(proxy, "failed")).isEqualTo(sent);
    }
  }
}
