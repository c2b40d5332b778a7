package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which requests are mirrored, within which bounds, and what becomes of the rest. */
class MirrorIT {
  private static final Reply OK = Reply.json("{\"ok\":true}");
  private static final byte[] POST = RawClient.post("/", "{\"x\":1}");

  private final FakeUpstream champion = FakeUpstream.answering(OK);
  private final FakeUpstream challenger = FakeUpstream.answering(OK);

  @AfterEach
  void closeUpstreams() {
    champion.close();
    challenger.close();
  }

  private ProxyHarness proxyWith(MirrorSettings mirror) {
    return new ProxyHarness(Routes.shadowing("r", "/", champion.url(), challenger.url(), mirror));
  }

  private static void send(ProxyHarness proxy, int count, byte[] request) {
    try (RawClient client = RawClient.connect(proxy.port)) {
      for (int i = 0; i < count; i++) {
        RawResponse answer = client.exchange(request);
        assertThat(answer.status()).isEqualTo(200);
      }
    }
  }

  @Test
  void tenPercentOfAThousand_isAHundred_overSeveralConnections() {
    try (ProxyHarness proxy = proxyWith(Routes.mirror("10", Duration.ofSeconds(5), 256, 1 << 20))) {
      for (int connection = 0; connection < 10; connection++) {
        send(proxy, 100, POST);
      }

      proxy.awaitSettled("r", Routes.SCOPE, 100);
      assertThat(proxy.exchanges).hasSize(100);
      assertThat(challenger.requestCount()).isEqualTo(100);
    }
  }

  @Test
  void methodsThatAreNotNamed_areNotMirrored() {
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      send(proxy, 3, RawClient.get("/"));
      send(proxy, 2, POST);

      proxy.awaitSettled("r", Routes.SCOPE, 2);
      assertThat(challenger.requestCount()).isEqualTo(2);
    }
  }

  @Test
  void requestMarkedAsShadow_isForwardedAsItIs_andNotMirroredAgain() {
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      send(proxy, 1, RawClient.post("/", "{}", "X-Shadow-Request: true"));
      send(proxy, 1, POST);

      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(champion.awaitRequest().header("X-Shadow-Request")).isEqualTo("true");
      assertThat(champion.awaitRequest().header("X-Shadow-Request")).isNull();
      assertThat(challenger.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void hostIsPreserved_andHeadersRemoved_whenAsked() {
    MirrorSettings mirror =
        new MirrorSettings(
            BigDecimal.valueOf(100),
            Set.of("POST"),
            Duration.ofSeconds(5),
            256,
            1 << 20,
            Set.of("Authorization", "Cookie"),
            true);
    try (ProxyHarness proxy = proxyWith(mirror)) {
      send(proxy, 1, RawClient.post("/", "{}", "Authorization: Bearer s", "Cookie: c=1", "X-A: b"));

      RecordedRequest shadow = challenger.awaitRequest();
      assertThat(shadow.header("Host")).isEqualTo("test");
      assertThat(shadow.headers().has("Authorization")).isFalse();
      assertThat(shadow.headers().has("Cookie")).isFalse();
      assertThat(shadow.header("X-A")).isEqualTo("b");
      assertThat(champion.awaitRequest().header("Authorization")).isEqualTo("Bearer s");
    }
  }

  @Test
  void mirrorsOverTheBound_areShed_andTheirPlacesComeBack() {
    CountDownLatch release = new CountDownLatch(1);
    challenger.behave(
        (request, wire) -> {
          awaitUninterruptibly(release);
          Behaviours.reply(OK).answer(request, wire);
        });
    try (ProxyHarness proxy = proxyWith(Routes.mirror("100", Duration.ofSeconds(10), 3, 1 << 20))) {
      send(proxy, 10, POST);
      Await.until("seven are shed", () -> proxy.shedTotal() == 7);
      assertThat(proxy.shared.inFlight("r")).isEqualTo(3);
      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.IN_FLIGHT);

      release.countDown();
      proxy.awaitSettled("r", Routes.SCOPE, 10);
      send(proxy, 1, POST);
      proxy.awaitSettled("r", Routes.SCOPE, 11);
      assertThat(proxy.exchanges).hasSize(4);
    }
  }

  @Test
  void probeOfAnOpenBreaker_thatFindsNoPlace_leavesTheProbeToTheNextRequest() {
    CountDownLatch release = new CountDownLatch(1);
    challenger.behave(
        (request, wire) -> {
          awaitUninterruptibly(release);
          Behaviours.reply(OK).answer(request, wire);
        });
    Route route =
        Routes.shadowing(
            "r",
            "/",
            champion.url(),
            challenger.url(),
            Routes.mirror("100", Duration.ofSeconds(10), 1, 1 << 20));
    try (ProxyHarness proxy = new ProxyHarness(route)) {
      send(proxy, 1, POST);
      Await.until("the challenger is asked", () -> challenger.requestCount() == 1);
      Breaker breaker = proxy.shared.breaker(Objects.requireNonNull(route.mirrorTarget()));
      openSoThatAProbeIsDue(breaker);

      send(proxy, 1, POST);
      Await.until("one is shed", () -> proxy.shedTotal() == 1);
      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.IN_FLIGHT);
      assertThat(breaker.tryPass(System.nanoTime(), 1)).isEqualTo(Breaker.Pass.PROBE);

      release.countDown();
      proxy.awaitSettled("r", Routes.SCOPE, 2);
      assertThat(breaker.isClosed()).isTrue();
    }
  }

  private static void openSoThatAProbeIsDue(Breaker breaker) {
    long longAgo = System.nanoTime() - 2 * Breaker.OPEN_MILLIS * 1_000_000;
    for (int i = 0; i < Breaker.FAILURES; i++) {
      breaker.failed(Breaker.Pass.REGULAR, longAgo);
    }
    assertThat(breaker.isClosed()).isFalse();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void pairsThatWaitOverTheBound_areShed() {
    try (ProxyHarness proxy =
        new ProxyHarness(
            new ProxySettings("127.0.0.1", 0, null, false),
            1 << 20,
            4,
            Routes.shadowing(champion.url(), challenger.url()))) {
      proxy.holdBatches();
      try (RawClient client = RawClient.connect(proxy.port)) {
        for (int i = 0; i < 10; i++) {
          int before = i;
          client.exchange(POST);
          Await.until(
              "request " + i + " is accounted for",
              () -> proxy.exchanges.size() + proxy.shedTotal() == before + 1);
        }
      }

      assertThat(proxy.exchanges).hasSize(4);
      assertThat(proxy.shed()).containsEntry(ShedReason.BACKLOG, 6L);
      proxy.releaseBatches();
      proxy.awaitSettled("r", Routes.SCOPE, 10);
    }
  }

  @Test
  void bytesOverTheBudget_areShed_andTheUserGetsThemAll() {
    byte[] large = "9".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
    champion.behave(Behaviours.reply(Reply.of(200, "application/json", large)));
    try (ProxyHarness proxy =
        new ProxyHarness(
            new ProxySettings("127.0.0.1", 0, null, false),
            200_000,
            100,
            Routes.shadowing(champion.url(), challenger.url()))) {
      RawResponse answer = RawClient.once(proxy.port, POST);

      assertThat(answer.body()).isEqualTo(large);
      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.BACKLOG);
    }
  }

  @Test
  void deadChallenger_opensTheBreaker_andALiveOneClosesIt() {
    challenger.behave(Behaviours.resetOnConnect());
    try (ProxyHarness proxy =
        proxyWith(Routes.mirror("100", Duration.ofSeconds(5), 256, 1 << 20))) {
      int sent = 0;
      while (proxy.shed().getOrDefault(ShedReason.BREAKER_OPEN, 0L) == 0 && sent < 1_000) {
        send(proxy, 1, POST);
        sent++;
      }
      assertThat(proxy.shed()).containsKey(ShedReason.BREAKER_OPEN);
      proxy.awaitSettled("r", Routes.SCOPE, sent);
      assertThat(proxy.exchanges).hasSizeGreaterThanOrEqualTo(Breaker.FAILURES);

      challenger.behave(Behaviours.reply(OK));
      int[] more = {sent};
      Await.until(
          "a probe closes the breaker",
          () -> {
            send(proxy, 1, POST);
            more[0]++;
            return proxy.exchanges.stream()
                .anyMatch(e -> e.challenger().fate() == Answer.Fate.COMPLETE);
          });
      proxy.awaitSettled("r", Routes.SCOPE, more[0]);
    }
  }

  @Test
  void clientThatLeaves_cancelsTheChampionsRequest_andItsMirrorIsNotHeldAgainstTheChallenger() {
    champion.behave(Behaviours.never());
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      RawClient client = RawClient.connect(proxy.port);
      client.send(POST);
      champion.awaitRequest();
      challenger.awaitRequest();
      client.reset();

      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.CANCELLED);
      Await.until("the champion's request is cancelled", () -> champion.openConnections() == 0);
    }
  }

  @Test
  void clientThatLeavesInTheMiddleOfItsRequest_isCancelled() {
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      RawClient client = RawClient.connect(proxy.port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"half");
      Await.until("it is eligible", () -> proxy.eligible.count(Routes.SCOPE) == 1);
      client.reset();

      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.CANCELLED);
      assertThat(challenger.requestCount()).isZero();
    }
  }

  @Test
  void challengersOfSeveralUrls_takeTurns_andADeadOneIsPassedOver() {
    RouteSpec spec =
        new RouteSpec(
            "r",
            Match.path("/"),
            Routes.model("champion", champion.url()),
            Routes.model("challenger", FakeUpstream.refusingUrl(), challenger.url()),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            MirrorSettings.DEFAULTS);
    try (ProxyHarness proxy = new ProxyHarness(Route.open(spec, Routes.SCOPE))) {
      send(proxy, 10, POST);

      proxy.awaitSettled("r", Routes.SCOPE, 10);
      assertThat(proxy.exchanges)
          .hasSize(10)
          .allSatisfy(e -> assertThat(e.challenger().isSuccess()).isTrue());
    }
  }

  @Test
  void tableThatIsThere_countsForTheNextRequest_evenBeforeTheProxyIsToldOfIt() {
    champion.behave(Behaviours.reply(Reply.json("\"old\"")));
    challenger.behave(Behaviours.reply(Reply.json("\"new\"")));
    Route before = Routes.shadowing(champion.url(), challenger.url());
    Route after = new Route(before.spec(), RouteState.PROMOTED, true, before.experiment());
    try (ProxyHarness proxy = new ProxyHarness(before);
        RawClient user = RawClient.connect(proxy.port)) {
      assertThat(user.exchange(POST).bodyText()).isEqualTo("\"old\"");
      proxy.swapUnannounced(after);
      assertThat(user.exchange(POST).bodyText()).isEqualTo("\"new\"");
    }
  }

  @Test
  void requestInFlight_finishesWhereItBegan_whenTheTableChanges() {
    CountDownLatch release = new CountDownLatch(1);
    Behaviour held =
        (request, wire) -> {
          awaitUninterruptibly(release);
          Behaviours.reply(Reply.json("\"old\"")).answer(request, wire);
        };
    champion.behave(held);
    challenger.behave(Behaviours.reply(Reply.json("\"new\"")));
    Route before = Routes.shadowing(champion.url(), challenger.url());
    Route after = new Route(before.spec(), RouteState.PROMOTED, true, before.experiment());
    try (ProxyHarness proxy = new ProxyHarness(before);
        RawClient first = RawClient.connect(proxy.port)) {
      first.send(POST);
      champion.awaitRequest();
      proxy.swap(after);
      RawResponse fromNew = RawClient.once(proxy.port, POST);
      release.countDown();
      RawResponse fromOld = first.read();

      assertThat(fromNew.bodyText()).isEqualTo("\"new\"");
      assertThat(fromOld.bodyText()).isEqualTo("\"old\"");
      Await.until("both pairs are in", () -> proxy.exchanges.size() == 2);
      assertThat(proxy.exchanges)
          .extracting(e -> e.scope())
          .containsExactlyInAnyOrder(Routes.SCOPE, Route.watchOf(Routes.SCOPE));
    }
  }

  @Test
  void routeThatIsRolledBackOrPaused_mirrorsNothing() {
    Route shadowing = Routes.shadowing(champion.url(), challenger.url());
    for (RouteState state : new RouteState[] {RouteState.ROLLED_BACK, RouteState.PAUSED}) {
      Route route = new Route(shadowing.spec(), state, false, Routes.SCOPE);
      try (ProxyHarness proxy = new ProxyHarness(route)) {
        send(proxy, 5, POST);

        assertThat(proxy.eligible.count(Routes.SCOPE)).isZero();
      }
    }
    assertThat(challenger.requestCount()).isZero();
  }

  @Test
  void meters_countWhatHappened() {
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      send(proxy, 4, POST);
      RawClient.once(proxy.port, RawClient.get("/x"));
      proxy.awaitSettled("r", Routes.SCOPE, 4);

      assertThat(
              proxy
                  .registry
                  .get("shadow.sentinel.requests")
                  .tag("route", "r")
                  .tag("code", "200")
                  .counter()
                  .count())
          .isEqualTo(5);
      assertThat(
              proxy
                  .registry
                  .get("shadow.sentinel.upstream.duration")
                  .tag("role", "challenger")
                  .tag("route", "r")
                  .timer()
                  .count())
          .isEqualTo(4);
    }
  }

  @Test
  void lengthOfTheInferenceHeader_isCapturedWhereItIsSaid() {
    try (FakeUpstream triton =
            FakeUpstream.answering(OK.withHeader("Inference-Header-Content-Length", "11"));
        ProxyHarness proxy = new ProxyHarness(Routes.shadowing(triton.url(), challenger.url()))) {
      send(proxy, 1, POST);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(proxy.exchanges.get(0).champion().inferenceHeaderLength()).isEqualTo("11");
      assertThat(proxy.exchanges.get(0).challenger().inferenceHeaderLength()).isNull();
    }
  }
}
