package io.shadowsentinel.proxy;

import static io.shadowsentinel.proxy.FramingStage.SMUGGLED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.shadowsentinel.kit.HeaderList;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a request's body ends: RFC 9112, section 6. What a user and a model could read in two ways
 * reaches no model.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestFramingIT {
  private static final String POST = "POST /p HTTP/1.1\r\nHost: test\r\n";

  private FramingStage stage;

  @BeforeAll
  void start() {
    stage = new FramingStage();
  }

  @BeforeEach
  void forget() {
    stage.forget();
  }

  @AfterAll
  void close() {
    stage.close();
  }

  // Content-Length

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: +5",
        "Content-Length: -5",
        "Content-Length: 5, 5",
        "Content-Length: 5,5",
        "Content-Length: 5, 6",
        "Content-Length: 5 5",
        "Content-Length: 0x5",
        "Content-Length: 5h",
        "Content-Length: 5.0",
        "Content-Length: 5e0",
        "Content-Length: 5;q=1",
        "Content-Length: \"5\"",
        "Content-Length:",
        "Content-Length: \u000b5",
        "Content-Length: 5\u000b",
        "Content-Length: 5\f",
        "Content-Length: 5\0",
        "Content-Length: \u00b2",
        "Content-Length: 9223372036854775808",
        "Content-Length: 18446744073709551621",
        "Content-Length: 99999999999999999999999999",
        "Content-Length: 00000000000000000000005",
        "Content-Length : 5",
        "Content-Length\t: 5",
        " Content-Length: 5",
        "Content_Length: 5",
        "content_length: 5",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 6\r\ncontent-length: 5",
        "Content-Length: 5\r\nContent-Length:",
        "Content-Length: 5\r\nContent_Length: 5"
      })
  void lengthThatIsNone_isRefused(String lines) {
    stage.refuses(400, POST + lines + "\r\n\r\nhello" + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5",
        "content-LENGTH:5",
        "Content-Length:  5 ",
        "Content-Length:\t5\t",
        "Content-Length: 005"
      })
  void lengthAsOtherPeersSpellIt_isUnderstood(String line) {
    stage.forwards(POST + line + "\r\n\r\nhello", "POST", "/p", "hello");
  }

  @Test
  void lengthThatConnectionNames_isRefused_forWithoutItTheBodyWouldBeARequest() {
    String body = SMUGGLED;
    for (String options : List.of("Content-Length", "close, content-length", "x,CONTENT-LENGTH ")) {
      stage.refuses(
          400,
          POST
              + "Connection: "
              + options
              + "\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
    }
  }

  @Test
  void bodyThatLooksLikeARequest_staysABody() {
    RecordedRequest seen =
        stage.forwards(
            POST + "Content-Length: " + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED,
            "POST",
            "/p",
            SMUGGLED);

    assertThat(seen.header("Content-Length")).isEqualTo("" + SMUGGLED.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "PURGE"})
  void bodyOfAMethodThatSeldomHasOne_staysABody(String method) {
    stage.forwards(
        method
            + " /p HTTP/1.1\r\nHost: test\r\nContent-Length: "
            + SMUGGLED.length()
            + "\r\n\r\n"
            + SMUGGLED,
        method,
        "/p",
        SMUGGLED);
  }

  // Transfer-Encoding

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunkedx",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding:",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked,",
        "Transfer-Encoding: ,chunked",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: 'chunked'",
        "Transfer-Encoding: chun ked",
        "Transfer-Encoding: \u000bchunked",
        "Transfer-Encoding: chunked\u000b",
        "Transfer-Encoding: chunked\f",
        "Transfer-Encoding: \0chunked",
        "Transfer-Encoding: chunked\u007f",
        "Transfer-Encoding: \u00a0chunked",
        "Transfer-Encoding: c\u212aunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\t: chunked",
        "Transfer-Encoding\0: chunked",
        " Transfer-Encoding: chunked",
        "X: y\r\n Transfer-Encoding: chunked",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunked\r\n ,identity",
        "Transfer_Encoding: chunked",
        "transfer_encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: x\r\nTransfer-Encoding: chunked"
      })
  void encodingThatIsObfuscated_isRefused(String lines) {
    stage.refuses(400, POST + lines + "\r\n\r\n0\r\n\r\n" + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: Deflate,chunked"
      })
  void encodingThatIsKnownToOthers_isNotImplemented(String lines) {
    stage.refuses(501, POST + lines + "\r\n\r\n0\r\n\r\n" + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked",
        "transfer-encoding:ChUnKeD",
        "TRANSFER-ENCODING: \t chunked \t"
      })
  void encodingAsOtherPeersSpellIt_isUnderstood(String line) {
    RecordedRequest seen =
        stage.forwards(POST + line + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST", "/p", "hello");

    assertThat(seen.headers().all("Transfer-Encoding")).containsExactly("chunked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "content-length: 5\r\nTRANSFER-ENCODING: Chunked",
        "Transfer-Encoding: chunked\r\nX: y\r\nContent-Length: 0",
        "Content-Length: 0\r\nTransfer-Encoding: identity"
      })
  void lengthAndEncodingBoth_areRefused(String lines) {
    stage.refuses(400, POST + lines + "\r\n\r\n0\r\n\r\n" + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: keep-alive\r\n", "Content-Length: 5\r\n"})
  void encodingInHttp10_isRefused(String lines) {
    stage.refuses(
        400,
        "POST /p HTTP/1.0\r\nHost: test\r\n"
            + lines
            + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + SMUGGLED);
  }

  // Chunks

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "5\r\rhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5\t\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "\r\n5\r\nhello\r\n0\r\n\r\n",
        "\n5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "5_\r\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        "5 x\r\nhello\r\n0\r\n\r\n",
        "5,5\r\nhello\r\n0\r\n\r\n",
        "5\0\r\nhello\r\n0\r\n\r\n",
        "5\u000b\r\nhello\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n",
        "\u00b2\r\nhello\r\n0\r\n\r\n",
        ";a=b\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffb\r\nhello\r\n0\r\n\r\n",
        "100000005\nhello\r\n0\r\n\r\n",
        "0000000000000000000000000005\r\nhello\r\n0\r\n\r\n",
        "5;\nhello\r\n0\r\n\r\n",
        "5;a\n5\r\nhello\r\n0\r\n\r\n",
        "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5;a\0b\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n",
        "5\r\nhello \r\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
        "5\r\nhello\r\n0\r\nX: y\n\r\n",
        "5\r\nhello\r\n0\r\nX y\r\n\r\n",
        "5\r\nhello\r\n0\r\nX : y\r\n\r\n",
        "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n",
        "5\r\nhello\r\n0\r\nX: y\rz\r\n\r\n",
        "5\r\nhello\r\n0\r\n: y\r\n\r\n",
        "5\r\nhello\r\n00000000000000000000\r\n\r\n"
      })
  void chunkThatIsNone_isRefused(String body) {
    stage.refuses(400, POST + "Transfer-Encoding: chunked\r\n\r\n" + body + SMUGGLED);
  }

  @Test
  void chunkExtension_thatIsTooLong_isRefused() {
    stage.refuses(
        400, POST + "Transfer-Encoding: chunked\r\n\r\n5;" + "a".repeat(5_000) + "\r\nhello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nhello\r\n0\r\n\r\n",
        "0005\r\nhello\r\n000\r\n\r\n",
        "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n",
        "5 ;a\r\nhello\r\n0\r\n\r\n",
        "5;\r\nhello\r\n0\r\n\r\n"
      })
  void chunks_passWithoutTheirExtensions(String body) {
    stage.forwards(POST + "Transfer-Encoding: chunked\r\n\r\n" + body, "POST", "/p", "hello");
  }

  @Test
  void chunksSentByteForByte_areUnderstoodAllTheSame() {
    String request = POST + "Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nA: b\r\n\r\n";
    try (RawClient client = RawClient.connect(stage.proxy.port)) {
      for (int i = 0; i < request.length(); i++) {
        client.send(request.substring(i, i + 1));
      }
      assertThat(client.read().status()).isEqualTo(200);
    }
    List<RecordedRequest> seen = stage.settle();
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).bodyText()).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 50",
        "Transfer-Encoding: chunked",
        "Host: elsewhere",
        "Connection: close",
        "Authorization: x",
        "cookie: a=b",
        "Content-Encoding: gzip",
        "If-None-Match: *",
        "X-Forwarded-For: 10.0.0.1",
        "X-Request-Id: another",
        "X-Shadow-Request: true",
        "TE: trailers"
      })
  void trailer_thatWouldChangeTheRequest_changesNothing(String trailer) {
    RecordedRequest seen =
        stage.forwards(
            POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n" + trailer + "\r\n\r\n",
            "POST",
            "/p",
            "hello");

    assertThat(seen.header("Host")).isEqualTo("test");
    assertThat(seen.headers().has("Authorization")).isFalse();
    assertThat(seen.trailers().fields()).isEmpty();
  }

  @Test
  void trailers_pass_butForThoseThatConnectionNames() {
    String request =
        POST
            + "Transfer-Encoding: chunked\r\nTrailer: X-Sum, X-Two\r\nConnection: X-Mine\r\n\r\n"
            + "5\r\nhello\r\n0\r\nX-Sum: \t9 \r\nX-Mine: 1\r\nX-Two: a\r\nX-Two: \r\n\r\n";

    RecordedRequest seen = stage.forwards(request, "POST", "/p", "hello");

    assertThat(seen.header("Trailer")).isEqualTo("X-Sum, X-Two");
    assertThat(seen.trailers().fields())
        .containsExactly(
            new HeaderList.Field("X-Sum", "9"),
            new HeaderList.Field("X-Two", "a"),
            new HeaderList.Field("X-Two", ""));
  }

  @Test
  void trailers_thatComeLate_passWithTheirRequest_andWithNoOther() {
    try (RawClient client = RawClient.connect(stage.proxy.port)) {
      client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      client.send("0\r\nX-Su");
      client.send("m: 9\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }

    List<RecordedRequest> seen = stage.settle();
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0).trailers().fields()).containsExactly(new HeaderList.Field("X-Sum", "9"));
    assertThat(seen.get(1).trailers().fields()).isEmpty();
  }

  @Test
  void bodyThatEndsEarly_isNoRequest() {
    for (String body :
        List.of("Content-Length: 50\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel")) {
      try (RawClient client = RawClient.connect(stage.proxy.port)) {
        client.send(POST + body).shutdownOutput();
        assertThat(client.readToEnd()).noneMatch(RawResponse::complete);
      }
      assertThat(stage.settle()).isEmpty();
      assertThat(stage.challenger.takeRequests()).isEmpty();
    }
  }

  @Test
  void faultAfterAGoodRequest_leavesItsAnswer() {
    List<RawResponse> answers =
        stage.converse(
            POST
                + "Content-Length: 2\r\n\r\n{}"
                + POST
                + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + SMUGGLED);

    assertThat(answers).extracting(RawResponse::status).containsExactly(200, 400, 0);
    assertThat(answers.get(1).header("Connection")).isEqualTo("close");
    assertThat(stage.settle()).extracting(RecordedRequest::bodyText).containsExactly("{}");
    assertThat(stage.challenger.awaitRequest().bodyText()).isEqualTo("{}");
  }

  @Test
  void refusal_isCounted_byWhatIsWrong() {
    double before = refused("malformed");
    double unsupported = refused("unsupported");
    double answers = answered("400");
    stage.refuses(400, POST + "Content-Length: +5\r\n\r\nhello");
    stage.refuses(501, POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");

    assertThat(refused("malformed")).isEqualTo(before + 1);
    assertThat(refused("unsupported")).isEqualTo(unsupported + 1);
    assertThat(answered("400")).isEqualTo(answers + 1);
  }

  private double refused(String reason) {
    return stage
        .proxy
        .registry
        .get("shadow.sentinel.malformed.requests")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private double answered(String code) {
    Counter counter =
        stage
            .proxy
            .registry
            .find("shadow.sentinel.requests")
            .tags("route", ProxyMeters.NO_ROUTE, "code", code)
            .counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void refusal_saysWhatWasExpected() {
    RawResponse answer = stage.converse(POST + "Content-Length: +5\r\n\r\nhello").get(0);

    assertThat(answer.bodyText()).contains("\"status\":400").contains("Content-Length");
    assertThat(answer.bodyText().getBytes(ISO_8859_1).length)
        .isEqualTo(Integer.parseInt(answer.header("Content-Length")));
  }
}
