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

  @Test
  void everyAnswer_carriesSecurityHeaders() throws Exception {
    for (String path : List.of("/api/v1/routes", "/nowhere", "/metrics", "/health/live", "/")) {
      var headers = get(path).headers();
      assertThat(headers.firstValue("X-Content-Type-Options")).as(path).contains("nosniff");
      assertThat(headers.firstValue("Referrer-Policy")).as(path).contains("no-referrer");
      assertThat(headers.allValues("Content-Security-Policy"))
          .as(path)
          .singleElement()
          .asString()
          .contains("frame-ancestors 'none'");
    }
    assertThat(get("/api/v1/routes").headers().firstValue("Cache-Control")).contains("no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
  void action_withOtherContentType_isRefused(String type) throws Exception {
    HttpResponse<String> answer =
        admin.send("POST", "/api/v1/routes/digits/pause", "{}", "Content-Type", type);

    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(admin.decisions.log()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "null", "http://127.0.0.1:1", "file://"})
  void action_fromAnotherOrigin_isRefused(String origin) throws Exception {
    HttpResponse<String> answer =
        admin.send("POST", "/api/v1/routes/digits/pause", null, "Origin", origin);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(admin.decisions.log()).isEmpty();
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
    "10.0.0.1,200"
  })
  void host_onALoopbackPort_mustBeLocalhostOrAnAddress(String host, int status) throws Exception {
    assertThat(
            admin.raw(
                "GET /api/v1/routes HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void host_missing_isAccepted() throws Exception {
    assertThat(admin.raw("GET /health/live HTTP/1.0\r\n\r\n")).contains(" 200 OK");
  }

  @Test
  void token_whenSet_isNeededToChangeAndNotToRead() throws Exception {
    try (AdminFixture guarded = new AdminFixture("s3cret")) {
      guarded
          .decisions
          .with(DecisionStandIn.shadowing("r", DecisionStandIn.evidence(1, 1)))
          .start();
      String pause = "/api/v1/routes/r/pause";
      assertThat(guarded.send("GET", "/api/v1/routes", null).statusCode()).isEqualTo(200);

      HttpResponse<String> none = guarded.send("POST", pause, null);
      assertThat(none.statusCode()).isEqualTo(401);
      assertThat(none.headers().firstValue("WWW-Authenticate"))
          .contains("Bearer realm=\"shadow-sentinel\"");
      for (String wrong : List.of("Bearer s3cre", "Bearer s3crets", "Basic s3cret", "s3cret", "")) {
        HttpResponse<String> answer = guarded.send("POST", pause, null, "Authorization", wrong);
        assertThat(answer.statusCode()).as(wrong).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(answer.body()).doesNotContain("s3cre");
      }
      assertThat(guarded.decisions.log()).isEmpty();

      assertThat(guarded.send("POST", pause, null, "Authorization", "bearer s3cret").statusCode())
          .isEqualTo(200);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return admin.send("GET", path, null);
  }
}
