package io.shadowsentinel.proxy;

import static io.shadowsentinel.kit.RawHttp2Client.DATA;
import static io.shadowsentinel.kit.RawHttp2Client.END_HEADERS;
import static io.shadowsentinel.kit.RawHttp2Client.END_STREAM;
import static io.shadowsentinel.kit.RawHttp2Client.GOAWAY;
import static io.shadowsentinel.kit.RawHttp2Client.HEADERS;
import static io.shadowsentinel.kit.RawHttp2Client.RST_STREAM;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Exception;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RawServer;
import io.shadowsentinel.kit.RawServer.Frame;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.upstream.Http2Call;
import io.shadowsentinel.upstream.UpstreamCall;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What belongs to HTTP/2 alone, towards upstreams: streams, and connections that go away. */
class Http2UpstreamIT {
  private static final int REFUSED = 7;
  private static final int CANCEL = 8;
  private static final String POST = "{\"x\":1}";

  @TempDir private Path directory;

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /** A request as it came, and how to answer it. */
  private record Asked(RawServer.Connection on, int stream, String path, String body) {
    void answer(String text) throws IOException {
      byte[] head = RawHttp2Client.block(":status", "200", "content-type", "application/json");
      on.write(RawHttp2Client.frameOf(HEADERS, END_HEADERS, stream, head));
      on.write(RawHttp2Client.frameOf(DATA, END_STREAM, stream, text.getBytes(ISO_8859_1)));
    }

    void reset(int code) throws IOException {
      on.write(RawHttp2Client.frameOf(RST_STREAM, 0, stream, RawHttp2Client.number(code)));
    }

    void goAway(int lastStream) throws IOException {
      byte[] payload = ByteBuffer.allocate(8).putInt(lastStream).putInt(0).array();
      on.write(RawHttp2Client.frameOf(GOAWAY, 0, 0, payload));
    }
  }

  private interface Behaving {
    void asked(Asked request) throws IOException;
  }

  /** A model that reads requests whole; it writes down each, and each stream that is reset. */
  private RawServer model(Behaving model, byte... settings) {
    RawServer server = new RawServer(null, number -> "h2", on -> serve(on, model, settings));
    open.add(0, server);
    return server;
  }

  private void serve(RawServer.Connection on, Behaving model, byte... settings)
      throws IOException, Http2Exception {
    on.beginHttp2(settings);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String path = "";
    while (true) {
      Frame frame = on.readFrame();
      switch (frame.type()) {
        case HEADERS -> {
          var fields = on.fields(frame);
          if (fields.path() == null) {
            seen.add("trailers " + fields.get("x-sum"));
          } else {
            path = fields.path().toString();
            body.reset();
          }
        }
        case DATA -> {
          body.writeBytes(frame.payload());
          int more = Math.max(1, frame.payload().length);
          on.write(RawHttp2Client.frameOf(8, 0, 0, RawHttp2Client.number(more)));
          if (!frame.isLast()) {
            on.write(RawHttp2Client.frameOf(8, 0, frame.stream(), RawHttp2Client.number(more)));
          }
        }
        case RST_STREAM -> seen.add("reset " + ByteBuffer.wrap(frame.payload()).getInt());
        default -> {}
      }
      boolean ends = frame.type() == HEADERS || frame.type() == DATA;
      if (ends && frame.isLast()) {
        String text = body.toString(ISO_8859_1);
        seen.add(on.number + " " + path + " " + (text.length() > 99 ? text.length() : text));
        model.asked(new Asked(on, frame.stream(), path, text));
      }
    }
  }

  private static String url(RawServer server) {
    return "h2c://127.0.0.1:" + server.port();
  }

  private ProxyHarness proxy(Route... routes) {
    ProxyHarness proxy = new ProxyHarness(routes);
    open.add(0, proxy);
    return proxy;
  }

  private static RawResponse post(ProxyHarness proxy) {
    return RawClient.once(proxy.port, RawClient.post("/p", POST));
  }

  @Test
  void goAway_thatLeavesTheRequestOut_isAskedAgain_elsewhere() {
    RawServer champion =
        model(
            request -> {
              if (request.on().number == 1) {
                request.goAway(0);
              } else {
                request.answer("{\"ok\":true}");
              }
            });
    ProxyHarness proxy = proxy(Routes.plain("r", "/", url(champion)));

    RawResponse got = post(proxy);

    assertThat(got.status()).isEqualTo(200);
    assertThat(got.bodyText()).isEqualTo("{\"ok\":true}");
    assertThat(seen).containsExactly("1 /p " + POST, "2 /p " + POST);
  }

  /** As behind a network that forgot the connection: all that is sent is lost. */
  @Test
  void connectionThatHasGoneDeaf_costsOneRequest() {
    RawServer champion =
        model(
            request -> {
              if (request.on().number > 1 || seen.size() == 1) {
                request.answer("{}");
              }
            });
    Route route = Routes.plain("r", "/", url(champion));
    ProxyHarness proxy = proxy(Routes.withTimeout(route, Duration.ofMillis(1_200)));
    List<Integer> told = new ArrayList<>();
    // One user, and so one of the proxy's event loops.
    try (RawClient user = RawClient.connect(proxy.port)) {
      for (int i = 0; i < 5; i++) {
        told.add(user.exchange(RawClient.post("/p", POST)).status());
      }
    }
    assertThat(told).containsExactly(200, 504, 200, 200, 200);
    assertThat(seen).contains("reset " + CANCEL);
  }

  @Test
  void goAway_thatKeepsTheRequest_isAnswered_andTheNextGoesElsewhere() {
    RawServer champion =
        model(
            request -> {
              request.goAway(request.stream());
              request.answer("{}");
            });
    ProxyHarness proxy = proxy(Routes.plain("r", "/", url(champion)));
    for (int i = 0; i < 4; i++) {
      assertThat(post(proxy).status()).isEqualTo(200);
    }

    assertThat(seen).extracting(s -> s.substring(0, 1)).containsExactly("1", "2", "3", "4");
  }

  @Test
  void refusedStream_isAskedAgain_andNotForEver() {
    RawServer once =
        model(
            request -> {
              if (seen.size() == 1) {
                request.reset(REFUSED);
              } else {
                request.answer("{}");
              }
            });
    assertThat(post(proxy(Routes.plain("r", "/", url(once)))).status()).isEqualTo(200);
    assertThat(seen).hasSize(2);
    seen.clear();

    RawServer always = model(request -> request.reset(REFUSED));
    RawResponse got = post(proxy(Routes.plain("r", "/", url(always))));
    assertThat(got.status()).isEqualTo(502);
    assertThat(seen).hasSize(1 + UpstreamCall.MAX_REFUSALS);
  }

  @Test
  void refusedStream_isTriedAtTheOtherUrl() {
    RawServer busy = model(request -> request.reset(REFUSED));
    RawServer free = model(request -> request.answer("{}"));
    ProxyHarness proxy = proxy(Routes.plain("r", "/", url(busy), url(free)));
    for (int i = 0; i < 6; i++) {
      assertThat(post(proxy).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Http2Call.MAX_KEPT_BYTES, Http2Call.MAX_KEPT_BYTES + 1})
  void refusedStream_isAskedAgain_whileItsBodyIsHeld(int bytes) {
    RawServer champion =
        model(
            request -> {
              if (seen.size() == 1) {
                request.reset(REFUSED);
              } else {
                request.answer("{}");
              }
            });
    ProxyHarness proxy = proxy(Routes.plain("r", "/", url(champion)));
    String body = "b".repeat(bytes);

    RawResponse got = RawClient.once(proxy.port, RawClient.post("/p", body));

    boolean held = bytes <= Http2Call.MAX_KEPT_BYTES;
    assertThat(got.status()).isEqualTo(held ? 200 : 502);
    assertThat(seen).hasSize(held ? 2 : 1);
    assertThat(seen).containsOnly("1 /p " + bytes);
  }

  @Test
  void otherResets_areNotAskedAgain() {
    RawServer champion = model(request -> request.reset(2));

    assertThat(post(proxy(Routes.plain("r", "/", url(champion)))).status()).isEqualTo(502);
    assertThat(seen).hasSize(1);
  }

  @Test
  void challengerThatRefuses_isAskedAgain_andNeverHasErred() {
    try (FakeUpstream champion = FakeUpstream.answering(Reply.json("{}"))) {
      RawServer once =
          model(
              request -> {
                if (seen.size() % 2 == 1) {
                  request.reset(REFUSED);
                } else {
                  request.answer("{}");
                }
              });
      ProxyHarness proxy = proxy(Routes.shadowing(champion.url(), url(once)));
      assertThat(post(proxy).status()).isEqualTo(200);
      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.exchanges)
          .singleElement()
          .satisfies(e -> assertThat(e.challenger().fate()).isEqualTo(Answer.Fate.COMPLETE));
      assertThat(seen).hasSize(2);

      RawServer always = model(request -> request.reset(REFUSED));
      ProxyHarness other = proxy(Routes.shadowing(champion.url(), url(always)));
      assertThat(post(other).status()).isEqualTo(200);
      other.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(other.exchanges).isEmpty();
      assertThat(other.shed()).containsOnlyKeys(ShedReason.IN_FLIGHT);
    }
  }

  @Test
  void userWhoLeaves_cancelsTheStream() {
    CountDownLatch asked = new CountDownLatch(1);
    RawServer champion = model(request -> asked.countDown());
    ProxyHarness proxy = proxy(Routes.plain("r", "/", url(champion)));
    try (RawClient client = RawClient.connect(proxy.port)) {
      client.send(RawClient.post("/p", POST));
      Await.until("it is asked", () -> asked.getCount() == 0);
    }

    Await.until("it is told: " + seen, () -> seen.contains("reset " + CANCEL));
  }

  @Test
  void requestTrailers_reachTheModel() {
    RawServer champion = model(request -> request.answer("{}"));
    ProxyHarness proxy = proxy(Routes.plain("r", "/", url(champion)));

    RawResponse got =
        RawClient.once(
            proxy.port,
            ("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                    + "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")
                .getBytes(ISO_8859_1));

    assertThat(got.status()).isEqualTo(200);
    assertThat(seen).containsExactly("trailers 1", "1 /p ok");
  }

  @Test
  void upstreamThatTakesOneStreamAtATime_answersAll() {
    // SETTINGS_MAX_CONCURRENT_STREAMS (3): 1
    RawServer champion =
        model(
            request -> request.answer("{}"),
            (byte) 0,
            (byte) 3,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            (byte) 1);
    ProxyHarness proxy = proxy(Routes.plain("r", "/", url(champion)));
    List<RawClient> clients =
        IntStream.range(0, 40).mapToObj(unused -> RawClient.connect(proxy.port)).toList();
    clients.forEach(client -> client.send(RawClient.post("/p", POST)));

    assertThat(clients).allSatisfy(client -> assertThat(client.read().status()).isEqualTo(200));
    clients.forEach(RawClient::close);
    assertThat(seen).hasSize(40);
  }

  @Test
  void replicasThatSpeakDifferently_areAllUnderstood() {
    TestCa ca = TestCa.create("Test CA");
    RawServer champion =
        new RawServer(
            ca.issue().context(),
            number -> number % 2 == 1 ? "h2" : "http/1.1",
            on -> {
              if (on.number % 2 == 0) {
                on.readHead();
                on.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
              } else {
                serve(
                    on,
                    request -> {
                      request.goAway(request.stream());
                      request.answer("{}");
                    });
              }
            });
    open.add(champion);
    ClientTls trusting =
        new ClientTls(ca.write(directory.resolve("ca.pem")), null, null, null, true);
    Model model =
        new Model("m", List.of(URI.create("https://localhost:" + champion.port())), trusting);
    ProxyHarness proxy =
        proxy(
            new Route(
                new RouteSpec(
                    "r",
                    Match.path("/"),
                    model,
                    null,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5),
                    MirrorSettings.DEFAULTS),
                RouteState.NO_CHALLENGER,
                false,
                null));
    for (int i = 0; i < 6; i++) {
      assertThat(RawClient.once(proxy.port, RawClient.get("/p")).status()).isEqualTo(200);
    }
    assertThat(seen).hasSize(3);
  }

  @Test
  void serverThatSpeaksNoHttp2_isAnUnreachableOne() {
    RawServer champion =
        new RawServer(null, number -> "", on -> on.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    open.add(champion);
    RawResponse got = post(proxy(Routes.plain("r", "/", url(champion))));

    assertThat(got.status()).isEqualTo(502);
    assertThat(got.bodyText()).contains("Champion Unreachable");
  }
}
