package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where an answer ends: RFC 9112, section 6. What a champion sends that could be read in two ways
 * is no answer, and nothing that it sends is ever the answer to somebody else's request.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswerFramingIT {
  private static final String EVIL =
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Evil: 1\r\n\r\nevil";

  private final Script script = new Script();
  private FakeUpstream champion;
  private ProxyHarness proxy;

  /** Answers what it is told to, once, and everything else by its target. */
  private static final class Script implements Behaviour {
    private volatile String once = "";
    private volatile boolean close;

    @Override
    public void answer(RecordedRequest request, Wire wire) throws IOException {
      if (request.target().startsWith("/bad")) {
        wire.write(once);
        if (close) {
          wire.close();
        }
      } else {
        String body = request.method().equals("HEAD") ? "" : request.target();
        wire.write(
            "HTTP/1.1 200 OK\r\nContent-Length: " + request.target().length() + "\r\n\r\n" + body);
      }
    }
  }

  @BeforeAll
  void start() {
    champion = FakeUpstream.start(script);
    proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
  }

  @AfterAll
  void close() {
    proxy.close();
    champion.close();
  }

  private RawResponse ask(String method, String answer, boolean close) {
    script.once = answer;
    script.close = close;
    RawResponse got;
    try (RawClient client = RawClient.connect(proxy.port)) {
      got = client.exchange((method + " /bad HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(ISO_8859_1));
      if (got.complete()) {
        assertThat(client.exchange(RawClient.get("/same")).bodyText()).isEqualTo("/same");
      }
    }
    // On each event loop, so on every connection to the champion that is left: their own answers.
    for (int i = 0; i < 2 * ProxyHarness.LOOPS; i++) {
      RawResponse next = RawClient.once(proxy.port, RawClient.get("/next" + i));
      assertThat(next.status()).isEqualTo(200);
      assertThat(next.bodyText()).isEqualTo("/next" + i);
      assertThat(next.headers().has("X-Evil")).isFalse();
    }
    return got;
  }

  private RawResponse ask(String answer) {
    return ask("GET", answer, false);
  }

  // Heads

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \u000b2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: \u000bchunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: \"chunked\"\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\r\n z\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\n X: y\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: y\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX y\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX Y: z\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\0: y\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\0\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\rSet-Cookie: z\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\u001b[0m\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 O\0K\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 O\rK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1\t200 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/0.9 200 OK\r\nContent-Length: 2\r\n\r\n",
        "http/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        "ICY 200 OK\r\nContent-Length: 2\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        "<html>",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
      })
  void headThatIsNone_is502(String head) {
    RawResponse got = ask("GET", head + "ok" + EVIL, head.startsWith("<"));

    assertThat(got.status()).isEqualTo(502);
    assertThat(got.complete()).isTrue();
    assertThat(got.bodyText()).contains("Champion Failed").doesNotContain("evil");
  }

  @Test
  void headThatIsTooLong_is502() {
    assertThat(ask("HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000) + "\r\n\r\n").status())
        .isEqualTo(502);
    assertThat(ask("HTTP/1.1 200 " + "y".repeat(70_000) + "\r\n\r\n").status()).isEqualTo(502);
    assertThat(ask("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(20_000) + "\r\n").status())
        .isEqualTo(502);
  }

  @Test
  void lengthTwiceTheSame_isOne_orNone_butNeverTwo() {
    RawResponse got =
        ask("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok" + EVIL);

    if (got.status() == 200) {
      assertThat(got.headers().all("Content-Length")).containsExactly("2");
      assertThat(got.bodyText()).isEqualTo("ok");
    } else {
      assertThat(got.status()).isEqualTo(502);
    }
  }

  @Test
  void lengthThatConnectionNames_staysTheLength() {
    RawResponse got =
        ask(
            "HTTP/1.1 200 OK\r\nConnection: Content-Length, X-Hop\r\nX-Hop: 1\r\n"
                + "Content-Length: 2\r\n\r\nok");

    assertThat(got.complete()).isTrue();
    assertThat(got.bodyText()).isEqualTo("ok");
    assertThat(got.headers().has("X-Hop")).isFalse();
  }

  @Test
  void fieldsOfOneHop_endHere_howeverTheyAreNamed() {
    RawResponse got =
        ask(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: x-hop ,, X-Other\r\n"
                + "X-Hop: 1\r\nX-Other: 2\r\nX-Stays: 3\r\nKeep-Alive: timeout=5\r\n"
                + "Proxy-Authenticate: x\r\nProxy-Connection: x\r\nUpgrade: h2c\r\n"
                + "Content-Length: 2\r\n\r\nok");

    assertThat(got.bodyText()).isEqualTo("ok");
    assertThat(got.headers().names()).containsExactlyInAnyOrder("X-Stays", "Content-Length");
  }

  // Ends

  @Test
  void bytesBehindAnAnswer_areNobodysAnswer() {
    RawResponse got = ask("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + EVIL.repeat(3));

    assertThat(got.bodyText()).isEqualTo("ok");
  }

  @Test
  void bytesBehindChunks_areNobodysAnswer() {
    RawResponse got =
        ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + EVIL);

    assertThat(got.complete()).isTrue();
    assertThat(got.bodyText()).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil",
        "HTTP/1.1 304 Not Modified\r\n\r\nevil",
        "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
      })
  void bodyWhereNoneIs_isNobodysAnswer(String answer) {
    RawResponse got = ask(answer + EVIL);

    assertThat(got.status()).isEqualTo(answer.startsWith("HTTP/1.1 204") ? 204 : 304);
    assertThat(got.complete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n"
      })
  void answerToHead_hasNoBody(String answer) {
    RawResponse got = ask("HEAD", answer, false);

    assertThat(got.status()).isEqualTo(200);
    assertThat(got.complete()).isTrue();
    assertThat(got.headers().all("Content-Length"))
        .isEqualTo(answer.contains("Length") ? List.of("4") : List.of());
  }

  @Test
  void notModified_keepsTheLengthThatItTells() {
    assertThat(
            ask("HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n").header("Content-Length"))
        .isEqualTo("4");
    assertThat(ask("HTTP/1.1 304 Not Modified\r\n\r\n").headers().has("Content-Length")).isFalse();
  }

  @Test
  void resetContent_hasNoBody_whateverItTells() {
    assertThat(ask("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n").status())
        .isEqualTo(205);
    RawResponse odd = ask("HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nok");
    assertThat(odd.status()).isEqualTo(205);
    assertThat(odd.header("Content-Length")).isEqualTo("0");
    assertThat(odd.bodyText()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      })
  void answerThatEndsEarly_doesNotEndInOrder(String answer) {
    RawResponse got = ask("GET", answer, true);

    assertThat(got.complete() && got.status() == 200).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 100 Continue\r\n\r\n"})
  void answerThatEndsInItsHead_is502(String answer) {
    assertThat(ask("GET", answer, true).status()).isEqualTo(502);
  }

  @Test
  void answerWithoutLength_endsWithItsConnection() {
    RawResponse got = ask("GET", "HTTP/1.1 200 OK\r\n\r\nall of " + EVIL, true);

    assertThat(got.complete()).isTrue();
    assertThat(got.bodyText()).isEqualTo("all of " + EVIL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "5;\n\r\nhello\r\n0\r\n\r\n",
        "5;a\r\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "\r\n5\r\nhello\r\n0\r\n\r\n"
      })
  void chunkThatIsNone_breaksTheAnswer(String body) {
    RawResponse got = ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + EVIL);

    assertThat(got.complete() && got.status() == 200).isFalse();
    assertThat(got.bodyText()).doesNotContain("evil");
  }

  @Test
  void trailers_pass_butForThoseThatWouldChangeTheAnswer() {
    RawResponse got =
        ask(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n"
                + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");

    assertThat(got.complete()).isTrue();
    assertThat(got.trailers().names()).containsExactly("X-Sum");
  }

  // 1xx

  @Test
  void interimAnswers_passBeforeTheFinalOne() {
    RawResponse got =
        ask(
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + "HTTP/1.1 199 What\r\nX: y\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    assertThat(got.status()).isEqualTo(200);
    assertThat(got.bodyText()).isEqualTo("ok");
    assertThat(got.interim()).contains("HTTP/1.1 103 Early Hints");
  }

  @Test
  void interimAnswers_howeverMany_costNotTheFinalOne_andWhatIsLeftOutIsCounted() {
    double before = interimsDropped();
    RawResponse got =
        ask(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(1_000)
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    assertThat(got.status()).isEqualTo(200);
    assertThat(got.bodyText()).isEqualTo("ok");
    assertThat(got.interim()).hasSize(32);
    assertThat(interimsDropped()).isEqualTo(before + 1_000 - 32);
  }

  private double interimsDropped() {
    return proxy
        .registry
        .get("shadow.sentinel.interim.answers.dropped")
        .tag("route", "r")
        .counter()
        .count();
  }

  @Test
  void interimAnswerWithALength_hasNoBody() {
    RawResponse got =
        ask(
            "HTTP/1.1 103 Early Hints\r\nContent-Length: 40\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    assertThat(got.status()).isEqualTo(200);
    assertThat(got.bodyText()).isEqualTo("ok");
  }

  @Test
  void http10User_getsNoInterimAnswer() {
    script.once =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    script.close = false;
    RawResponse got = RawClient.once(proxy.port, "GET /bad HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1));

    assertThat(got.interim()).isEmpty();
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.bodyText()).isEqualTo("ok");
  }
}
