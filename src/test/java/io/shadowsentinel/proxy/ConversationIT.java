package io.shadowsentinel.proxy;

import static io.shadowsentinel.proxy.FramingStage.SMUGGLED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More than one request on a connection, and what ends one: RFC 9112, section 9. */
class ConversationIT {
  private final FakeUpstream champion =
      FakeUpstream.start(
          Behaviours.replying(
              request ->
                  Reply.of(200, "text/plain", request.target().getBytes(ISO_8859_1))
                      .withHeader("X-Method", request.method())));
  private final ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
  private final RawClient client = RawClient.connect(proxy.port);

  @AfterEach
  void close() {
    client.close();
    proxy.close();
    champion.close();
  }

  private static String get(String target, String... lines) {
    return new String(RawClient.get(target, lines), ISO_8859_1);
  }

  // Pipelining

  @Test
  void pipelinedRequests_areAnsweredInOrder_eachOnce() {
    int count = 200;
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      all.append(
          i % 3 == 0
              ? get("/" + i)
              : new String(RawClient.post("/" + i, "{\"n\":" + i + "}"), ISO_8859_1));
    }
    client.send(all.toString());

    for (int i = 0; i < count; i++) {
      RawResponse answer = client.read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.bodyText()).isEqualTo("/" + i);
    }
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::target)
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(i -> "/" + i).toList());
  }

  @Test
  void pipelinedRequests_thatComeInPieces_areAnsweredInOrder() {
    String all = get("/0") + get("/1") + get("/2");
    for (int i = 0; i < all.length(); i += 7) {
      client.send(all.substring(i, Math.min(all.length(), i + 7)));
    }

    for (int i = 0; i < 3; i++) {
      assertThat(client.read().bodyText()).isEqualTo("/" + i);
    }
  }

  @Test
  void pipelinedRequests_waitForASlowAnswer_andComeAfterIt() {
    champion.behave(
        Behaviours.choosing(
            request ->
                request.target().equals("/slow")
                    ? Behaviours.delayed(
                        Duration.ofMillis(300), Behaviours.reply(Reply.json("{\"slow\":1}")))
                    : Behaviours.reply(Reply.json("{\"fast\":1}"))));
    client.send(get("/slow") + get("/a") + get("/b"));

    assertThat(client.read().bodyText()).isEqualTo("{\"slow\":1}");
    assertThat(client.read().bodyText()).isEqualTo("{\"fast\":1}");
    assertThat(client.read().bodyText()).isEqualTo("{\"fast\":1}");
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::target)
        .containsExactly("/slow", "/a", "/b");
  }

  @Test
  void faultInTheSecond_leavesTheFirst_andEndsTheConnection() {
    List<RawResponse> answers =
        client
            .send(get("/first") + "GET /second HTTP/1.1\r\nBad Field: x\r\n\r\n" + get("/third"))
            .readToEnd();

    assertThat(answers).extracting(RawResponse::status).containsExactly(200, 400, 0);
    assertThat(answers.get(0).bodyText()).isEqualTo("/first");
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::target)
        .containsExactly("/first");
  }

  @Test
  void requestsAfterClose_areNotServed() {
    List<RawResponse> answers =
        client.send(get("/first", "Connection: close") + get("/second")).readToEnd();

    assertThat(answers).extracting(RawResponse::status).containsExactly(200, 0);
    assertThat(answers.get(0).header("Connection")).isEqualTo("close");
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::target)
        .containsExactly("/first");
  }

  @Test
  void requestWithoutRoute_doesNotEndTheConnection() {
    try (ProxyHarness narrow = new ProxyHarness(Routes.plain("r", "/m", champion.url()));
        RawClient user = RawClient.connect(narrow.port)) {
      user.send(
          new String(RawClient.post("/none", SMUGGLED), ISO_8859_1) + get("/m/1") + get("/x"));

      assertThat(user.read().status()).isEqualTo(404);
      assertThat(user.read().bodyText()).isEqualTo("/m/1");
      assertThat(user.read().status()).isEqualTo(404);
    }
    assertThat(champion.takeRequests()).extracting(RecordedRequest::target).containsExactly("/m/1");
  }

  // HTTP/1.0

  @Test
  void http10_closesAfterItsAnswer() {
    List<RawResponse> answers =
        client.send("GET /a HTTP/1.0\r\nHost: test\r\n\r\n" + get("/b")).readToEnd();

    assertThat(answers).extracting(RawResponse::status).containsExactly(200, 0);
    assertThat(champion.takeRequests()).hasSize(1);
  }

  @Test
  void http10KeepAlive_isKept_andSaidSo() {
    String request = "GET /a HTTP/1.0\r\nHost: test\r\nConnection: Keep-Alive\r\n\r\n";
    client.send(request + request);

    for (int i = 0; i < 2; i++) {
      RawResponse answer = client.read();
      assertThat(answer.bodyText()).isEqualTo("/a");
      assertThat(answer.header("Connection")).isEqualToIgnoringCase("keep-alive");
    }
  }

  @Test
  void http10_neverGetsAChunk() {
    champion.behave(Behaviours.reply(Reply.json("{\"a\":1}").chunked(2)));
    RawResponse answer =
        client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").readToEnd().get(0);

    assertThat(answer.headers().has("Transfer-Encoding")).isFalse();
    assertThat(answer.bodyText()).isEqualTo("{\"a\":1}");
  }

  // HEAD, and answers without a body

  @Test
  void headAmongOthers_hasNoBody_whateverItsLength() {
    client.send("HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n");
    RawResponse head =
        client.exchange("HEAD /b HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(ISO_8859_1));
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo("2");
  }

  // Upgrades

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c\r\n",
        "Upgrade: h2c\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n",
        "Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n",
        "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
        "Upgrade: websocket\r\n",
        "Connection: Upgrade\r\n",
        "Connection: Upgrade\r\nUpgrade:\r\n"
      })
  void upgradeToWhatIsNotOffered_isIgnored_andNotPassedOn(String lines) {
    client.send("GET /a HTTP/1.1\r\nHost: test\r\n" + lines + "\r\n" + get("/b"));

    assertThat(client.read().bodyText()).isEqualTo("/a");
    assertThat(client.read().bodyText()).isEqualTo("/b");
    List<RecordedRequest> seen = champion.takeRequests();
    assertThat(seen).extracting(RecordedRequest::target).containsExactly("/a", "/b");
    assertThat(seen.get(0).headers().has("Upgrade")).isFalse();
    assertThat(seen.get(0).headers().has("Connection")).isFalse();
    assertThat(seen.get(0).headers().has("HTTP2-Settings")).isFalse();
  }

  @Test
  void upgradeWithABody_isARequestLikeAnother() {
    client.send(
        "POST /a HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Content-Length: "
            + SMUGGLED.length()
            + "\r\n\r\n"
            + SMUGGLED
            + get("/b"));

    assertThat(client.read().bodyText()).isEqualTo("/a");
    assertThat(client.read().bodyText()).isEqualTo("/b");
    List<RecordedRequest> seen = champion.takeRequests();
    assertThat(seen).extracting(RecordedRequest::target).containsExactly("/a", "/b");
    assertThat(seen.get(0).bodyText()).isEqualTo(SMUGGLED);
    assertThat(seen.get(0).headers().has("Upgrade")).isFalse();
  }

  @Test
  void upgradeInHttp10_isIgnored() {
    List<RawResponse> answers =
        client
            .send("GET /a HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            .readToEnd();

    assertThat(answers.get(0).bodyText()).isEqualTo("/a");
    assertThat(champion.awaitRequest().headers().has("Upgrade")).isFalse();
  }

  @Test
  void refusedUpgrade_opensNoTunnel() {
    client.send(
        "GET /a HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    assertThat(client.read().bodyText()).isEqualTo("/a");
    client.send("GET /b HTTP/1.1\r\nHost: test\r\nBad Field: x\r\n\r\n" + SMUGGLED);

    List<RawResponse> rest = client.readToEnd();
    assertThat(rest).extracting(RawResponse::status).containsExactly(400, 0);
    assertThat(champion.takeRequests()).extracting(RecordedRequest::target).containsExactly("/a");
    assertThat(String.join("", champion.transcripts())).doesNotContain("smuggled");
  }

  @Test
  void tunnelledBytes_thatComeWithTheUpgrade_areNotLost() {
    champion.behave(Behaviours.upgradeThenEcho());
    client.send(
        "GET /a HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            + "early");
    assertThat(client.read().status()).isEqualTo(101);

    StringBuilder echoed = new StringBuilder();
    client.send("later");
    while (echoed.length() < 10) {
      byte[] more = client.readSome(100);
      assertThat(more).isNotEmpty();
      echoed.append(new String(more, ISO_8859_1));
    }
    assertThat(echoed.toString()).isEqualTo("earlylater");
  }

  // A proxy that goes away

  @Test
  void answerUnderWayAtTheEnd_saysThatItIsTheLast() {
    champion.behave(
        Behaviours.delayed(Duration.ofMillis(300), Behaviours.reply(Reply.json("{\"a\":1}"))));
    RawClient unused = RawClient.connect(proxy.port);
    RawClient idle = RawClient.connect(proxy.port);
    client.send(get("/idle"));
    assertThat(client.read().status()).isEqualTo(200);
    client.send(get("/a"));
    champion.awaitRequestCount(2);
    idle.send("GET /b HTTP/1.1\r\nHost: te");
    Future<Void> closed = proxy.undeploy();

    RawResponse answer = client.read();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(client.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    assertThat(unused.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    ProxyHarness.await(closed);
    unused.close();
    idle.close();
  }

  // Users who leave

  @Test
  void userWhoLeaves_endsTheChampionsCall() {
    champion.behave(Behaviours.never());
    client.send(get("/a"));
    champion.awaitRequest();
    client.close();

    Await.until("the champion's connection is closed", () -> champion.openConnections() == 0);
  }

  @Test
  void userWhoPipelinesAndLeaves_leavesNothingBehind() {
    client.send(get("/a") + get("/b"));
    client.reset();

    assertThat(RawClient.once(proxy.port, RawClient.get("/c")).status()).isEqualTo(200);
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::target)
        .contains("/c")
        .doesNotHaveDuplicates();
  }
}
