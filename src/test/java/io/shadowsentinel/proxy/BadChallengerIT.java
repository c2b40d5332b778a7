package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.Bodies;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.table.MirrorSettings;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The promise of the product, held against everything a challenger can do wrong: whatever it does,
 * the user gets the champion's status, header fields and bytes, as without a mirror, and every
 * request is accounted for.
 */
@Tag("alone")
class BadChallengerIT {
  private static final int CAP = 64 << 10;
  private static final int ROUNDS = 3;

  /** What a challenger does, and what then may become of a request that it got. */
  enum Challenger {
    HEALTHY(() -> Behaviours.reply(Reply.json(answer())), Answer.Fate.COMPLETE),
    SLOW(
        () -> Behaviours.delayed(Duration.ofSeconds(2), Behaviours.reply(Reply.json(answer()))),
        Answer.Fate.COMPLETE),
    NEVER_ANSWERS(Behaviours::never, Answer.Fate.TIMED_OUT),
    REFUSES(null, Answer.Fate.UNREACHABLE),
    RESETS_AT_ONCE(Behaviours::resetOnConnect, Answer.Fate.BROKEN, Answer.Fate.UNREACHABLE),
    RESETS_MIDWAY(
        () -> Behaviours.resetMidway(Reply.json(answer()), Duration.ofMillis(20)),
        Answer.Fate.BROKEN),
    GARBAGE(Behaviours::garbage, Answer.Fate.BROKEN),
    ENDLESS(Behaviours::endlessBody, Answer.Fate.TOO_LARGE),
    ENDLESS_HEADERS(Behaviours::endlessHeaders, Answer.Fate.BROKEN),
    HUGE(() -> Behaviours.hugeBody(64), Answer.Fate.TOO_LARGE),
    WRONG_CONTENT_TYPE(
        () -> Behaviours.reply(Reply.json("<html>hello</html>").withContentType("text/html")),
        Answer.Fate.COMPLETE),
    WRONG_STATUS(
        () -> Behaviours.reply(Reply.json("{\"error\":\"x\"}").withStatus(500)),
        Answer.Fate.COMPLETE),
    CLOSES_EARLY(() -> Behaviours.closeEarly(Reply.json(answer())), Answer.Fate.BROKEN),
    TRICKLES(
        () -> Behaviours.trickle(Reply.json("{\"prediction\":3}"), Duration.ofMillis(2)),
        Answer.Fate.COMPLETE);

    private final Supplier<Behaviour> behaviour;
    private final Set<Answer.Fate> fates;

    Challenger(Supplier<Behaviour> behaviour, Answer.Fate first, Answer.Fate... others) {
      this.behaviour = behaviour;
      this.fates = EnumSet.of(first, others);
    }

    private static String answer() {
      return Bodies.prediction(3, 0.75);
    }
  }

  /** What a user sends; each target makes the champion answer in its own way. */
  enum Request {
    NO_BODY(RawClient.get("/plain", "X-Custom: 1")),
    SMALL(RawClient.post("/plain", "{\"x\":[1,2,3]}")),
    AT_THE_CAP(RawClient.request("POST", "/plain", Bodies.json(CAP))),
    OVER_THE_CAP(RawClient.request("POST", "/plain", Bodies.json(CAP + 1))),
    CHUNKED(chunked("/plain")),
    GZIP_ANSWER(RawClient.post("/gzip", "{\"x\":1}", "Accept-Encoding: gzip")),
    CHUNKED_ANSWER(RawClient.post("/chunked", "{\"x\":1}")),
    ANSWER_OVER_THE_CAP(RawClient.post("/large", "{\"x\":1}")),
    ERROR_ANSWER(RawClient.post("/error", "{\"x\":1}"));

    private final byte[] bytes;

    Request(byte[] bytes) {
      this.bytes = bytes;
    }

    private boolean isMirrored() {
      return this != OVER_THE_CAP;
    }

    private static byte[] chunked(String target) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(
          ("POST "
                  + target
                  + " HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "5\r\n{\"x\":\r\n2\r\n1}\r\n0\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      return out.toByteArray();
    }
  }

  private static Reply championReply(RecordedRequest request) {
    String json = Bodies.prediction(7, 0.5);
    return switch (request.target()) {
      case "/gzip" -> Reply.json(json).gzipped();
      case "/chunked" ->
          Reply.json(json).chunked(9).withHeader("Trailer", "X-Sum").withTrailer("X-Sum", "42");
      case "/large" -> Reply.json(new String(Bodies.json(CAP + 1), StandardCharsets.US_ASCII));
      case "/error" -> Reply.json("{\"error\":\"overloaded\"}").withStatus(503);
      default ->
          Reply.json(json)
              .withHeader("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
              .withHeader("X-Twice", "a")
              .withHeader("X-Twice", "b");
    };
  }

  @ParameterizedTest
  @EnumSource(Challenger.class)
  void championsAnswer_isWhatItIsWithoutAMirror(Challenger kind) {
    Duration timeout = Duration.ofMillis(kind == Challenger.NEVER_ANSWERS ? 300 : 5_000);
    MirrorSettings mirror = Routes.mirror("100", timeout, 256, CAP);
    try (FakeUpstream champion = FakeUpstream.start(Behaviours.replying(r -> championReply(r)));
        FakeUpstream challenger =
            FakeUpstream.start(
                kind.behaviour == null ? Behaviours.resetOnConnect() : kind.behaviour.get());
        ProxyHarness alone = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        ProxyHarness mirrored =
            new ProxyHarness(
                Routes.shadowing(
                    "r",
                    "/",
                    champion.url(),
                    kind == Challenger.REFUSES ? FakeUpstream.refusingUrl() : challenger.url(),
                    mirror))) {
      int sent = sendAll(alone, mirrored);
      mirrored.awaitSettled("r", Routes.SCOPE, sent);
      assertThat(mirrored.exchanges).allSatisfy(exchange -> assertFate(exchange, kind.fates));
      assertSheds(mirrored);
      assertChampionSide(mirrored);
    }
  }

  /** Sends every request to both, and holds one's answers against the other's. */
  private static int sendAll(ProxyHarness alone, ProxyHarness mirrored) {
    int sent = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (RawClient toAlone = RawClient.connect(alone.port);
          RawClient toMirrored = RawClient.connect(mirrored.port)) {
        for (Request request : Request.values()) {
          RawResponse expected = toAlone.exchange(request.bytes);
          RawResponse actual = toMirrored.exchange(request.bytes);
          sent++;
          assertSame(request, actual, expected);
        }
      }
    }
    return sent;
  }

  @ParameterizedTest
  @EnumSource(value = Challenger.class, names = "REFUSES", mode = EnumSource.Mode.EXCLUDE)
  void championsAnswer_whenOnlyItsSecondCallsGoWrong_isWhatItIsWithoutAMirror(Challenger kind) {
    Duration timeout = Duration.ofMillis(kind == Challenger.NEVER_ANSWERS ? 300 : 5_000);
    MirrorSettings mirror =
        Routes.mirror("100", timeout, 256, CAP).withSelfCheck(BigDecimal.valueOf(100));
    Behaviour second = kind.behaviour.get();
    Behaviour first = Behaviours.replying(r -> championReply(r));
    Behaviour champion =
        Behaviours.choosing(r -> r.header("X-Shadow-Request") == null ? first : second);
    try (FakeUpstream asked = FakeUpstream.start(champion);
        FakeUpstream challenger = FakeUpstream.start(Challenger.HEALTHY.behaviour.get());
        ProxyHarness alone = new ProxyHarness(Routes.plain("r", "/", asked.url()));
        ProxyHarness mirrored =
            new ProxyHarness(Routes.shadowing("r", "/", asked.url(), challenger.url(), mirror))) {
      int sent = sendAll(alone, mirrored);
      mirrored.awaitSettled("r", Routes.SCOPE, sent);
      assertThat(mirrored.exchanges)
          .hasSize(sent - ROUNDS)
          .allSatisfy(exchange -> assertFate(exchange, Set.of(Answer.Fate.COMPLETE)));
      assertThat(mirrored.exchanges)
          .filteredOn(exchange -> exchange.championAgain() != null)
          .isNotEmpty()
          .allMatch(exchange -> exchange.champion().isSuccess())
          .allSatisfy(exchange -> assertThat(kind.fates).contains(exchange.championAgain().fate()));
      assertChampionSide(mirrored);
    }
  }

  private static void assertSame(Request request, RawResponse actual, RawResponse expected) {
    assertThat(expected.complete()).as("%s without a mirror: %s", request, expected.end()).isTrue();
    assertThat(actual.end()).as("%s: end", request).isEqualTo(expected.end());
    assertThat(actual.statusLine()).as("%s: status", request).isEqualTo(expected.statusLine());
    assertThat(actual.headers()).as("%s: headers", request).isEqualTo(expected.headers());
    assertThat(actual.body()).as("%s: body", request).isEqualTo(expected.body());
    assertThat(actual.trailers()).as("%s: trailers", request).isEqualTo(expected.trailers());
  }

  private static void assertFate(Exchange exchange, Set<Answer.Fate> fates) {
    boolean championTooLarge = exchange.champion().fate() == Answer.Fate.TOO_LARGE;
    if (!championTooLarge || exchange.challenger().fate() != Answer.Fate.GIVEN_UP) {
      assertThat(fates).contains(exchange.challenger().fate());
    }
  }

  private static void assertSheds(ProxyHarness mirrored) {
    long notMirrored =
        EnumSet.allOf(Request.class).stream().filter(request -> !request.isMirrored()).count();
    assertThat(mirrored.shed()).containsEntry(ShedReason.BODY_TOO_LARGE, (long) ROUNDS);
    // What else is shed is the breaker's: no other bound was near.
    assertThat(mirrored.shedTotal() - notMirrored * ROUNDS)
        .isEqualTo(mirrored.shed().getOrDefault(ShedReason.BREAKER_OPEN, 0L));
  }

  private static void assertChampionSide(ProxyHarness mirrored) {
    for (Exchange exchange : mirrored.exchanges) {
      Answer champion = exchange.champion();
      switch (exchange.target()) {
        case "/large" -> assertThat(champion.fate()).isEqualTo(Answer.Fate.TOO_LARGE);
        case "/error" -> assertThat(champion.status()).isEqualTo(503);
        case "/gzip" -> assertThat(champion.contentEncoding()).isEqualTo("gzip");
        default ->
            assertThat(new String(champion.body(), StandardCharsets.UTF_8))
                .isEqualTo(Bodies.prediction(7, 0.5));
      }
    }
  }
}
