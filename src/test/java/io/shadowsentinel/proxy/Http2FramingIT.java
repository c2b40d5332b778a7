package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawHttp2Client.End;
import io.shadowsentinel.kit.RawHttp2Client.Outcome;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One request body in all the frames that may carry it. Whatever they are, its end is seen once: it
 * is answered once, byte for byte, and mirrored once.
 */
class Http2FramingIT {
  private static final String BODY = "{\"x\":[1]}";
  private static final int PADDED = 8;

  private static final Behaviour ECHO =
      Behaviours.replying(request -> Reply.of(200, "application/octet-stream", request.body()));

  private final FakeUpstream champion = FakeUpstream.start(ECHO);
  private final FakeUpstream challenger = FakeUpstream.start(ECHO);

  @AfterEach
  void close() {
    champion.close();
    challenger.close();
  }

  /** How a body is sent, behind its head. */
  private interface Framing {
    void send(RawHttp2Client to, int stream, String body);
  }

  private static final Map<String, Framing> FRAMINGS = new LinkedHashMap<>();

  static {
    FRAMINGS.put("one frame", (to, id, body) -> to.data(id, true, body));
    FRAMINGS.put(
        "an empty frame ends it", (to, id, body) -> to.data(id, false, body).data(id, true, ""));
    FRAMINGS.put(
        "two empty frames behind it",
        (to, id, body) -> to.data(id, false, body).data(id, false, "").data(id, true, ""));
    FRAMINGS.put(
        "halves",
        (to, id, body) ->
            to.data(id, false, body.substring(0, 4)).data(id, true, body.substring(4)));
    FRAMINGS.put(
        "halves, an empty frame ends them",
        (to, id, body) ->
            to.data(id, false, body.substring(0, 4))
                .data(id, false, body.substring(4))
                .data(id, true, ""));
    FRAMINGS.put(
        "byte by byte",
        (to, id, body) -> {
          for (int i = 0; i < body.length(); i++) {
            to.data(id, i == body.length() - 1, body.substring(i, i + 1));
          }
        });
    FRAMINGS.put(
        "byte by byte, an empty frame ends them",
        (to, id, body) -> {
          for (int i = 0; i < body.length(); i++) {
            to.data(id, false, body.substring(i, i + 1));
          }
          to.data(id, true, "");
        });
    FRAMINGS.put(
        "an empty frame first, one between and one last",
        (to, id, body) ->
            to.data(id, false, "")
                .data(id, false, body.substring(0, 4))
                .data(id, false, "")
                .data(id, false, body.substring(4))
                .data(id, true, ""));
    FRAMINGS.put(
        "trailers end it",
        (to, id, body) -> to.data(id, false, body).headers(id, true, "x-sum", "1"));
    FRAMINGS.put(
        "an empty frame, and trailers end it",
        (to, id, body) ->
            to.data(id, false, body).data(id, false, "").headers(id, true, "x-sum", "1"));
    FRAMINGS.put(
        "padded", (to, id, body) -> to.frame(RawHttp2Client.DATA, PADDED | 1, id, padded(body)));
    FRAMINGS.put(
        "padded, a padded empty frame ends it",
        (to, id, body) ->
            to.frame(RawHttp2Client.DATA, PADDED, id, padded(body))
                .frame(RawHttp2Client.DATA, PADDED | 1, id, padded("")));
  }

  private static byte[] padded(String text) {
    return ("\u0003" + text + "\0\0\0").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static String[] head(boolean length) {
    return length
        ? RawHttp2Client.request("POST", "/p", "content-length", "" + BODY.length())
        : RawHttp2Client.request("POST", "/p");
  }

  static Stream<Arguments> cases() {
    return Stream.of(true, false)
        .flatMap(length -> Stream.of(true, false).map(slow -> Arguments.of(length, slow)));
  }

  /** All framings on connections of their own, at once; then each connection serves once more. */
  @ParameterizedTest(name = "length {0}, slow champion {1}")
  @MethodSource("cases")
  void body_inWhateverFrames_isAnsweredAndMirroredOnce(boolean length, boolean slow) {
    if (slow) {
      champion.behave(Behaviours.delayed(Duration.ofMillis(350), ECHO));
    }
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      Map<String, RawHttp2Client> clients = new LinkedHashMap<>();
      FRAMINGS.forEach(
          (name, framing) -> {
            RawHttp2Client client = RawHttp2Client.connect(proxy.port);
            clients.put(name, client);
            framing.send(client.headers(1, false, head(length)), 1, BODY);
            framing.send(client.headers(3, false, head(length)), 3, BODY);
          });
      clients.forEach(
          (name, client) -> {
            assertAnswered(name, client.outcome(1));
            assertAnswered(name, client.outcome(3));
            assertAnswered(
                name + ", and another",
                client.headers(5, false, head(true)).data(5, true, BODY).outcome(5));
            client.close();
          });
      int requests = 3 * FRAMINGS.size();
      proxy.awaitSettled("r", Routes.SCOPE, requests);
      if (length) {
        assertThat(proxy.exchanges).hasSize(requests);
      }
      assertThat(proxy.exchanges).allMatch(pair -> pair.champion().status() == 200);
      assertThat(challenger.requestCount()).isEqualTo(proxy.exchanges.size());
      assertThat(champion.takeRequests())
          .hasSize(requests)
          .extracting(RecordedRequest::bodyText)
          .containsOnly(BODY);
    }
  }

  private static void assertAnswered(String name, Outcome outcome) {
    assertThat(outcome.end()).as(name).isEqualTo(End.COMPLETE);
    assertThat(outcome.status()).as(name).isEqualTo(200);
    assertThat(outcome.bodyText()).as(name).isEqualTo(BODY);
  }

  /** The length tells that it is whole; the frame that ends it comes when the answer is through. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void end_thatComesBehindTheAnswer_changesNothing(int emptyFramesBefore) {
    try (ProxyHarness proxy = new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, false, head(true)).data(1, false, BODY);
      assertAnswered("before its end", client.outcome(1));

      for (int i = 0; i < emptyFramesBefore; i++) {
        client.data(1, false, "");
      }
      client.data(1, true, "");

      assertAnswered(
          "another", client.headers(3, false, head(true)).data(3, true, BODY).outcome(3));
      proxy.awaitSettled("r", Routes.SCOPE, 2);
      assertThat(challenger.requestCount()).isEqualTo(2);
      assertThat(proxy.exchanges).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "DELETE", "OPTIONS"})
  void methodThatRarelyHasABody_mayHaveOneWithoutALength(String method) {
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, false, RawHttp2Client.request(method, "/p")).data(1, true, BODY);
      client.headers(3, false, RawHttp2Client.request(method, "/p")).data(3, true, "");
      client.headers(5, true, RawHttp2Client.request(method, "/p"));

      assertThat(client.outcome(1).status()).isEqualTo(200);
      assertThat(client.outcome(3).status()).isEqualTo(200);
      assertThat(client.outcome(5).status()).isEqualTo(200);
    }
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::bodyText)
        .containsExactlyInAnyOrder(BODY, "", "");
  }

  /** A body that is not as long as it says is nobody's request, and no reason to wait. */
  @Test
  void bodyOfAnotherLength_breaksItsStreamAlone() {
    champion.behave(Behaviours.delayed(Duration.ofMillis(100), ECHO));
    try (ProxyHarness proxy = new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      List<Outcome> outcomes = new ArrayList<>();
      int id = 1;
      for (Framing lie :
          List.<Framing>of(
              (to, stream, body) -> to.data(stream, true, body.substring(1)),
              (to, stream, body) -> to.data(stream, true, body + "x"),
              (to, stream, body) -> to.data(stream, false, body).data(stream, true, "x"),
              (to, stream, body) ->
                  to.data(stream, false, body.substring(1)).data(stream, true, ""),
              (to, stream, body) -> to.headers(stream, true, "x-sum", "1"))) {
        lie.send(client.headers(id, false, head(true)), id, BODY);
        outcomes.add(client.outcome(id));
        id += 2;
      }
      assertThat(outcomes).allMatch(outcome -> outcome.end() == End.RESET && outcome.code() == 1);
      assertAnswered(
          "another", client.headers(id, false, head(true)).data(id, true, BODY).outcome(id));
      Await.until("no mirror under way", () -> proxy.shared.inFlight("r") == 0);
    }
  }

  /** Every loop answers after all of that. */
  @Test
  void manyOfThem_leaveEveryLoopAlive() {
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      for (int i = 0; i < 8; i++) {
        try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
          client.headers(1, false, head(true)).data(1, false, BODY);
          client.data(1, false, "").data(1, true, "");
          assertAnswered("number " + i, client.outcome(1));
        }
      }
      for (int i = 0; i < 4 * ProxyHarness.LOOPS; i++) {
        assertThat(RawClient.once(proxy.port, RawClient.get("/p")).status()).isEqualTo(200);
      }
      proxy.awaitSettled("r", Routes.SCOPE, 8);
    }
  }
}
