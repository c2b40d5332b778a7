package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RecordedRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an HTTP/2 request may hold when the models speak HTTP/1.1: RFC 9113, sections 8 and 10.3.
 * Whether the stream is reset, the connection ended or 400 answered is left to the server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Http2RulesIT {
  private static final String LINE = "\r\nX-Smuggled: 1";
  private static final String REQUEST = " HTTP/1.1\r\nHost: test\r\n\r\nGET /smuggled";

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

  private static String[] with(String... more) {
    return RawHttp2Client.request("POST", "/p", more);
  }

  private static String[] fields(String... all) {
    return all;
  }

  /** The request above, with another value in the place of one of its own. */
  private static String[] but(String name, String value) {
    String[] fields = with();
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equals(name)) {
        fields[i + 1] = value;
      }
    }
    return fields;
  }

  private static String[] without(String name) {
    String[] fields = with();
    int at = Arrays.asList(fields).indexOf(name);
    return Stream.concat(Arrays.stream(fields, 0, at), Arrays.stream(fields, at + 2, fields.length))
        .toArray(String[]::new);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
            // Fields of a connection, which HTTP/2 does not have.
            with("connection", "close"),
            with("connection", "content-length"),
            with("transfer-encoding", "chunked"),
            with("transfer-encoding", "identity"),
            with("keep-alive", "timeout=5"),
            with("proxy-connection", "close"),
            with("upgrade", "h2c"),
            with("te", "gzip"),
            // Names
            with("X-Upper", "1"),
            with("Transfer-Encoding", "chunked"),
            with("x y", "1"),
            with("x\ty", "1"),
            with("x:y", "1"),
            with("x" + LINE, "1"),
            with("x: y\r\ntransfer-encoding: chunked\r\nz", "1"),
            with("x\0", "1"),
            with("x\u007f", "1"),
            with("x\u00e9", "1"),
            with("", "1"),
            with("transfer_encoding", "chunked"),
            with("content_length", "5"),
            // Values
            with("x", "1" + LINE),
            with("x", "1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n"),
            with("x", "1\n"),
            with("x", "1\r"),
            with("x", "1\0"),
            with("x", "\u00011"),
            with("x", "1\u007f"),
            with("x", " 1"),
            with("x", "1\t"),
            with("cookie", "a=b" + LINE),
            // Pseudo fields
            with(":x", "1"),
            with(":status", "200"),
            with(":method", "GET"),
            with(":path", "/smuggled"),
            with(":authority", "other"),
            with(":scheme", "https"),
            with(":protocol", "websocket"),
            fields(":method", "GET", ":scheme", "http", "x", "1", ":path", "/p", ":authority", "t"),
            without(":method"),
            without(":scheme"),
            without(":path"),
            but(":method", ""),
            but(":method", "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\nPOST"),
            but(":method", "GET /smuggled"),
            but(":method", "G\0T"),
            but(":path", ""),
            but(":path", "p"),
            but(":path", "*"),
            but(":path", "http://other/p"),
            but(":path", "other:80"),
            but(":path", "/a b"),
            but(":path", "/a\tb"),
            but(":path", "/p" + REQUEST),
            but(":path", "/p HTTP/1.1" + LINE),
            but(":path", "/p\n"),
            but(":path", "/p\0"),
            but(":path", "/p\u007f"),
            but(":path", "/p#x"),
            but(":authority", ""),
            but(":authority", "te st"),
            but(":authority", "test" + LINE),
            but(":authority", "test\0"),
            but(":authority", "user@test"),
            but(":authority", "test/p"),
            but(":authority", "test:x"),
            but(":authority", "test,other"),
            but(":scheme", "http" + LINE),
            but(":scheme", ""),
            with("host", "other"),
            with("host", "test", "host", "other"),
            with("host", "test" + LINE),
            // Framing
            with("content-length", "4"),
            with("content-length", "6"),
            with("content-length", "0"),
            with("content-length", "5", "content-length", "6"),
            with("content-length", "+5"),
            with("content-length", "-1"),
            with("content-length", "5x"),
            with("content-length", ""),
            with("content-length", "18446744073709551621"))
        .map(fields -> Arguments.of(shown(fields), fields));
  }

  private static String shown(String[] fields) {
    return String.join("|", fields).replaceAll("\\p{Cntrl}", "?");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void malformedRequest_reachesNoModel(String shown, String[] fields) {
    RawHttp2Client.Outcome outcome;
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      client.headers(1, false, fields).data(1, true, "hello");
      outcome = client.outcome(1);
    }
    List<RecordedRequest> seen = stage.settle();
    List<RecordedRequest> mirrored = stage.challenger.takeRequests();

    assertThat(seen).isEmpty();
    assertThat(mirrored).isEmpty();
    assertThat(outcome.end()).isNotEqualTo(RawHttp2Client.End.TIMED_OUT);
    assertThat(outcome.status()).isIn(0, 400, 431, 501);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void malformedRequest_endsNoOther(String shown, String[] fields) {
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      client.headers(1, false, with("content-length", "5")).data(1, false, "he");
      client.headers(3, true, fields);
      RawHttp2Client.Outcome refused = client.outcome(3);
      client.data(1, true, "llo");

      assertThat(refused.end()).isNotEqualTo(RawHttp2Client.End.CLOSED);
      assertThat(client.outcome(1).status()).isEqualTo(200);
    }
  }

  @Test
  void connect_isNotImplemented() {
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      client.headers(1, false, ":method", "CONNECT", ":authority", "test:443");

      assertThat(client.outcome(1).status()).isIn(0, 501);
    }
    assertThat(stage.settle()).isEmpty();
  }

  @Test
  void wellFormedRequest_isToldInHttp11_whole() {
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      client
          .headers(
              1,
              false,
              with(
                  "te",
                  "trailers",
                  "cookie",
                  "a=1",
                  "x",
                  "\u00e4 b",
                  "x",
                  "2",
                  "cookie",
                  "b=2",
                  "content-length",
                  "5"))
          .data(1, false, "he")
          .data(1, true, "llo");
      RawHttp2Client.Outcome outcome = client.outcome(1);

      assertThat(outcome.status()).isEqualTo(200);
      assertThat(outcome.bodyText()).isEqualTo("{\"ok\":true}");
    }
    List<RecordedRequest> seen = stage.settle();
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).method()).isEqualTo("POST");
    assertThat(seen.get(0).target()).isEqualTo("/p");
    assertThat(seen.get(0).bodyText()).isEqualTo("hello");
    assertThat(seen.get(0).header("Host")).isEqualTo("test");
    assertThat(seen.get(0).header("Cookie")).isEqualTo("a=1; b=2");
    assertThat(seen.get(0).headers().all("x")).containsExactly("\u00e4 b", "2");
    assertThat(seen.get(0).header("Content-Length")).isEqualTo("5");
    assertThat(seen.get(0).headers().names())
        .noneMatch(name -> name.startsWith(":") || name.equalsIgnoreCase("te"));
    assertThat(stage.challenger.awaitRequest().bodyText()).isEqualTo("hello");
  }

  @Test
  void lengthTwiceTheSame_isToldOnce() {
    for (String[] fields :
        List.of(
            with("content-length", "5", "content-length", "5"), with("content-length", "5, 5"))) {
      try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
        client.headers(1, false, fields).data(1, true, "hello");
        client.outcome(1);
      }
      for (RecordedRequest seen : stage.settle()) {
        assertThat(seen.headers().all("Content-Length")).containsExactly("5");
        assertThat(seen.bodyText()).isEqualTo("hello");
        stage.challenger.awaitRequest();
      }
    }
  }

  @Test
  void bodyThatLooksLikeARequest_staysABody() {
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      client.headers(1, false, with()).data(1, true, FramingStage.SMUGGLED);

      assertThat(client.outcome(1).status()).isEqualTo(200);
    }
    List<RecordedRequest> seen = stage.settle();
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).bodyText()).isEqualTo(FramingStage.SMUGGLED);
  }

  @Test
  void trailersOfARequest_changeNothing() {
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      client
          .headers(1, false, with())
          .data(1, false, "hello")
          .headers(1, true, "content-length", "50", "x-sum", "1");

      assertThat(client.outcome(1).end()).isNotEqualTo(RawHttp2Client.End.TIMED_OUT);
    }
    for (RecordedRequest seen : stage.settle()) {
      assertThat(seen.bodyText()).isEqualTo("hello");
    }
    stage.challenger.takeRequests();
  }

  @Test
  void bodyThatEndsWithAReset_isNoRequest() {
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      client.headers(1, false, with("content-length", "50")).data(1, false, "hello").reset(1);
      client.headers(3, true, RawHttp2Client.request("GET", "/after"));

      assertThat(client.outcome(3).status()).isEqualTo(200);
    }
    assertThat(stage.settle()).extracting(RecordedRequest::target).containsExactly("/after");
    assertThat(stage.challenger.awaitRequest().target()).isEqualTo("/after");
  }

  @Test
  void requestsOfOneConnection_haveEachItsOwnAnswer() {
    try (RawHttp2Client client = RawHttp2Client.connect(stage.proxy.port)) {
      for (int i = 0; i < 50; i++) {
        client.headers(2 * i + 1, true, RawHttp2Client.request("GET", "/" + i));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(client.outcome(2 * i + 1).status()).isEqualTo(200);
      }
    }
    assertThat(stage.settle()).hasSize(50);
    stage.challenger.awaitRequestCount(50);
    stage.challenger.takeRequests();
  }
}
