package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is turned away, and what every answer carries. */
class AdminGuardIT {
  private AdminFixture admin;

  @BeforeEach
  void open() throws Exception {
    admin = new AdminFixture((String) null);
    admin
        .decisions
        .with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(150, 9)))
        .with(DecisionStandIn.shadowing("a b/c", DecisionStandIn.evidence(1, 0)))
        .with(DecisionStandIn.alone("plain"))
        .start();
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/routes, 200",
    "GET, /api/v1/events, 200",
    "GET, /metrics, 200",
    "GET, /health/live, 200",
    "GET, /, 200",
    "GET, /nowhere, 404",
    "DELETE, /api/v1/routes, 405",
    "OPTIONS, /api/v1/routes/digits/pause, 405",
    "TRACE, /, 405",
    "POST, /api/v1/routes/digits/resume, 409",
    "GET, /api/v1/routes?%zz, 200",
    "GET, /%zz, 400",
    "GET, /api/v1/conflicts?limit=x, 400",
    "G(T, /, 400"
  })
  void everyAnswer_carriesSecurityHeaders(String method, String path, int status) throws Exception {
    String head =
        admin.rawHead(
            method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");

    assertThat(head)
        .matches("(?s)HTTP/1\\.[01] " + status + " .*")
        .containsIgnoringCase("X-Content-Type-Options: nosniff")
        .containsIgnoringCase("X-Frame-Options: DENY")
        .containsIgnoringCase("Referrer-Policy: no-referrer")
        .containsIgnoringCase("Cross-Origin-Resource-Policy: same-origin")
        .containsIgnoringCase("Cross-Origin-Opener-Policy: same-origin")
        .containsIgnoringCase("frame-ancestors 'none'")
        .doesNotContainIgnoringCase("unsafe-inline")
        .doesNotContainIgnoringCase("Access-Control-")
        .doesNotContainIgnoringCase("Strict-Transport-Security");
    assertThat(head)
        .containsIgnoringCase(
            "Cache-Control: " + (path.equals("/") && status == 200 ? "no-cache" : "no-store"));
  }

  @Test
  void answerToABrokenHost_carriesSecurityHeaders() throws Exception {
    assertThat(admin.rawHead("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .containsIgnoringCase("nosniff")
        .containsIgnoringCase("application/problem+json");
  }

  @Test
  void tooLongHead_isRefusedInBoundedSpace() throws Exception {
    String line = "GET /" + "x".repeat(AdminVerticle.MAX_LINE) + " HTTP/1.1\r\n";
    String fields = "GET / HTTP/1.1\r\nX: " + "x".repeat(AdminVerticle.MAX_HEADERS) + "\r\n";

    assertThat(admin.rawHead(line + "Host: localhost\r\n\r\n"))
        .startsWith("HTTP/1.0 414 ")
        .containsIgnoringCase("nosniff");
    assertThat(admin.rawHead(fields + "Host: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ")
        .containsIgnoringCase("nosniff");
  }

  @Test
  void tooLongBody_isRefused_andNoRequestIsMadeOfIt() throws Exception {
    String hidden = "POST /api/v1/routes/digits/pause HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String body = " ".repeat(AdminRouter.MAX_BODY + 1) + hidden;
    String post = "POST /api/v1/routes/digits/pause HTTP/1.1\r\nHost: localhost\r\n";

    assertThat(
            admin.rawHead(
                post
                    + "Content-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body))
        .startsWith("HTTP/1.1 413 ");
    String chunk = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    assertThat(
            admin.rawHead(
                post
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + chunk))
        .startsWith("HTTP/1.1 413 ");
    assertThat(admin.decisions.log()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, {}, 415",
    "text/plain, '', 415",
    "application/x-www-form-urlencoded, '', 415",
    "multipart/form-data; boundary=x, '', 415",
    "application/jsonp, {}, 415",
    "application/json, {}, 200",
    "Application/JSON; charset=utf-8, {}, 200",
    "application/json, '', 200"
  })
  void action_withOtherContentThanJson_isRefused(String type, String body, int status)
      throws Exception {
    HttpResponse<String> answer =
        admin.send("POST", "/api/v1/routes/digits/pause", body, "Content-Type", type);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(admin.decisions.log()).hasSize(status == 200 ? 1 : 0);
  }

  @Test
  void action_withABodyOfNoType_isRefused() throws Exception {
    assertThat(admin.send("POST", "/api/v1/routes/digits/pause", "{}").statusCode()).isEqualTo(415);
    assertThat(admin.send("POST", "/api/v1/routes/digits/pause", null).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "null", "http://127.0.0.1:1", "file://"})
  void action_fromAnotherOrigin_isRefused(String origin) throws Exception {
    HttpResponse<String> answer =
        admin.send("POST", "/api/v1/routes/digits/pause", null, "Origin", origin);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(admin.decisions.log()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "cross-site, 403",
    "same-site, 403",
    "Cross-Site, 403",
    "same-origin, 200",
    "none, 200"
  })
  void action_ofAPage_isCarriedOutForOurOwnOnly(String site, int status) throws Exception {
    assertThat(post("/api/v1/routes/digits/pause", "Sec-Fetch-Site", site)).isEqualTo(status);
    assertThat(admin.decisions.log()).hasSize(status == 200 ? 1 : 0);
    assertThat(admin.count("shadow.sentinel.admin.refused", "reason", "origin"))
        .isEqualTo(status == 403 ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "cross-site, no-cors, 403",
    "same-site, cors, 403",
    "cross-site, navigate, 200",
    "same-origin, cors, 200"
  })
  void reading_ofAForeignPage_isRefused_butAPersonMayFollowALink(
      String site, String mode, int status) throws Exception {
    for (String path : List.of("/api/v1/routes", "/metrics")) {
      assertThat(
              admin
                  .send("GET", path, null, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", mode)
                  .statusCode())
          .isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://ops.example.org, 200",
    "http://ops.example.org, 200",
    "https://ops.example.org:8443, 403",
    "https://x.ops.example.org, 403",
    "https://evil.example, 403"
  })
  void action_fromOurPageBehindAProxy_isCarriedOutUnderAnAllowedName(String origin, int status)
      throws Exception {
    admin.replace(allowing("ops.example.org"));

    assertThat(post("/api/v1/routes/digits/pause", "Origin", origin)).isEqualTo(status);
  }

  @Test
  void action_fromOurOwnPage_isCarriedOut() throws Exception {
    assertThat(
            admin
                .send("POST", "/api/v1/routes/digits/pause", null, "Origin", admin.url())
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "evil.example,403",
    "evil.example:9090,403",
    "127.0.0.1.evil.example,403",
    "localhost.,403",
    "localhost:9090,200",
    "LOCALHOST,200",
    "127.0.0.1:9090,200",
    "[::1]:9090,200",
    "10.0.0.1,200",
    "localhost:port,400",
    "a b,400",
    "'',403"
  })
  void host_mustBeOneThatNoPageCanTakeForItself(String host, int status) throws Exception {
    for (String path : List.of("/api/v1/routes", "/metrics", "/")) {
      assertThat(admin.rawHead("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
          .as(path)
          .startsWith("HTTP/1.1 " + status + " ");
    }
    String post = "POST /api/v1/routes/digits/pause HTTP/1.1\r\nHost: " + host;
    assertThat(admin.rawHead(post + "\r\nContent-Length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + " ");
    assertThat(admin.decisions.log()).hasSize(status == 200 ? 1 : 0);
    assertThat(admin.count("shadow.sentinel.admin.refused", "reason", "host"))
        .isEqualTo(status == 403 ? 4 : 0);
  }

  @Test
  void host_ofAProbe_mayBeAny() throws Exception {
    for (String path : List.of("/health/live", "/health/ready")) {
      assertThat(admin.rawHead("GET " + path + " HTTP/1.1\r\nHost: lb.example\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ");
    }
  }

  @ParameterizedTest
  @CsvSource({"Bearer the-token, 200", "Bearer another, 401", "Basic dXNlcjpwdw==, 401", "'', 403"})
  void host_unknown_passesWithATokenOnly(String authorization, int status) throws Exception {
    admin.replace(AdminAccess.of("the-token"));
    String fields = "Host: sentinel.svc:9090\r\n";
    if (!authorization.isEmpty()) {
      fields += "Authorization: " + authorization + "\r\n";
    }

    assertThat(admin.rawHead("GET /api/v1/routes HTTP/1.1\r\n" + fields + "\r\n"))
        .startsWith("HTTP/1.1 " + status + " ");
    // The page itself is for browsers, which show no token with it.
    assertThat(admin.rawHead("GET / HTTP/1.1\r\n" + fields + "\r\n")).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void host_allowedByName_isKnown() throws Exception {
    admin.replace(allowing("Sentinel.SVC", "*.example.org"));
    for (String host : List.of("sentinel.svc", "a.example.org:9090")) {
      assertThat(admin.rawHead("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ");
    }
    assertThat(admin.rawHead("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"))
        .startsWith("HTTP/1.1 403 ");
  }

  @Test
  void host_missingOrTwice_isRefused_exceptInHttp10() throws Exception {
    assertThat(admin.raw("GET /health/live HTTP/1.0\r\n\r\n")).contains(" 200 OK");
    assertThat(admin.rawHead("GET /health/live HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(admin.rawHead("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  private static AdminAccess allowing(String... hosts) {
    return new AdminAccess(List.of(), AdminAccess.Reads.BY_HOST, false, List.of(hosts));
  }

  private int post(String path, String... headers) throws Exception {
    return admin.send("POST", path, null, headers).statusCode();
  }
}
