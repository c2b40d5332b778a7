package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.tls.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users may take up: just below each limit, at it, and above. */
class LimitsIT {
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
    proxy = new ProxyHarness(limits.listening(), Routes.plain("r", "/", champion.url()));
  }

  private RawClient connect() {
    RawClient client = RawClient.connect(proxy.port);
    clients.add(client);
    return client;
  }

  static double exceeded(ProxyHarness proxy, String limit) {
    return proxy
        .registry
        .get("shadow.sentinel.limit.exceeded")
        .tag("limit", limit)
        .counter()
        .count();
  }

  static double gauge(ProxyHarness proxy, String name) {
    Gauge gauge = proxy.registry.get(name).gauge();
    return gauge.value();
  }

  /** The user is told, the connection ends, and the champion has seen nothing whole. */
  private void refused(RawClient client, int status, String limit) {
    List<RawResponse> answers = client.readToEnd();

    assertThat(answers).extracting(RawResponse::status).containsExactly(status, 0);
    assertThat(answers.get(0).bodyText()).contains("listen.limits." + limit);
    assertThat(answers.get(0).header("Connection")).isEqualTo("close");
    assertThat(answers.get(1).end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    assertThat(exceeded(proxy, limit)).isEqualTo(1);
    assertThat(champion.takeRequests()).isEmpty();
  }

  // Sizes

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 101})
  void maxUri_isTheLongestTarget(int length) {
    start(new TestLimits().uri(100));
    RawClient client = connect();
    String target = "/" + "u".repeat(length - 1);
    client.send(RawClient.get(target));

    if (length > 100) {
      refused(client, 414, "maxUri");
    } else {
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(champion.awaitRequest().target()).isEqualTo(target);
    }
  }

  @Test
  void targetWithoutEnd_isRefused_beforeItEnds() {
    start(new TestLimits().uri(100).header(300));
    RawClient client = connect();
    client.send("GET /" + "u".repeat(2_000));

    refused(client, 414, "maxUri");
  }

  @ParameterizedTest
  @ValueSource(ints = {299, 300, 301})
  void maxHeader_isAllFieldsWithTheirLineEnds(int bytes) {
    start(new TestLimits().header(300));
    RawClient client = connect();
    String host = "Host: test\r\n";
    String filler = "X: " + "y".repeat(bytes - host.length() - "X: \r\n".length()) + "\r\n";
    client.send("GET /p HTTP/1.1\r\n" + host + filler + "\r\n");

    if (bytes > 300) {
      refused(client, 431, "maxHeader");
    } else {
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void fieldWithoutEnd_isRefused_beforeItEnds() {
    start(new TestLimits().header(300).uri(100));
    RawClient client = connect();
    client.send("GET /p HTTP/1.1\r\nHost: test\r\nX: " + "y".repeat(2_000));

    refused(client, 431, "maxHeader");
  }

  @Test
  void trailersWithoutEnd_areRefused() {
    start(new TestLimits().header(300).uri(100));
    RawClient client = connect();
    client.send(
        "POST /p HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
            + "X: y\r\n".repeat(200));

    refused(client, 431, "maxHeader");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 11})
  void maxHeaderCount_isHowManyFields(int count) {
    start(new TestLimits().headerCount(10));
    RawClient client = connect();
    client.send("GET /p HTTP/1.1\r\nHost: test\r\n" + "X: y\r\n".repeat(count - 1) + "\r\n");

    if (count > 10) {
      refused(client, 431, "maxHeaderCount");
    } else {
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 101})
  void maxBody_isTheLongestBody_thatIsAnnounced(int length) {
    start(new TestLimits().body(100));
    RawClient client = connect();
    client.send(RawClient.post("/p", "b".repeat(length)));

    if (length > 100) {
      refused(client, 413, "maxBody");
    } else {
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(champion.awaitRequest().body()).hasSize(length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 101})
  void maxBody_isTheLongestBody_thatComesInChunks(int length) {
    start(new TestLimits().body(100));
    RawClient client = connect();
    client.send("POST /p HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("32\r\n" + "b".repeat(50) + "\r\n");
    client.send(Integer.toHexString(length - 50) + "\r\n" + "b".repeat(length - 50) + "\r\n");

    if (length > 100) {
      refused(client, 413, "maxBody");
      Await.until("the champion's request is given up", () -> champion.openConnections() == 0);
    } else {
      client.send("0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(champion.awaitRequest().body()).hasSize(length);
    }
  }

  @Test
  void largeUploadThatIsRefused_doesNotLoseItsUserTheAnswer() {
    start(new TestLimits().body(100));
    for (int i = 0; i < 20; i++) {
      RawClient client = connect();
      client.send("POST /p HTTP/1.1\r\nHost: test\r\nContent-Length: 10000000\r\n\r\n");
      client.send("b".repeat(1_000_000));

      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void http2_keepsToTheSameLimits() {
    start(new TestLimits().uri(100).headerCount(10).body(100).header(2_000));
    String[][] over = {
      RawHttp2Client.request("POST", "/" + "u".repeat(100)),
      RawHttp2Client.request("POST", "/p", fields(11)),
      RawHttp2Client.request("POST", "/p", "content-length", "101"),
      RawHttp2Client.request("POST", "/p", "x", "y".repeat(2_000))
    };
    int[] status = {414, 431, 413, 431};
    for (int i = 0; i < over.length; i++) {
      try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
        client.headers(1, false, over[i]);
        RawHttp2Client.Outcome outcome = client.outcome(1);
        assertThat(outcome.status()).isEqualTo(status[i]);
        // And the connection goes on.
        client.headers(3, true, RawHttp2Client.request("GET", "/p"));
        assertThat(client.outcome(3).status()).isEqualTo(200);
      }
    }
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::method)
        .containsExactly("GET", "GET", "GET", "GET");
    assertThat(exceeded(proxy, "maxUri")).isEqualTo(1);
    assertThat(exceeded(proxy, "maxHeaderCount")).isEqualTo(1);
    assertThat(exceeded(proxy, "maxBody")).isEqualTo(1);
  }

  private static String[] fields(int count) {
    String[] fields = new String[2 * count];
    for (int i = 0; i < count; i++) {
      fields[2 * i] = "x" + i;
      fields[2 * i + 1] = "y";
    }
    return fields;
  }

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 101})
  void maxBody_isTheLongestBody_thatHttp2Sends(int length) {
    start(new TestLimits().body(100));
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, false, RawHttp2Client.request("POST", "/p"));
      client.data(1, false, "b".repeat(50)).data(1, length <= 100, "b".repeat(length - 50));

      assertThat(client.outcome(1).status())
          .as(client.outcome(1).bodyText())
          .isEqualTo(length > 100 ? 413 : 200);
      assertThat(exceeded(proxy, "maxBody")).isEqualTo(length > 100 ? 1 : 0);
    }
    assertThat(champion.takeRequests()).hasSize(length > 100 ? 0 : 1);
  }

  // Numbers

  @Test
  void oneConnectionTooMany_isClosedAsItComes_andOthersAreServed() {
    start(new TestLimits().connections(3));
    for (int i = 0; i < 3; i++) {
      assertThat(connect().exchange(RawClient.get("/")).status()).isEqualTo(200);
    }
    List<RawResponse> answers = connect().readToEnd();
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).status()).isZero();
    assertThat(answers.get(0).end()).isNotEqualTo(RawResponse.End.TIMED_OUT);
    assertThat(exceeded(proxy, "maxConnections")).isEqualTo(1);
    assertThat(gauge(proxy, "shadow.sentinel.connections")).isEqualTo(3);
    for (RawClient client : clients.subList(0, 3)) {
      assertThat(client.exchange(RawClient.get("/")).status()).isEqualTo(200);
    }

    clients.get(0).close();
    Await.until("its place is free", () -> gauge(proxy, "shadow.sentinel.connections") == 2);
    assertThat(connect().exchange(RawClient.get("/")).status()).isEqualTo(200);
  }

  @Test
  void connectionsThatSayNothing_countToo_alsoBeforeTls(@TempDir Path directory) {
    proxy =
        new ProxyHarness(
            new ProxySettings(
                "127.0.0.1",
                0,
                localhost(directory),
                false,
                new TestLimits().connections(2).make()),
            Routes.plain("r", "/", champion.url()));
    connect();
    connect();
    Await.until("both are open", () -> gauge(proxy, "shadow.sentinel.connections") == 2);

    assertThat(connect().readToEnd().get(0).end()).isNotEqualTo(RawResponse.End.TIMED_OUT);
    assertThat(exceeded(proxy, "maxConnections")).isEqualTo(1);
  }

  @Test
  void oneRequestTooMany_is503_andItsConnectionGoesOn() {
    start(new TestLimits().inFlight(2));
    champion.behave(Behaviours.never());
    RawClient first = connect();
    RawClient second = connect();
    first.send(RawClient.get("/held"));
    second.send(RawClient.get("/held"));
    champion.awaitRequestCount(2);
    RawClient third = connect();
    RawResponse refused = third.exchange(RawClient.get("/third"));

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
    assertThat(refused.bodyText()).contains("listen.limits.maxInFlight");
    assertThat(exceeded(proxy, "maxInFlight")).isEqualTo(1);
    assertThat(gauge(proxy, "shadow.sentinel.requests.in.flight")).isEqualTo(2);
    assertThat(champion.requestCount()).isEqualTo(2);

    champion.behave(Behaviours.reply(OK));
    first.close();
    Await.until("its place is free", () -> gauge(proxy, "shadow.sentinel.requests.in.flight") == 1);
    assertThat(third.exchange(RawClient.get("/third")).status()).isEqualTo(200);
  }

  @Test
  void tunnels_areNotInFlight() {
    start(new TestLimits().inFlight(1));
    champion.behave(Behaviours.upgradeThenEcho());
    for (int i = 0; i < 3; i++) {
      assertThat(connect().exchange(upgrade()).status()).isEqualTo(101);
    }
    champion.behave(Behaviours.reply(OK));

    assertThat(connect().exchange(RawClient.get("/")).status()).isEqualTo(200);
    assertThat(gauge(proxy, "shadow.sentinel.requests.in.flight")).isZero();
  }

  static byte[] upgrade() {
    return ("GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"answered", "refused", "broken", "silent", "left", "early", "upgrade"})
  void requestsThatEnd_howeverTheyDo_areNotInFlight(String how) {
    proxy =
        new ProxyHarness(
            new TestLimits().listening(),
            Routes.withTimeout(
                Routes.plain(
                    "r", "/", how.equals("refused") ? FakeUpstream.refusingUrl() : champion.url()),
                Duration.ofMillis(200)));
    champion.behave(
        switch (how) {
          case "broken" -> Behaviours.resetOnRequest();
          case "silent", "left", "early" -> Behaviours.never();
          default -> Behaviours.reply(OK);
        });
    for (int i = 0; i < 5; i++) {
      RawClient client = connect();
      switch (how) {
        case "left" -> client.send(RawClient.get("/")).reset();
        case "early" ->
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\n123").reset();
        case "upgrade" -> client.exchange(upgrade());
        default -> client.exchange(RawClient.post("/", "{}"));
      }
    }

    Await.until("none is in flight", () -> gauge(proxy, "shadow.sentinel.requests.in.flight") == 0);
    clients.forEach(RawClient::close);
    Await.until("none is open", () -> gauge(proxy, "shadow.sentinel.connections") == 0);
  }

  @Test
  void oneStreamTooMany_isRefused_andOthersAreServed() {
    start(new TestLimits().streams(2));
    champion.behave(Behaviours.never());
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, true, RawHttp2Client.request("GET", "/1"));
      client.headers(3, true, RawHttp2Client.request("GET", "/2"));
      champion.awaitRequestCount(2);
      client.headers(5, true, RawHttp2Client.request("GET", "/3"));

      assertThat(client.outcome(5).end()).isEqualTo(RawHttp2Client.End.RESET);
      assertThat(client.outcome(5).status()).isZero();
      assertThat(champion.requestCount()).isEqualTo(2);
    }
    champion.behave(Behaviours.reply(OK));
    assertThat(connect().exchange(RawClient.get("/")).status()).isEqualTo(200);
  }

  private static Tls localhost(Path directory) {
    TestCa.Written written = TestCa.create("Test CA").issue().write(directory, "server");
    return new Tls(written.cert(), written.key(), null);
  }
}
