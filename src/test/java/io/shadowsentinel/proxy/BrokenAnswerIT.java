package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawHttp2Client.End;
import io.shadowsentinel.kit.RawHttp2Client.Outcome;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.table.Route;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer of which its user has a part only is not taken for a whole one, in no protocol. */
class BrokenAnswerIT {
  private static final int INTERNAL_ERROR = 2;
  private static final Reply LENGTH = Reply.json("x".repeat(1000));

  private static final Map<String, Reply> REPLIES =
      Map.of("length", LENGTH, "chunks", LENGTH.chunked(10));

  private final Vertx vertx = Vertx.vertx();
  private final FakeUpstream champion = FakeUpstream.answering(LENGTH);

  @AfterEach
  void close() {
    champion.close();
    ProxyHarness.await(vertx.close());
  }

  private static Behaviour breaking(String how, Reply reply) {
    return switch (how) {
      case "resets" -> Behaviours.resetMidway(reply, Duration.ofMillis(50));
      case "closes" -> Behaviours.closeEarly(reply);
      case "stalls" -> Behaviours.stallMidway(reply);
      default -> throw new IllegalArgumentException(how);
    };
  }

  private ProxyHarness proxy(String url) {
    Route route = Routes.plain("r", "/", url);
    return new ProxyHarness(Routes.withTimeout(route, Duration.ofMillis(500)));
  }

  @ParameterizedTest
  @CsvSource({
    "resets, length, 502", "closes, length, 502", "stalls, length, 504",
    "resets, chunks, 502", "closes, chunks, 502", "stalls, chunks, 504"
  })
  void championThatBreaksMidway_isAnErrorToHttp2_andCountedApart(
      String how, String framing, String code) {
    champion.behave(breaking(how, REPLIES.get(framing)));
    try (ProxyHarness proxy = proxy(champion.url());
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      Outcome outcome = client.headers(1, true, RawHttp2Client.request("GET", "/p")).outcome(1);

      assertThat(outcome.end()).isEqualTo(End.RESET);
      assertThat(outcome.code()).isEqualTo(INTERNAL_ERROR);
      assertThat(outcome.status()).isEqualTo(200);
      assertThat(outcome.bodyText()).startsWith("x").hasSizeLessThan(1000);
      assertCounted(proxy, code);
      champion.behave(Behaviours.reply(LENGTH));
      Outcome next = client.headers(3, true, RawHttp2Client.request("GET", "/p")).outcome(3);
      assertThat(next.end()).isEqualTo(End.COMPLETE);
      assertThat(next.bodyText()).isEqualTo("x".repeat(1000));
    }
  }

  private static void assertCounted(ProxyHarness proxy, String code) {
    Await.until(
        "the broken answer is counted",
        () ->
            proxy.registry.get("shadow.sentinel.answers.broken").tag("route", "r").counter().count()
                == 1);
    assertThat(
            proxy
                .registry
                .get("shadow.sentinel.requests")
                .tag("route", "r")
                .tag("code", code)
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(
            proxy.registry.find("shadow.sentinel.requests").tag("code", "200").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "resets, length", "closes, length", "stalls, length",
    "resets, chunks", "closes, chunks", "stalls, chunks"
  })
  void championThatBreaksMidway_doesNotEndInOrderToHttp11(String how, String framing)
      throws IOException {
    champion.behave(breaking(how, REPLIES.get(framing)));
    try (ProxyHarness proxy = proxy(champion.url())) {
      String all = get(proxy.port, "GET /p HTTP/1.1\r\nHost: test\r\n\r\n");
      assertThat(all).startsWith("HTTP/1.1 200 ").contains("xxx").doesNotEndWith("0\r\n\r\n");
      assertThat(all.chars().filter(c -> c == 'x').count()).isLessThan(1000);
    }
  }

  /** In HTTP/1.0 the end of the connection is the end of such an answer: it is reset. */
  @ParameterizedTest
  @ValueSource(strings = {"resets", "closes", "stalls"})
  void championThatBreaksMidway_resetsTheConnectionOfHttp10(String how) throws IOException {
    champion.behave(breaking(how, REPLIES.get("chunks")));
    try (ProxyHarness proxy = proxy(champion.url())) {
      assertThat(get(proxy.port, "GET /p HTTP/1.0\r\n\r\n")).isEqualTo("reset");
    }
  }

  /** All that comes, or that the connection is reset. */
  private static String get(int port, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException reset) {
      return "reset";
    }
  }

  private HttpServer http2(Consumer<HttpServerRequest> handler) {
    return ProxyHarness.await(
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(handler::accept)
            .listen());
  }

  /** The same of a champion that speaks HTTP/2. */
  @ParameterizedTest
  @ValueSource(strings = {"resets", "resets without an error", "closes", "stalls"})
  void http2ChampionThatBreaksMidway_isAnErrorToHttp2(String how) {
    HttpServer server =
        http2(
            request -> {
              request.response().setChunked(true);
              request.response().write(Buffer.buffer("xxx"));
              switch (how) {
                case "resets" -> vertx.setTimer(50, t -> request.response().reset(2));
                case "resets without an error" ->
                    vertx.setTimer(50, t -> request.response().reset(0));
                case "closes" -> vertx.setTimer(50, t -> request.connection().close());
                default -> {}
              }
            });
    try (ProxyHarness proxy = proxy("h2c://127.0.0.1:" + server.actualPort());
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      Outcome outcome = client.headers(1, true, RawHttp2Client.request("GET", "/p")).outcome(1);

      assertThat(outcome.end()).isEqualTo(End.RESET);
      assertThat(outcome.code()).isEqualTo(INTERNAL_ERROR);
      assertThat(outcome.bodyText()).isEqualTo("xxx");
      assertCounted(proxy, how.equals("stalls") ? "504" : "502");
    }
  }

  @Test
  void championThatBreaksBeforeItsBody_isA502_andNotBroken() {
    champion.behave(
        (request, wire) -> {
          wire.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
          wire.close();
        });
    try (ProxyHarness proxy = proxy(champion.url());
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      Outcome outcome = client.headers(1, true, RawHttp2Client.request("GET", "/p")).outcome(1);
      assertThat(outcome.status()).isEqualTo(502);
      assertThat(outcome.end()).isEqualTo(End.COMPLETE);
      assertThat(
              proxy
                  .registry
                  .get("shadow.sentinel.answers.broken")
                  .tag("route", "r")
                  .counter()
                  .count())
          .isZero();
    }
  }

  /** What an upload over the limit is told, when a part of its answer is out already. */
  @Test
  void bodyOverItsLimit_thatIsBeingAnswered_isAnError() {
    HttpServer server =
        http2(
            request -> {
              request.response().setChunked(true);
              request.response().write("early");
              request.handler(unread -> {});
            });
    ProxySettings settings = new TestLimits().body(100).listening();
    try (ProxyHarness proxy =
            new ProxyHarness(
                settings, Routes.plain("r", "/", "http://127.0.0.1:" + server.actualPort()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, false, RawHttp2Client.request("POST", "/p"));
      client.data(1, false, "x".repeat(60));
      client.awaitBody(1, 5);
      Outcome outcome = client.data(1, false, "x".repeat(60)).outcome(1);
      assertThat(outcome.end()).isEqualTo(End.RESET);
      assertThat(outcome.code()).isEqualTo(11);
      assertThat(outcome.bodyText()).isEqualTo("early");
    }
  }

  @Test
  void brokenAnswer_isNoAnswerToTheComparison() {
    champion.behave(Behaviours.closeEarly(LENGTH));
    try (FakeUpstream challenger = FakeUpstream.answering(LENGTH);
        ProxyHarness proxy = new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      String[] head = RawHttp2Client.request("POST", "/p", "content-length", "2");
      client.headers(1, false, head).data(1, true, "{}");
      assertThat(client.outcome(1).end()).isEqualTo(End.RESET);
      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.exchanges.get(0).champion().fate()).isEqualTo(Answer.Fate.BROKEN);
    }
  }
}
