package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawHttp2Client.End;
import io.shadowsentinel.kit.RawHttp2Client.Outcome;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users may ask and are told at the edges of HTTP/1.1 and HTTP/2. */
class UserSideIT {
  private final Vertx vertx = Vertx.vertx();
  private final FakeUpstream champion = FakeUpstream.answering(Reply.json("{}"));

  @AfterEach
  void close() {
    champion.close();
    ProxyHarness.await(vertx.close());
  }

  // Expect: 100-continue

  /** A champion that says 403 at the sight of a head, and what it was asked. */
  private HttpServer refusing(List<String> seen) {
    return ProxyHarness.await(
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> {
                  seen.add(request.uri());
                  request.response().setStatusCode(403).end("no");
                })
            .listen());
  }

  private static String expecting(String path) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 36\r\n\r\n";
  }

  /** All that comes until the server closes. */
  private static String toTheEnd(int port, String... parts) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      for (String part : parts) {
        socket.getOutputStream().write(part.getBytes(StandardCharsets.ISO_8859_1));
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** The user may leave the body out: what follows is not to be read as one, nor as a request. */
  @ParameterizedTest
  @CsvSource({"/refused, 403", "/nowhere, 404", "/dead, 502"})
  void finalAnswer_toWhomWaitsToSendABody_endsTheConnection(String path, int status)
      throws IOException {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer server = refusing(seen);
    try (ProxyHarness proxy =
        new ProxyHarness(
            Routes.plain("refused", "/refused", "http://127.0.0.1:" + server.actualPort()),
            Routes.plain("dead", "/dead", FakeUpstream.refusingUrl()))) {
      String all = toTheEnd(proxy.port, expecting(path));

      assertThat(all).startsWith("HTTP/1.1 " + status + " ");
      assertThat(all.toLowerCase(Locale.ROOT)).contains("\r\nconnection: close\r\n");
      assertThat(seen).doesNotContain("/smuggled");
    }
  }

  @Test
  void finalAnswer_toWhomTheBodyWasAskedOf_doesNotEndTheConnection() {
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient client = RawClient.connect(proxy.port)) {
      client.send(
          "POST /p HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(new String(client.readSome(256), StandardCharsets.US_ASCII)).contains(" 100 ");
      assertThat(client.send("{}").read().status()).isEqualTo(200);
      assertThat(client.exchange(RawClient.get("/p")).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /p HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n\r\n"})
  void expectation_withoutABody_isNoReasonToEndTheConnection(String request) {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer server = refusing(seen);
    try (ProxyHarness proxy =
            new ProxyHarness(Routes.plain("r", "/", "http://127.0.0.1:" + server.actualPort()));
        RawClient client = RawClient.connect(proxy.port)) {
      assertThat(client.send(request).read().status()).isEqualTo(403);
      assertThat(client.exchange(RawClient.get("/p")).status()).isEqualTo(403);
    }
  }

  // Interim answers, and names

  @Test
  void earlyHints_reachHttp2_andDoNotFailTheAnswer() {
    champion.behave(
        Behaviours.raw(
            ("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nX-Caps: 1\r\n\r\n"
                    + "HTTP/1.1 103 Early Hints\r\nLink: </b>; rel=preload\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nX-CAPS-Too: 2\r\nContent-Length: 2\r\n\r\nok")
                .getBytes(StandardCharsets.ISO_8859_1)));
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      Outcome outcome = client.headers(1, true, RawHttp2Client.request("GET", "/p")).outcome(1);

      assertThat(outcome.end()).isEqualTo(End.COMPLETE);
      assertThat(outcome.status()).isEqualTo(200);
      assertThat(outcome.bodyText()).isEqualTo("ok");
      assertThat(outcome.headers()).containsEntry("link", "</b>; rel=preload");
      assertThat(outcome.headers()).containsEntry("x-caps", "1").containsEntry("x-caps-too", "2");
    }
  }

  @Test
  void trailersOfHttp1_reachHttp2_inLowerCase() {
    champion.behave(
        Behaviours.reply(Reply.json("{}").withHeader("X-Caps", "1").withTrailer("X-Sum", "2")));
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      Outcome outcome = client.headers(1, true, RawHttp2Client.request("GET", "/p")).outcome(1);

      assertThat(outcome.end()).isEqualTo(End.COMPLETE);
      assertThat(outcome.headers()).containsEntry("x-caps", "1").containsEntry("x-sum", "2");
    }
  }

  // Targets and hosts

  /** Byte for byte, with no opinion of what they mean. */
  @Test
  void octetsBeyondAscii_inAPath_passAlike() {
    String path = "/caf\u00e9/\u00c3\u00a9?q=\u00ff\u0080";
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/caf\u00e9/", champion.url()));
        RawHttp2Client http2 = RawHttp2Client.connect(proxy.port);
        RawClient http1 = RawClient.connect(proxy.port)) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
      assertThat(http1.exchange(request.getBytes(StandardCharsets.ISO_8859_1)).status())
          .isEqualTo(200);
      assertThat(http2.headers(1, true, RawHttp2Client.request("GET", path)).outcome(1).status())
          .isEqualTo(200);
    }
    assertThat(champion.transcripts())
        .allSatisfy(bytes -> assertThat(bytes).contains("GET " + path + " HTTP/1.1\r\n"));
    assertThat(champion.takeRequests()).hasSize(2);
  }

  @Test
  void http2_thatNamesNoHost_isRefused() {
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/none");
      client.headers(
          3, true, ":method", "GET", ":scheme", "http", ":path", "/host", "host", "test");

      Outcome none = client.outcome(1);
      assertThat(none.status()).isEqualTo(400);
      assertThat(none.bodyText()).contains("neither :authority nor host");
      assertThat(client.outcome(3).status()).isEqualTo(200);
    }
    assertThat(champion.takeRequests())
        .singleElement()
        .satisfies(seen -> assertThat(seen.header("Host")).isEqualTo("test"));
  }

  @ParameterizedTest
  @CsvSource({"/, 200", "/v1/, 404"})
  void optionsOfAll_goesWhereEveryRequestGoes(String routePath, int status) {
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", routePath, champion.url()));
        RawHttp2Client http2 = RawHttp2Client.connect(proxy.port)) {
      byte[] request =
          "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      assertThat(RawClient.once(proxy.port, request).status()).isEqualTo(status);
      http2.headers(1, true, RawHttp2Client.request("OPTIONS", "*"));
      assertThat(http2.outcome(1).status()).isEqualTo(status);
    }
    assertThat(champion.takeRequests())
        .hasSize(status == 200 ? 2 : 0)
        .extracting(RecordedRequest::target)
        .allMatch(target -> target.equals("*"));
  }

  // Ends

  /** Its user resets a stream whose body waits for the champion: nothing is left behind. */
  @Test
  void streamThatIsReset_whileItsBodyWaits_freesTheChampion() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ProxyHarness proxy =
            new ProxyHarness(Routes.plain("r", "/", "http://127.0.0.1:" + deaf.getLocalPort()))) {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      HttpClientRequest request =
          ProxyHarness.await(client.request(HttpMethod.POST, proxy.port, "localhost", "/p"));
      request.setChunked(true);
      request.response().onFailure(expected -> {});
      Buffer part = Buffer.buffer(new byte[16 << 10]);
      request.sendHead();
      request.write(part);
      try (Socket unread = deaf.accept()) {
        unread.setSoTimeout(10_000);
        // As much as all on the way take, and then no more for a while.
        AtomicInteger full = new AtomicInteger();
        Await.until(
            "the body waits",
            () -> {
              if (request.writeQueueFull()) {
                return full.incrementAndGet() > 100;
              }
              full.set(0);
              request.write(part);
              return false;
            });
        ProxyHarness.await(request.reset(8));
        assertThat(endOf(unread)).isEqualTo("gone");
      }
    }
  }

  @Test
  void upgrade_whoseUserLeaves_freesTheChampion() throws IOException {
    champion.behave(Behaviours.never());
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      try (RawClient user = RawClient.connect(proxy.port)) {
        user.send(RawClient.get("/ws", "Connection: Upgrade", "Upgrade: websocket"));
        champion.awaitRequest();
      }
      Await.until("the champion is let go", () -> champion.openConnections() == 0);
      Await.until(
          "it is counted as left",
          () ->
              proxy.registry.find("shadow.sentinel.requests").tag("code", "499").counter() != null);
    }
  }

  private static String endOf(Socket socket) throws IOException {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      return "gone";
    } catch (SocketTimeoutException open) {
      return "still there";
    } catch (SocketException reset) {
      return "gone";
    }
  }
}
