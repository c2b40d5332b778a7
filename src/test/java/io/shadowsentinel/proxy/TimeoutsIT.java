package io.shadowsentinel.proxy;

import static io.shadowsentinel.proxy.LimitsIT.exceeded;
import static io.shadowsentinel.proxy.LimitsIT.gauge;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.tls.Tls;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long users may take, and who is not meant. */
@Tag("alone")
class TimeoutsIT {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Reply OK = Reply.json("{\"ok\":true}");

  private final FakeUpstream champion = FakeUpstream.answering(OK);
  private final List<RawClient> clients = new ArrayList<>();
  private ProxyHarness proxy;

  @AfterEach
  void close() {
    clients.forEach(RawClient::close);
    if (proxy != null) {
      proxy.close();
    }
    champion.close();
  }

  private void start(TestLimits limits) {
    start(limits.listening());
  }

  private void start(ProxySettings settings) {
    proxy = new ProxyHarness(settings, Routes.plain("r", "/", champion.url()));
  }

  private RawClient connect() {
    RawClient client = RawClient.connect(proxy.port);
    clients.add(client);
    return client;
  }

  // headerTimeout

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "\r",
        "PRI * HTTP/2.0\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: te",
        "GET /p HTTP/1.1\r\nHost: test\r\n\r"
      })
  void headThatStops_is408(String part) {
    start(new TestLimits().headerTimeout(SHORT));
    List<RawResponse> answers = connect().send(part).readToEnd();

    if (!part.startsWith("PRI")) {
      assertThat(answers).extracting(RawResponse::status).containsExactly(408, 0);
      assertThat(answers.get(0).header("Connection")).isEqualTo("close");
    }
    assertThat(answers.get(answers.size() - 1).end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    assertThat(exceeded(proxy, "headerTimeout")).isEqualTo(1);
    assertThat(champion.requestCount()).isZero();
  }

  @Test
  void headThatDrips_is408_howeverLongItGoesOn() {
    start(new TestLimits().headerTimeout(SHORT));
    RawClient client = connect().timeout(Duration.ofMillis(20));
    client.send("GET /p HTTP/1.1\r\n");
    RawResponse answer = client.read();
    for (int i = 0; answer.end() == RawResponse.End.TIMED_OUT; i++) {
      assertThat(i).as("drips").isLessThan(2_000);
      try {
        client.send("X-" + i + ": y\r\n");
      } catch (UncheckedIOException closed) {
        break;
      }
      answer = client.read();
    }

    assertThat(answer.status()).isIn(408, 0);
    assertThat(exceeded(proxy, "headerTimeout")).isEqualTo(1);
    assertThat(champion.requestCount()).isZero();
  }

  @Test
  void userWhoSaysNothing_isClosed_withoutAnAnswer() {
    start(new TestLimits().headerTimeout(SHORT));
    List<RawResponse> answers = connect().readToEnd();

    assertThat(answers).extracting(RawResponse::statusLine).containsExactly("");
    assertThat(answers.get(0).end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    assertThat(exceeded(proxy, "headerTimeout")).isEqualTo(1);
  }

  @Test
  void laterHeadThatStops_is408_andTheAnswerBeforeWasGiven() {
    start(new TestLimits().headerTimeout(SHORT));
    List<RawResponse> answers =
        connect().send(new String(RawClient.get("/"), ISO_8859_1) + "GET /p HT").readToEnd();

    assertThat(answers).extracting(RawResponse::status).containsExactly(200, 408, 0);
  }

  @Test
  void restOfABodyThatWasAnswered_isNotWaitedForWithoutEnd() {
    proxy =
        new ProxyHarness(
            new TestLimits().headerTimeout(SHORT).listening(),
            Routes.plain("r", "/m", champion.url()));
    RawClient client = connect();
    client.send("POST /none HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nbegin");

    List<RawResponse> answers = client.readToEnd();
    assertThat(answers).extracting(RawResponse::status).containsExactly(404, 0);
    assertThat(answers.get(1).end()).isNotEqualTo(RawResponse.End.TIMED_OUT);
  }

  @Test
  void tlsHandshakeThatStops_isClosed(@TempDir Path directory) {
    start(
        new ProxySettings(
            "127.0.0.1",
            0,
            localhost(directory),
            false,
            new TestLimits().headerTimeout(SHORT).make()));
    RawClient client = connect();

    assertThat(client.send(new byte[] {22, 3, 1}).readToEnd().get(0).end())
        .isNotEqualTo(RawResponse.End.TIMED_OUT);
    Await.until("it is let go", () -> gauge(proxy, "shadow.sentinel.connections") == 0);
  }

  @Test
  void http2WithoutAStream_isClosed_alsoInsideAHeader() {
    start(new TestLimits().headerTimeout(SHORT));
    try (RawHttp2Client silent = RawHttp2Client.connect(proxy.port);
        RawHttp2Client half = RawHttp2Client.connect(proxy.port)) {
      half.frame(RawHttp2Client.HEADERS, 0, 1, RawHttp2Client.block(":method", "GET"));

      assertThat(silent.awaitClose()).isZero();
      assertThat(half.awaitClose()).isNotEqualTo(-2);
    }
    assertThat(exceeded(proxy, "headerTimeout")).isEqualTo(2);
  }

  // idleTimeout

  @Test
  void connectionWithoutARequest_isClosed() {
    start(new TestLimits().idleTimeout(SHORT));
    RawClient client = connect();
    assertThat(client.exchange(RawClient.get("/")).status()).isEqualTo(200);

    RawResponse end = client.read();
    assertThat(end.end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    assertThat(end.status()).isZero();
    assertThat(exceeded(proxy, "idleTimeout")).isEqualTo(1);
    Await.until("it is let go", () -> gauge(proxy, "shadow.sentinel.connections") == 0);
  }

  @Test
  void emptyLinesBetweenRequests_areNoLife() {
    start(new TestLimits().idleTimeout(SHORT));
    RawClient client = connect();
    client.exchange(RawClient.get("/"));
    client.send("\r\n");

    assertThat(client.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    assertThat(exceeded(proxy, "idleTimeout")).isEqualTo(1);
  }

  @Test
  void slowChampion_isNotIdle() {
    start(new TestLimits().idleTimeout(SHORT).headerTimeout(SHORT).writeTimeout(SHORT));
    champion.behave(Behaviours.delayed(Duration.ofMillis(1_500), Behaviours.reply(OK)));

    assertThat(connect().exchange(RawClient.get("/")).status()).isEqualTo(200);
    assertThat(connect().exchange(RawClient.post("/", "{}")).status()).isEqualTo(200);
  }

  @Test
  void quietStream_isNotIdle() {
    start(new TestLimits().idleTimeout(SHORT).headerTimeout(SHORT).writeTimeout(SHORT));
    champion.behave(Behaviours.streaming(Duration.ofMillis(1_200), "data: 1\n\n", "data: 2\n\n"));
    RawResponse answer = connect().exchange(RawClient.get("/"));

    assertThat(answer.complete()).isTrue();
    assertThat(answer.bodyText()).isEqualTo("data: 1\n\ndata: 2\n\n");
  }

  @Test
  void quietTunnel_isNotIdle() {
    start(new TestLimits().idleTimeout(SHORT).headerTimeout(SHORT).writeTimeout(SHORT));
    champion.behave(Behaviours.upgradeThenEcho());
    RawClient tunnel = connect();
    assertThat(tunnel.exchange(LimitsIT.upgrade()).status()).isEqualTo(101);
    RawClient idle = connect();
    idle.exchange(LimitsIT.upgrade());
    // Until another connection, that was opened later, has been found idle.
    RawClient later = connect();
    champion.behave(Behaviours.reply(OK));
    later.exchange(RawClient.get("/"));
    assertThat(later.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);

    tunnel.send("still there");
    assertThat(new String(tunnel.readSome(100), ISO_8859_1)).isEqualTo("still there");
  }

  @Test
  void slowUpload_isNotIdle() {
    start(new TestLimits().idleTimeout(SHORT).headerTimeout(SHORT).writeTimeout(SHORT));
    RawClient client = connect();
    client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n");
    for (int i = 0; i < 4; i++) {
      RawClient later = connect();
      later.exchange(RawClient.get("/"));
      assertThat(later.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
      client.send("x");
    }

    assertThat(client.read().status()).isEqualTo(200);
  }

  @Test
  void http2WithoutAStream_isClosedAfterAWhile_andPingsAreNoLife() {
    start(new TestLimits().idleTimeout(SHORT));
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, true, RawHttp2Client.request("GET", "/"));
      assertThat(client.outcome(1).status()).isEqualTo(200);
      client.timeout(Duration.ofMillis(50));
      long code = client.awaitClose();
      for (int i = 0; code == -2 && i < 200; i++) {
        client.frame(RawHttp2Client.PING, 0, 0, new byte[8]);
        code = client.awaitClose();
      }

      assertThat(code).isIn(0L, -1L);
      assertThat(exceeded(proxy, "idleTimeout")).isEqualTo(1);
    }
  }

  @Test
  void http2StreamOfASlowChampion_isNotIdle() {
    start(new TestLimits().idleTimeout(SHORT).headerTimeout(SHORT).writeTimeout(SHORT));
    champion.behave(Behaviours.delayed(Duration.ofMillis(1_500), Behaviours.reply(OK)));
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, true, RawHttp2Client.request("GET", "/"));

      assertThat(client.outcome(1).status()).isEqualTo(200);
    }
  }

  @Test
  void http2StreamsThatWereAnsweredEarly_keepNoConnectionAlive() {
    proxy =
        new ProxyHarness(
            new TestLimits().headerTimeout(SHORT).idleTimeout(SHORT).listening(),
            Routes.plain("r", "/m", champion.url()));
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      // Not ended, and they never will be.
      client.headers(1, false, RawHttp2Client.request("POST", "/none"));
      client.headers(3, false, RawHttp2Client.request("POST", "/none"));

      assertThat(client.outcome(1).status()).isEqualTo(404);
      assertThat(client.awaitClose()).isNotEqualTo(-2);
    }
  }

  // writeTimeout

  @Test
  void userWhoDoesNotRead_losesTheConnection_andItsChampionIsFree() {
    start(new TestLimits().writeTimeout(SHORT));
    champion.behave(Behaviours.hugeBody(64));
    RawClient client = connect();
    client.send(RawClient.get("/"));

    Await.until("it is over", () -> exceeded(proxy, "writeTimeout") == 1);
    Await.until("it is let go", () -> gauge(proxy, "shadow.sentinel.connections") == 0);
    Await.until(
        "nothing is in flight", () -> gauge(proxy, "shadow.sentinel.requests.in.flight") == 0);
    Await.until("the champion's connection is closed", () -> champion.openConnections() == 0);
    assertThat(client.read().complete()).isFalse();
  }

  @Test
  void userWhoReadsSlowly_getsItAll() {
    start(new TestLimits().writeTimeout(Duration.ofSeconds(1)));
    int mebibytes = 24;
    champion.behave(
        Behaviours.choosing(
            request ->
                request.target().equals("/huge")
                    ? Behaviours.hugeBody(mebibytes)
                    : Behaviours.delayed(Duration.ofMillis(100), Behaviours.reply(OK))));
    RawClient client = connect();
    client.send(RawClient.get("/huge"));
    long got = 0;
    long pause = 0;
    while (got < (long) mebibytes << 20) {
      byte[] some = client.readSome(1 << 20);
      assertThat(some).isNotEmpty();
      got += some.length;
      if (got >= pause) {
        // For the whole answer it is slower than the time-out.
        RawClient.once(proxy.port, RawClient.get("/pause"));
        pause = got + (2 << 20);
      }
    }

    assertThat(exceeded(proxy, "writeTimeout")).isZero();
  }

  @Test
  void http2StreamThatIsNotRead_isReset_andOthersGoOn() {
    start(new TestLimits().writeTimeout(SHORT));
    champion.behave(
        Behaviours.choosing(
            request ->
                request.target().equals("/huge") ? Behaviours.hugeBody(8) : Behaviours.reply(OK)));
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      // Of the connection's window, but not of the stream's, there is enough for others.
      client.frame(RawHttp2Client.WINDOW_UPDATE, 0, 0, RawHttp2Client.number(1 << 20));
      client.headers(1, true, RawHttp2Client.request("GET", "/huge"));
      RawHttp2Client.Outcome huge = client.outcome(1);
      client.headers(3, true, RawHttp2Client.request("GET", "/small"));

      assertThat(huge.end()).isEqualTo(RawHttp2Client.End.RESET);
      assertThat(huge.status()).isEqualTo(200);
      assertThat(client.outcome(3).status()).isEqualTo(200);
    }
    assertThat(exceeded(proxy, "writeTimeout")).isEqualTo(1);
    Await.until(
        "the champion is free", () -> gauge(proxy, "shadow.sentinel.requests.in.flight") == 0);
  }

  // Many

  @Test
  void thousandsOfSlowUsers_areLetGo_andOthersAreServedMeanwhile() {
    int slow = 2_000;
    start(new TestLimits().headerTimeout(Duration.ofSeconds(2)).connections(slow + 1));
    for (int i = 0; i < slow; i++) {
      RawClient client = connect();
      if (i % 2 == 0) {
        client.send("GET /slow HTTP/1.1\r\nHo");
      }
    }
    assertThat(RawClient.once(proxy.port, RawClient.get("/")).status()).isEqualTo(200);

    Await.until(
        "all are let go",
        Duration.ofSeconds(30),
        () -> gauge(proxy, "shadow.sentinel.connections") == 0);
    assertThat(exceeded(proxy, "headerTimeout")).isEqualTo(slow);
    assertThat(champion.requestCount()).isEqualTo(1);
  }

  private static Tls localhost(Path directory) {
    TestCa.Written written = TestCa.create("Test CA").issue().write(directory, "server");
    return new Tls(written.cert(), written.key(), null);
  }
}
