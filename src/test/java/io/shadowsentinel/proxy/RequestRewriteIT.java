package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.RequestRewrite;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a challenger's request has otherwise, and that the user's has not. */
class RequestRewriteIT {
  private static final Reply OK = Reply.json("{\"ok\":true}");
  private static final RequestRewrite.PathRewrite PATH =
      new RequestRewrite.PathRewrite("^/v2/models/digits/(.*)", "/v2/models/digits-v2/$1");
  private static final String PATCH =
      "[{\"op\":\"test\",\"path\":\"/model\",\"value\":\"digits\"},"
          + "{\"op\":\"replace\",\"path\":\"/model\",\"value\":\"digits-version-2\"}]";
  private static final String TARGET = "/v2/models/digits/infer?a=/v2/models/digits/";
  private static final String TARGET_2 = "/v2/models/digits-v2/infer?a=/v2/models/digits/";

  private final FakeUpstream champion = FakeUpstream.answering(OK);
  private final FakeUpstream challenger = FakeUpstream.answering(OK);

  @AfterEach
  void closeUpstreams() {
    champion.close();
    challenger.close();
  }

  private Route route(MirrorSettings mirror) {
    return Routes.shadowing("r", "/", champion.url(), challenger.url(), mirror);
  }

  private Route route(RequestRewrite rewrite) {
    return route(Routes.mirror("100", Duration.ofSeconds(10), 256, 1 << 20).withRewrite(rewrite));
  }

  private static RequestRewrite patching() {
    return new RequestRewrite(Map.of(), null, PATCH);
  }

  private static void post(ProxyHarness proxy, String body, String... headers) {
    RawResponse answer = RawClient.once(proxy.port, RawClient.post(TARGET, body, headers));
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void everything_isRewrittenForTheChallenger_andNothingForTheChampion() {
    MirrorSettings mirror =
        new MirrorSettings(
                BigDecimal.valueOf(100),
                Set.of("POST"),
                Duration.ofSeconds(5),
                256,
                1 << 20,
                Set.of("Authorization"),
                false)
            .withRewrite(
                new RequestRewrite(
                    Map.of("Authorization", "Bearer theirs", "X-Model", "2"), PATH, PATCH));
    String body = "{\"model\":\"digits\",\"x\":[1.0,2.50]}";
    try (ProxyHarness proxy = new ProxyHarness(route(mirror))) {
      post(proxy, body, "Authorization: Bearer ours", "Digest: sha-256=abc");

      RecordedRequest user = champion.awaitRequest();
      assertThat(user.target()).isEqualTo(TARGET);
      assertThat(user.bodyText()).isEqualTo(body);
      assertThat(user.header("Authorization")).isEqualTo("Bearer ours");
      assertThat(user.header("Digest")).isEqualTo("sha-256=abc");
      assertThat(user.headers().has("X-Model")).isFalse();
      RecordedRequest copy = challenger.awaitRequest();
      String patched = "{\"model\":\"digits-version-2\",\"x\":[1.0,2.50]}";
      assertThat(copy.target()).isEqualTo(TARGET_2);
      assertThat(copy.bodyText()).isEqualTo(patched);
      assertThat(copy.headers().all("Content-Length"))
          .containsExactly(String.valueOf(patched.length()));
      assertThat(copy.headers().all("Authorization")).containsExactly("Bearer theirs");
      assertThat(copy.header("X-Model")).isEqualTo("2");
      assertThat(copy.headers().has("Digest")).isFalse();
      assertThat(copy.header("X-Shadow-Request")).isEqualTo("true");
      assertThat(copy.header("X-Request-Id")).isEqualTo(user.header("X-Request-Id"));
      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.exchanges.get(0).target()).isEqualTo(TARGET);
      assertThat(proxy.exchanges.get(0).challenger().isSuccess()).isTrue();
    }
  }

  @Test
  void bodiesThatThePatchDoesNotFit_areNotSent_andNotHeldAgainstTheChallenger() throws IOException {
    try (ProxyHarness proxy = new ProxyHarness(route(patching()))) {
      post(proxy, "{\"model\":\"other\"}");
      post(proxy, "no json");
      post(proxy, "[" + "1,".repeat(1000) + "1]");
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
        gzip.write("{\"model\":\"digits\"}".getBytes(StandardCharsets.UTF_8));
      }
      RawClient.once(
          proxy.port,
          RawClient.request("POST", TARGET, zipped.toByteArray(), "Content-Encoding: gzip"));

      proxy.awaitSettled("r", Routes.SCOPE, 4);
      assertThat(proxy.exchanges)
          .hasSize(4)
          .allSatisfy(
              e -> {
                assertThat(e.champion().isSuccess()).isTrue();
                assertThat(e.challenger().fate()).isEqualTo(Answer.Fate.NOT_SENT);
              });
      assertThat(challenger.requestCount()).isZero();
      assertThat(champion.requestCount()).isEqualTo(4);
    }
  }

  @Test
  void manyThatDoNotFit_openNoBreaker() {
    try (ProxyHarness proxy = new ProxyHarness(route(patching()))) {
      for (int i = 0; i < 3 * Breaker.FAILURES; i++) {
        post(proxy, "{\"model\":\"other\"}");
      }
      post(proxy, "{\"model\":\"digits\"}");

      proxy.awaitSettled("r", Routes.SCOPE, 3 * Breaker.FAILURES + 1);
      assertThat(proxy.shedTotal()).isZero();
      assertThat(challenger.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void requestWithoutABody_isSentAsItIs() {
    try (ProxyHarness proxy =
        new ProxyHarness(route(new RequestRewrite(Map.of("X-Model", "2"), PATH, PATCH)))) {
      RawClient.once(proxy.port, RawClient.get("/v2/models/digits/ready"));

      RecordedRequest copy = challenger.awaitRequest();
      assertThat(copy.target()).isEqualTo("/v2/models/digits-v2/ready");
      assertThat(copy.header("X-Model")).isEqualTo("2");
      assertThat(copy.body()).isEmpty();
      proxy.awaitSettled("r", Routes.SCOPE, 1);
    }
  }

  @Test
  void patchedBodyOverTheCap_isNotSent() {
    String body = "{\"model\":\"digits\"}";
    MirrorSettings mirror =
        Routes.mirror("100", Duration.ofSeconds(5), 256, body.length()).withRewrite(patching());
    try (ProxyHarness proxy = new ProxyHarness(route(mirror))) {
      post(proxy, body);

      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.exchanges.get(0).challenger().fate()).isEqualTo(Answer.Fate.NOT_SENT);
    }
  }

  @Test
  void clientsThatLeave_giveEverythingBack_whateverThePatchIsAt() {
    champion.behave(Behaviours.never());
    String large = "{\"model\":\"digits\",\"x\":[" + "1.5,".repeat(100_000) + "1]}";
    try (ProxyHarness proxy = new ProxyHarness(route(patching()))) {
      for (int i = 0; i < 8; i++) {
        try (RawClient client = RawClient.connect(proxy.port)) {
          client.send(RawClient.post(TARGET, large));
          champion.awaitRequest();
          client.reset();
        }
      }

      proxy.awaitSettled("r", Routes.SCOPE, 8);
      assertThat(proxy.shed()).containsEntry(ShedReason.CANCELLED, 8L);
    }
  }

  @Test
  void selfCheck_isTheUsersRequest_andNotTheChallengersPatchedOne() {
    MirrorSettings mirror = route(patching()).spec().mirror().withSelfCheck(new BigDecimal("100"));
    String body = "{\"model\":\"digits\"}";
    try (ProxyHarness proxy = new ProxyHarness(route(mirror))) {
      post(proxy, body);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(champion.takeRequests())
          .extracting(RecordedRequest::bodyText)
          .containsExactly(body, body);
      assertThat(challenger.takeRequests())
          .singleElement()
          .satisfies(copy -> assertThat(copy.bodyText()).isNotEqualTo(body));
    }
  }

  @Test
  void selfCheck_ofAPromotedModel_isRewrittenAsUsersRequestsAre() {
    MirrorSettings mirror =
        route(new RequestRewrite(Map.of("X-Model", "2"), PATH, null))
            .spec()
            .mirror()
            .withSelfCheck(new BigDecimal("100"));
    Route shadowing = route(mirror);
    Route promoted = new Route(shadowing.spec(), RouteState.PROMOTED, true, shadowing.experiment());
    try (ProxyHarness proxy = new ProxyHarness(promoted)) {
      post(proxy, "{}", "X-Model: 1");

      for (int i = 0; i < 2; i++) {
        RecordedRequest call = challenger.awaitRequest();
        assertThat(call.target()).isEqualTo(TARGET_2);
        assertThat(call.headers().all("X-Model")).containsExactly("2");
      }
    }
  }

  @Test
  void promotedModel_getsUsersRequestsRewritten_andTheStandbyAsTheyAre() {
    Route shadowing = route(new RequestRewrite(Map.of("X-Model", "2"), PATH, null));
    Route promoted = new Route(shadowing.spec(), RouteState.PROMOTED, true, shadowing.experiment());
    try (ProxyHarness proxy = new ProxyHarness(promoted)) {
      post(proxy, "{}", "X-Model: 1");

      RecordedRequest user = challenger.awaitRequest();
      assertThat(user.target()).isEqualTo(TARGET_2);
      assertThat(user.headers().all("X-Model")).containsExactly("2");
      assertThat(user.headers().has("X-Shadow-Request")).isFalse();
      RecordedRequest standby = champion.awaitRequest();
      assertThat(standby.target()).isEqualTo(TARGET);
      assertThat(standby.headers().all("X-Model")).containsExactly("1");
      assertThat(standby.header("X-Shadow-Request")).isEqualTo("true");
      proxy.awaitSettled("r", Route.watchOf(Routes.SCOPE), 1);
      assertThat(proxy.exchanges.get(0).target()).isEqualTo(TARGET);

      proxy.swap(new Route(shadowing.spec(), RouteState.ROLLED_BACK, false, Routes.SCOPE));
      champion.takeRequests();
      post(proxy, "{}");
      Await.until("the champion answers again", () -> champion.requestCount() > 1);
      RecordedRequest rolledBack = champion.awaitRequest();
      assertThat(rolledBack.headers().has("X-Model")).isFalse();
    }
  }

  @Test
  void upgradeToAPromotedModel_isRewrittenToo() {
    Route shadowing = route(new RequestRewrite(Map.of("X-Model", "2"), PATH, null));
    Route promoted = new Route(shadowing.spec(), RouteState.PROMOTED, true, shadowing.experiment());
    try (ProxyHarness proxy = new ProxyHarness(promoted)) {
      RawClient.once(
          proxy.port, RawClient.get(TARGET, "Connection: Upgrade", "Upgrade: websocket"));

      RecordedRequest user = challenger.awaitRequest();
      assertThat(user.target()).isEqualTo(TARGET_2);
      assertThat(user.header("X-Model")).isEqualTo("2");
    }
  }
}
