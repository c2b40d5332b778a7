package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.HeaderList;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.Wire;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.wire.HeaderRules;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user of the proxied service may count on, over real sockets. */
class ProxyIT {

  private static final Reply OK = Reply.json("{\"ok\":true}");

  // Routing

  @Test
  void firstRouteThatMatches_takesTheRequest() {
    try (FakeUpstream a = FakeUpstream.answering(OK);
        FakeUpstream b = FakeUpstream.answering(OK);
        FakeUpstream c = FakeUpstream.answering(OK);
        ProxyHarness proxy =
            new ProxyHarness(
                Routes.plain(
                    "a",
                    new Match("/m/", List.of("Models.example"), Set.of(), Map.of("X-Team", "a")),
                    a.url()),
                Routes.plain("b", new Match("/m/", List.of(), Set.of("post"), Map.of()), b.url()),
                Routes.plain("c", "/m/", c.url()))) {
      try (RawClient client = RawClient.connect(proxy.port)) {
        client.exchange(
            "GET /m/1 HTTP/1.1\r\nHost: models.EXAMPLE:99\r\nx-team: a\r\n\r\n"
                .getBytes(ISO_8859_1));
        client.exchange(RawClient.post("/m/2", "{}", "X-Team: a"));
        client.exchange(RawClient.get("/m/3?q=%20x"));
        RawResponse none = client.exchange(RawClient.get("/other"));

        assertThat(none.status()).isEqualTo(404);
        assertThat(none.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(none.bodyText()).contains("\"status\":404").contains("no route matches /other");
      }
      assertThat(a.awaitRequest().target()).isEqualTo("/m/1");
      assertThat(b.awaitRequest().target()).isEqualTo("/m/2");
      assertThat(c.awaitRequest().target()).isEqualTo("/m/3?q=%20x");
    }
  }

  @Test
  void absoluteTarget_reachesTheChampionInOriginForm_andConnectIsRefused() {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      RawClient.once(proxy.port, RawClient.get("http://elsewhere/a/b?c"));
      RawResponse connect =
          RawClient.once(
              proxy.port, "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n".getBytes(ISO_8859_1));

      assertThat(champion.awaitRequest().target()).isEqualTo("/a/b?c");
      assertThat(connect.status()).isEqualTo(501);
      assertThat(champion.requestCount()).isEqualTo(1);
    }
  }

  // Upstreams

  @Test
  void severalUrls_takeTurns() {
    try (FakeUpstream a = FakeUpstream.answering(OK);
        FakeUpstream b = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", a.url(), b.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.exchange(RawClient.get("/")).status()).isEqualTo(200);
      }

      assertThat(a.requestCount()).isEqualTo(5);
      assertThat(b.requestCount()).isEqualTo(5);
    }
  }

  @Test
  void oneDeadUrl_isPassedOver_withItsBodyWhole() {
    try (FakeUpstream alive = FakeUpstream.answering(OK);
        ProxyHarness proxy =
            new ProxyHarness(Routes.plain("r", "/", FakeUpstream.refusingUrl(), alive.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      for (int i = 0; i < 6; i++) {
        assertThat(client.exchange(RawClient.post("/", "{\"n\":" + i + "}")).status())
            .isEqualTo(200);
      }

      for (int i = 0; i < 6; i++) {
        assertThat(alive.awaitRequest().bodyText()).isEqualTo("{\"n\":" + i + "}");
      }
    }
  }

  @Test
  void noUrlThatConnects_is502_whichTellsNoAddress() {
    try (ProxyHarness proxy =
        new ProxyHarness(
            Routes.plain("r", "/", FakeUpstream.refusingUrl(), FakeUpstream.refusingUrl()))) {
      RawResponse answer = RawClient.once(proxy.port, RawClient.post("/", "{}"));

      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.bodyText())
          .as("tells no address")
          .contains("no connection to the champion's upstream")
          .doesNotContain("127.0.0.1", "http");
    }
  }

  @Test
  void silentChampion_is504_andItsConnectionIsClosed() {
    try (FakeUpstream champion = FakeUpstream.start(Behaviours.never());
        ProxyHarness proxy =
            new ProxyHarness(
                Routes.withTimeout(
                    Routes.plain("r", "/", champion.url()), Duration.ofMillis(200)))) {
      RawResponse answer = RawClient.once(proxy.port, RawClient.post("/", "{}"));

      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.bodyText()).contains("the champion sent nothing of its answer for 200 ms");
      Await.until("the champion's connection is closed", () -> champion.openConnections() == 0);
    }
  }

  @Test
  void manyRequestsOfASilentChampion_allTimeOut_notAFewAtATime() {
    int users = 200;
    try (FakeUpstream champion = FakeUpstream.start(Behaviours.never());
        ProxyHarness proxy =
            new ProxyHarness(
                Routes.withTimeout(
                    Routes.plain("r", "/", champion.url()), Duration.ofMillis(300)))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < users; i++) {
        RawClient client = RawClient.connect(proxy.port);
        client.send(RawClient.post("/", "{}"));
        clients.add(client);
      }
      for (RawClient client : clients) {
        assertThat(client.read().status()).isEqualTo(504);
        client.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "close", "garbage"})
  void championThatBreaks_is502_andIsNotAskedAgain(String how) {
    try (FakeUpstream champion =
            FakeUpstream.start(
                switch (how) {
                  case "reset" -> Behaviours.resetOnRequest();
                  case "close" -> Behaviours.closeOnRequest();
                  default -> Behaviours.garbage();
                });
        FakeUpstream other = FakeUpstream.answering(OK);
        ProxyHarness proxy =
            new ProxyHarness(Routes.plain("r", "/", champion.url(), other.url()))) {
      RawResponse answer = RawClient.once(proxy.port, RawClient.post("/", "{}"));

      assertThat(answer.status()).isEqualTo(502);
      assertThat(champion.requestCount()).isEqualTo(1);
      assertThat(other.requestCount()).isZero();
    }
  }

  @Test
  void championThatBreaksMidway_breaksTheUsersConnection_andDoesNotEndItInOrder() {
    byte[] body = "x".repeat(100_000).getBytes(ISO_8859_1);
    Reply chunked = Reply.of(200, "text/plain", body).chunked(10_000);
    try (FakeUpstream champion =
            FakeUpstream.start(Behaviours.resetMidway(chunked, Duration.ofMillis(50)));
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      RawResponse answer = RawClient.once(proxy.port, RawClient.get("/"));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.complete()).isFalse();
    }
  }

  // What the champion sees

  @Test
  void championSees_whatTheClientSent_andAnId() {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        FakeUpstream challenger = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      RawClient.once(
          proxy.port,
          RawClient.post(
              "/p?a=1",
              "{\"x\":1}",
              "Authorization: Bearer t",
              "Connection: X-Gone",
              "X-Gone: 1",
              "Keep-Alive: timeout=5",
              "X-Kept: a",
              "x-kept: b"));

      RecordedRequest seen = champion.awaitRequest();
      assertThat(names(seen.headers()))
          .containsExactlyInAnyOrder(
              "host",
              "authorization",
              "x-kept",
              "x-kept",
              "content-type",
              "content-length",
              "x-request-id");
      assertThat(seen.header("Host")).isEqualTo("test");
      assertThat(seen.headers().all("X-Kept")).containsExactly("a", "b");
      assertThat(seen.bodyText()).isEqualTo("{\"x\":1}");
      RecordedRequest shadow = challenger.awaitRequest();
      assertThat(shadow.target()).isEqualTo("/p?a=1");
      assertThat(shadow.bodyText()).isEqualTo("{\"x\":1}");
      assertThat(shadow.header("X-Shadow-Request")).isEqualTo("true");
      assertThat(shadow.header("X-Request-Id")).isEqualTo(seen.header("X-Request-Id"));
      assertThat(shadow.header("Host")).isEqualTo("127.0.0.1:" + challenger.port());
      assertThat(shadow.header("Authorization")).isEqualTo("Bearer t");
      assertThat(shadow.headers().has("X-Gone")).isFalse();
    }
  }

  private static List<String> names(HeaderList headers) {
    return headers.names().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  @Test
  void givenRequestId_isKept() {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        FakeUpstream challenger = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      RawClient.once(proxy.port, RawClient.post("/", "{}", "x-request-id: mine"));

      assertThat(champion.awaitRequest().headers().all("X-Request-Id")).containsExactly("mine");
      assertThat(challenger.awaitRequest().headers().all("X-Request-Id")).containsExactly("mine");
    }
  }

  @Test
  void madeRequestIds_differ() {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      for (int i = 0; i < 20; i++) {
        RawClient.once(proxy.port, RawClient.get("/"));
      }

      assertThat(champion.takeRequests())
          .hasSize(20)
          .extracting(request -> request.header("X-Request-Id"))
          .doesNotHaveDuplicates()
          .doesNotContainNull();
    }
  }

  @Test
  void forwardedHeaders_areAddedOnlyWhenAsked() {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        ProxyHarness proxy =
            new ProxyHarness(
                new ProxySettings("127.0.0.1", 0, null, true),
                Routes.plain("r", "/", champion.url()))) {
      RawClient.once(proxy.port, RawClient.get("/", "X-Forwarded-For: 10.0.0.9"));

      RecordedRequest seen = champion.awaitRequest();
      assertThat(seen.header("X-Forwarded-For")).isEqualTo("10.0.0.9, 127.0.0.1");
      assertThat(seen.header("X-Forwarded-Proto")).isEqualTo("http");
      assertThat(seen.header("X-Forwarded-Host")).isEqualTo("test");
    }
  }

  // What the user sees

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/plain",
        "/chunked",
        "/close",
        "/204",
        "/304",
        "/404",
        "/500",
        "/empty",
        "/trailers",
        "/gzip",
        "/big"
      })
  void answer_isTheChampions_lessHopByHop(String target) {
    try (FakeUpstream champion = FakeUpstream.start(Behaviours.replying(ProxyIT::replyTo));
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      for (String method : List.of("GET", "HEAD")) {
        byte[] request = RawClient.request(method, target, null);
        RawResponse direct = RawClient.once(champion.port(), request);
        RawResponse proxied = RawClient.once(proxy.port, request);

        assertThat(proxied.end()).isEqualTo(direct.end());
        assertThat(proxied.statusLine()).isEqualTo(direct.statusLine());
        assertThat(endToEnd(proxied.headers())).isEqualTo(endToEnd(direct.headers()));
        assertThat(proxied.body()).isEqualTo(direct.body());
        assertThat(proxied.trailers()).isEqualTo(direct.trailers());
      }
    }
  }

  private static List<HeaderList.Field> endToEnd(HeaderList headers) {
    return headers.fields().stream()
        .filter(field -> !HeaderRules.isHopByHop(field.name()))
        .toList();
  }

  private static Reply replyTo(RecordedRequest request) {
    byte[] big = new byte[3 << 20];
    for (int i = 0; i < big.length; i++) {
      big[i] = (byte) (i * 31);
    }
    return switch (request.target()) {
      case "/chunked" -> OK.chunked(3);
      case "/close" -> OK.closeDelimited();
      case "/204" -> OK.withStatus(204).withHeader("ETag", "\"x\"");
      case "/304" -> OK.withStatus(304).withHeader("ETag", "\"x\"");
      case "/404" -> OK.withStatus(404);
      case "/500" -> OK.withStatus(500);
      case "/empty" -> OK.withBody(new byte[0]);
      case "/trailers" -> OK.withHeader("Trailer", "X-Sum").withTrailer("X-Sum", "9");
      case "/gzip" -> OK.gzipped();
      case "/big" -> Reply.of(200, "application/octet-stream", big);
      default -> OK.withHeader("Set-Cookie", "a=1").withHeader("Set-Cookie", "b=2");
    };
  }

  @Test
  void keepAlive_servesManyRequestsOnOneConnectionEachSide() {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.exchange(RawClient.post("/", "{\"i\":" + i + "}")).status())
            .isEqualTo(200);
      }

      assertThat(champion.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void http10Client_getsAnswerOfUnknownLength_endedByTheConnection() {
    try (FakeUpstream champion = FakeUpstream.answering(OK.chunked(4));
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      RawResponse answer =
          RawClient.once(
              proxy.port,
              "GET / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n".getBytes(ISO_8859_1));

      assertThat(answer.bodyText()).isEqualTo("{\"ok\":true}");
      assertThat(answer.headers().has("Transfer-Encoding")).isFalse();
    }
  }

  @Test
  void stream_reachesTheUserAsItComes() {
    String[] events = {"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"};
    try (FakeUpstream champion =
            FakeUpstream.start(Behaviours.streaming(Duration.ofMillis(150), events));
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      client.send(RawClient.get("/"));

      List<String> reads = new ArrayList<>();
      StringBuilder all = new StringBuilder();
      while (!all.toString().contains("0\r\n\r\n")) {
        String read = new String(client.readSome(4096), ISO_8859_1);
        assertThat(read).as("after %s", reads).isNotEmpty();
        reads.add(read);
        all.append(read);
      }

      // Head, three events and the end, none of them held back for the next.
      assertThat(reads).hasSizeGreaterThanOrEqualTo(4);
      assertThat(reads.get(0)).startsWith("HTTP/1.1 200").doesNotContain("data: 2");
      assertThat(all.toString()).contains("data: 1\n\n", "data: 2\n\n", "data: 3\n\n");
    }
  }

  @Test
  void largeUpload_isStreamed_notGathered() {
    byte[] body = new byte[8 << 20];
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      RawResponse answer =
          RawClient.once(proxy.port, RawClient.request("PUT", "/", body, "X-A: 1"));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(champion.awaitRequest().body()).isEqualTo(body);
    }
  }

  @Test
  void expectContinue_isTheChampionsToAnswer() {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      String interim = new String(client.readSome(256), ISO_8859_1);
      client.send("{}");
      RawResponse answer = client.read();

      assertThat(interim).startsWith("HTTP/1.1 100 ");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(champion.awaitRequest().bodyText()).isEqualTo("{}");
    }
  }

  @Test
  void webSocketUpgrade_isATunnel() {
    try (FakeUpstream champion = FakeUpstream.start(Behaviours.upgradeThenEcho());
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      RawResponse switched =
          client.exchange(
              RawClient.get(
                  "/ws",
                  "Connection: Upgrade",
                  "Upgrade: websocket",
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                  "Sec-WebSocket-Version: 13"));
      client.send("hello");
      String echo = new String(client.readSome(64), ISO_8859_1);

      assertThat(switched.status()).isEqualTo(101);
      assertThat(switched.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assertThat(echo).isEqualTo("hello");
      client.close();
      Await.until("the champion's side is closed", () -> champion.openConnections() == 0);
    }
  }

  @Test
  void refusedUpgrade_isTheChampionsAnswer() {
    try (FakeUpstream champion = FakeUpstream.answering(OK.withStatus(403));
        ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      RawResponse answer =
          RawClient.once(
              proxy.port, RawClient.get("/ws", "Connection: Upgrade", "Upgrade: websocket"));

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.bodyText()).isEqualTo("{\"ok\":true}");
    }
  }

  @Test
  void earlyAnswer_reachesTheUser_beforeTheRequestIsThrough() {
    try (FakeUpstream champion =
            FakeUpstream.start(
                new Behaviour() {
                  @Override
                  public void connected(Wire wire) throws IOException {
                    wire.write(
                        "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
                  }

                  @Override
                  public void answer(RecordedRequest request, Wire wire) {}
                });
        FakeUpstream challenger = FakeUpstream.answering(OK);
        ProxyHarness proxy = new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"half\":");
      RawResponse answer = client.read();

      assertThat(answer.status()).isIn(413, 502);
      proxy.awaitSettled("r", Routes.SCOPE, 1);
    }
  }
}
