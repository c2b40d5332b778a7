package io.shadowsentinel.proxy;

import static io.shadowsentinel.proxy.FramingStage.SMUGGLED;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.RecordedRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines, targets, hosts and fields of a request's head: RFC 9112, sections 2, 3 and 5. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestHeadIT {
  private FramingStage stage;

  @BeforeAll
  void start() {
    stage = new FramingStage();
  }

  @AfterAll
  void close() {
    stage.close();
  }

  // Lines

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /p HTTP/1.1\nHost: test\n\n",
        "GET /p HTTP/1.1\nHost: test\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\r\n\n",
        "GET /p HTTP/1.1\r\nHost: test\nX: y\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\rX: y\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\r\r\n\r\n",
        "GET /p HTTP/1.1\r\r\nHost: test\r\n\r\n",
        "GET /p\rX HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\r\nX: a\rGET /smuggled HTTP/1.1\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\r\nX: y\r\n z\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\r\nX: y\r\n\tz\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\r\nX:\r\n z\r\n\r\n",
        "GET /p HTTP/1.1\r\n Host: test\r\n\r\n",
        "GET /p HTTP/1.1\r\n\tX: y\r\nHost: test\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: test\r\n \r\n\r\n"
      })
  void lineThatEndsOtherwise_isRefused(String head) {
    stage.refuses(400, head + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\r\n\r\n"})
  void emptyLineBefore_isPassedOver(String before) {
    stage.forwards(before + "GET /p HTTP/1.1\r\nHost: test\r\n\r\n", "GET", "/p", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\n", " ", "\t", "\0", "\u000b", " \r\n", "\r\r\n", "\n\r\n", "\u001f", "\u007f"})
  void anythingElseBefore_isRefused(String before) {
    stage.refuses(400, before + "GET /p HTTP/1.1\r\nHost: test\r\n\r\n");
  }

  @Test
  void emptyLinesWithoutEnd_areRefused() {
    stage.refuses(400, "\r\n".repeat(100) + "GET /p HTTP/1.1\r\nHost: test\r\n\r\n");
  }

  // The request line

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /p",
        "GET  /p HTTP/1.1",
        "GET /p  HTTP/1.1",
        "GET /p HTTP/1.1 ",
        "GET /p HTTP/1.1 HTTP/1.1",
        "GET\t/p HTTP/1.1",
        "GET /p\tHTTP/1.1",
        "GET\u000b/p HTTP/1.1",
        "GET\f/p\fHTTP/1.1",
        "GET /p /smuggled HTTP/1.1",
        "GET /p\0 HTTP/1.1",
        "GET /p\u0001 HTTP/1.1",
        "GET /p\u007f HTTP/1.1",
        "GET /p#fragment HTTP/1.1",
        "GET /p\tx HTTP/1.1",
        "GET p HTTP/1.1",
        "GET * HTTP/1.1",
        "GET ? HTTP/1.1",
        "GET test:80 HTTP/1.1",
        "GET http: HTTP/1.1",
        "GET http:/p HTTP/1.1",
        "GET http:// HTTP/1.1",
        "GET http:///p HTTP/1.1",
        "GET http://a b/p HTTP/1.1",
        "GET http://user@test/p HTTP/1.1",
        "GET http://user:pass@test/p HTTP/1.1",
        "GET http://te\"st/p HTTP/1.1",
        "GET http://test:x/p HTTP/1.1",
        "GET http://test\\@other/p HTTP/1.1",
        "GET ftp://test/p HTTP/1.1",
        "GET file:///etc/passwd HTTP/1.1",
        "GET  HTTP/1.1",
        " GET /p HTTP/1.1",
        "/p HTTP/1.1",
        "G(T /p HTTP/1.1",
        "G\0T /p HTTP/1.1",
        "G\u00e9T /p HTTP/1.1",
        "GET: /p HTTP/1.1",
        "GET /p http/1.1",
        "GET /p Http/1.1",
        "GET /p HTTP/1",
        "GET /p HTTP/1.",
        "GET /p HTTP/.1",
        "GET /p HTTP/1.11",
        "GET /p HTTP/01.1",
        "GET /p HTTP/1,1",
        "GET /p HTTP/1.x",
        "GET /p HTTP /1.1",
        "GET /p HTTP/ 1.1",
        "GET /p HTTP/+1.1",
        "GET /p XTTP/1.1",
        "GET /p HTTPS/1.1",
        "GET /p ICY/1.1"
      })
  void requestLineThatIsNone_isRefused(String line) {
    stage.refuses(400, line + "\r\nHost: test\r\n\r\n" + SMUGGLED);
  }

  @Test
  void http09_isRefused() {
    stage.refuses(400, "GET /p\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9"})
  void otherMajorVersion_isNotSupported(String version) {
    stage.refuses(505, "GET /p " + version + "\r\nHost: test\r\n\r\n" + SMUGGLED);
  }

  @Test
  void laterMinorVersion_isServedAsThisOne() {
    RecordedRequest seen = stage.forwards("GET /p HTTP/1.2\r\nHost: test\r\n\r\n", "GET", "/p", "");

    assertThat(seen.version()).isEqualTo("HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "//double/p",
        "/a/../b/./c",
        "/%2e%2e/%00",
        "/p?q=/x?y",
        "/p;v=1/q",
        "/p?",
        "/p[1]|{2}^`\\",
        "/p?u=http://x/",
        "/\u00e4"
      })
  void target_passesAsItIs(String target) {
    stage.forwards("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n", "GET", target, "");
  }

  @ParameterizedTest
  @CsvSource({
    "http://other/p, /p, other",
    "http://other:81/p?q, /p?q, other:81",
    "HTTP://Other/p, /p, Other",
    "https://other/p, /p, other",
    "http://other, /, other",
    "http://other?q=1, /?q=1, other",
    "http://[::1]:8080/p, /p, [::1]:8080"
  })
  void absoluteTarget_decidesTheHost(String target, String origin, String host) {
    RecordedRequest seen =
        stage.forwards(
            "GET " + target + " HTTP/1.1\r\nHost: test\r\nX: y\r\n\r\n", "GET", origin, "");

    assertThat(seen.header("Host")).isEqualTo(host);
    assertThat(seen.header("X")).isEqualTo("y");
  }

  @Test
  void serverWideOptions_goWhereEveryPathGoes() {
    // RFC 9112, section 3.2.4: without a path it is the server that is asked.
    for (String target : new String[] {"*", "http://test"}) {
      stage.converse("OPTIONS " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");

      assertThat(stage.settle())
          .extracting(seen -> seen.method() + " " + seen.target())
          .containsExactly("OPTIONS *");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CONNECT test:443 HTTP/1.1", "CONNECT /p HTTP/1.1", "CONNECT http://x HTTP/1.1"})
  void connect_isNotImplemented_andWhatFollowsIsNoRequest(String line) {
    stage.refuses(501, line + "\r\nHost: test\r\n\r\n" + SMUGGLED);
  }

  // Host

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Host:\r\n",
        "Host: \r\n",
        "Host: test\r\nHost: test\r\n",
        "Host: test\r\nhost: other\r\n",
        "Host: test\r\nHost:\r\n",
        "Host: a b\r\n",
        "Host: a/b\r\n",
        "Host: a?b\r\n",
        "Host: a#b\r\n",
        "Host: user@test\r\n",
        "Host: http://test\r\n",
        "Host: test,other\r\n",
        "Host: test, other\r\n",
        "Host: te\\st\r\n",
        "Host: te\"st\r\n",
        "Host: test:x\r\n",
        "Host: test:-1\r\n",
        "Host: test:80:80\r\n",
        "Host: test:65536\r\n",
        "Host: :80\r\n",
        "Host: [::1\r\n",
        "Host: ::1\r\n",
        "Host: [::1]x\r\n",
        "Host: []\r\n",
        "Host: [test]\r\n",
        "Host: te\u00e9st\r\n",
        "Host: te\tst\r\n",
        "Host: te\0st\r\n",
        "Host : test\r\n",
        " Host: test\r\n",
        "Host: test\r\nConnection: host\r\n"
      })
  void hostThatIsNone_isRefused(String lines) {
    stage.refuses(400, "GET /p HTTP/1.1\r\n" + lines + "\r\n" + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test",
        "test:80",
        "test:",
        "TEST.example.",
        "a-b_c~d",
        "127.0.0.1:65535",
        "[::1]",
        "[2001:db8::ffff:1.2.3.4]:8080",
        "a%20b",
        "(x)!$&'*+;="
      })
  void hostAsTheGrammarHasIt_passes(String host) {
    RecordedRequest seen =
        stage.forwards("GET /p HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "GET", "/p", "");

    assertThat(seen.header("Host")).isEqualTo(host);
  }

  @Test
  void http10WithoutHost_isServed() {
    RecordedRequest seen = stage.forwards("GET /p HTTP/1.0\r\n\r\n", "GET", "/p", "");

    assertThat(seen.header("Host")).isEqualTo("127.0.0.1:" + stage.champion.port());
    assertThat(seen.version()).isEqualTo("HTTP/1.1");
  }

  @Test
  void http10WithTwoHosts_isRefused() {
    stage.refuses(400, "GET /p HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
  }

  // Fields

  @ParameterizedTest
  @ValueSource(
      strings = {
        ": y",
        " : y",
        "X",
        "X y",
        "X : y",
        "X\t: y",
        "X Y: z",
        "X\0: y",
        "X\u0001: y",
        "X\u007f: y",
        "X\u00e9: y",
        "X(: y",
        "X,: y",
        "X/: y",
        "X=: y",
        "X@: y",
        "X[: y",
        "\"X\": y",
        "X: y\0z",
        "X: \0",
        "X: y\u0001",
        "X: y\bz",
        "X: y\u000bz",
        "X: y\fz",
        "X: y\u001b[0mz",
        "X: y\u007fz",
        "GET /smuggled HTTP/1.1"
      })
  void fieldThatIsNone_isRefused(String line) {
    stage.refuses(400, "GET /p HTTP/1.1\r\nHost: test\r\n" + line + "\r\n\r\n" + SMUGGLED);
  }

  @Test
  void fields_passAsTheyAre_inOrder() {
    RecordedRequest seen =
        stage.forwards(
            "GET /p HTTP/1.1\r\nHost: test\r\nX-a:1\r\nx-A:  2\t\r\nX-Empty:\r\n"
                + "!#$%&'*+-.^_`|~: \u00e4:b\tc  d\r\nX-a: 1\r\nX_y: 3\r\n\r\n",
            "GET", "/p", "");

    assertThat(seen.headers().fields().subList(0, 7))
        .extracting(field -> field.name() + "=" + field.value())
        .containsExactly(
            "Host=test",
            "X-a=1",
            "x-A=2",
            "X-Empty=",
            "!#$%&'*+-.^_`|~=\u00e4:b\tc  d",
            "X-a=1",
            "X_y=3");
  }

  @Test
  void fieldsOfOneHop_endHere_andNoOthers() {
    RecordedRequest seen =
        stage.forwards(
            "GET /p HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, X-Hop ,,x-other\r\n"
                + "X-Hop: 1\r\nX-Other: 2\r\nX-Stays: 3\r\nKeep-Alive: timeout=5\r\n"
                + "Proxy-Connection: close\r\nProxy-Authorization: x\r\nTE: trailers\r\n"
                + "Authorization: y\r\nCookie: z\r\n\r\n",
            "GET",
            "/p",
            "");

    assertThat(seen.headers().names())
        .containsExactly("Host", "X-Stays", "Authorization", "Cookie", "X-Request-Id");
  }
}
