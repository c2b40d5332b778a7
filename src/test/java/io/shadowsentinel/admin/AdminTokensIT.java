package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.admin.AdminAccess.Reads;
import io.shadowsentinel.admin.AdminToken.Role;
import io.shadowsentinel.decide.Decision;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several tokens, what each allows, and what becomes of those that are none. */
class AdminTokensIT {
  private static final String PAUSE = "/api/v1/routes/r/pause";

  @TempDir private Path directory;

  private static AdminFixture admin(AdminAccess access) throws Exception {
    AdminFixture admin = AdminFixture.of(access);
    admin.decisions.with(DecisionStandIn.shadowing("r", DecisionStandIn.evidence(1, 1))).start();
    return admin;
  }

  /** With the token of the config's {@code admin.token} beside those given. */
  private static AdminAccess access(Reads reads, AdminToken... tokens) {
    List<AdminToken> all = new ArrayList<>(AdminAccess.of("single-token").tokens());
    all.addAll(List.of(tokens));
    return new AdminAccess(all, reads, reads == Reads.TOKEN, List.of());
  }

  private static AdminToken token(String name, Role role) {
    return new AdminToken(name, role, name + "-token", null);
  }

  private static AdminFixture eveAndOlga(Reads reads) throws Exception {
    return admin(access(reads, token("eve", Role.VIEWER), token("olga", Role.OPERATOR)));
  }

  private static HttpResponse<String> call(
      AdminFixture admin, String method, String path, String token) throws Exception {
    return token.equals("none")
        ? admin.send(method, path, null)
        : admin.send(method, path, null, "Authorization", "Bearer " + token + "-token");
  }

  private static int status(AdminFixture admin, String method, String path, String token)
      throws Exception {
    return call(admin, method, path, token).statusCode();
  }

  @ParameterizedTest
  @CsvSource({
    "OPEN,  GET,  /api/v1/routes,                none,   200",
    "OPEN,  GET,  /api/v1/routes,                other,  200",
    "OPEN,  GET,  /metrics,                      none,   200",
    "OPEN,  POST, /api/v1/routes/r/pause,        none,   401",
    "OPEN,  POST, /api/v1/routes/r/pause,        other,  401",
    "OPEN,  POST, /api/v1/routes/r/pause,        eve,    403",
    "OPEN,  POST, /api/v1/routes/r/pause,        olga,   200",
    "OPEN,  POST, /api/v1/routes/r/pause,        single, 200",
    "OPEN,  POST, /api/v1/routes/r/promote,      eve,    403",
    "OPEN,  POST, /api/v1/routes/r/rollback,     eve,    403",
    "OPEN,  POST, /api/v1/routes/r/resume,       eve,    403",
    "OPEN,  POST, /api/v1/routes/r/restart,      eve,    403",
    "OPEN,  POST, /api/v1/routes/nobody/pause,   eve,    403",
    "BY_HOST, GET, /api/v1/routes,               none,   200",
    "TOKEN, GET,  /api/v1/routes,                none,   401",
    "TOKEN, GET,  /api/v1/routes,                other,  401",
    "TOKEN, GET,  /api/v1/routes,                eve,    200",
    "TOKEN, GET,  /api/v1/routes,                olga,   200",
    "TOKEN, GET,  /api/v1/routes,                single, 200",
    "TOKEN, HEAD, /api/v1/routes,                none,   401",
    "TOKEN, GET,  /api/v1/routes/r,              none,   401",
    "TOKEN, GET,  /api/v1/routes/r/differences,  none,   401",
    "TOKEN, GET,  /api/v1/routes/r/confusion,    none,   401",
    "TOKEN, GET,  /api/v1/routes/r/latency,      none,   401",
    "TOKEN, GET,  /api/v1/decisions,             none,   401",
    "TOKEN, GET,  /api/v1/conflicts,             none,   401",
    "TOKEN, GET,  /api/v1/events,                none,   401",
    "TOKEN, GET,  /metrics,                      none,   401",
    "TOKEN, GET,  /metrics,                      eve,    200",
    "TOKEN, GET,  /health/live,                  none,   200",
    "TOKEN, GET,  /health/ready,                 none,   200",
    "TOKEN, GET,  /,                             none,   200",
    "TOKEN, POST, /api/v1/routes/r/pause,        eve,    403",
    "TOKEN, POST, /api/v1/routes/r/pause,        olga,   200",
  })
  void token_allowsWhatItsRoleDoes(
      Reads reads, String method, String path, String token, int status) throws Exception {
    try (AdminFixture admin = eveAndOlga(reads)) {
      HttpResponse<String> answer = call(admin, method, path, token);

      assertThat(answer.statusCode()).isEqualTo(status);
      if (method.equals("POST")) {
        assertThat(admin.decisions.log()).hasSize(status == 200 ? 1 : 0);
      }
      boolean unauthorized = status == 401;
      assertThat(admin.count("shadow.sentinel.admin.refused", "reason", "forbidden"))
          .isEqualTo(status == 403 ? 1 : 0);
      assertThat(admin.count("shadow.sentinel.admin.refused", "reason", "unauthorized"))
          .isEqualTo(unauthorized ? 1 : 0);
      assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent())
          .isEqualTo(unauthorized || status == 403);
      assertThat(answer.body()).doesNotContain("-token");
    }
  }

  @Test
  void viewer_thatActs_isToldWhatItTakes() throws Exception {
    try (AdminFixture admin = eveAndOlga(Reads.OPEN)) {
      HttpResponse<String> answer = call(admin, "POST", PAUSE, "eve");

      assertThat(answer.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
      assertThat(AdminJson.mapper().readTree(answer.body()).path("detail").asText())
          .isEqualTo("token eve: a viewer's (expected an operator's)");
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
          .contains("insufficient_scope")
          .contains("operator");
    }
  }

  @Test
  void decision_namesWhoseTokenItWas_andFromWhere() throws Exception {
    try (AdminFixture admin = eveAndOlga(Reads.OPEN)) {
      assertThat(status(admin, "POST", PAUSE, "olga")).isEqualTo(200);
      assertThat(status(admin, "POST", "/api/v1/routes/r/resume", "single")).isEqualTo(200);

      List<Decision> log = admin.decisions.log();
      assertThat(log).extracting(Decision::who).containsExactly("olga", "operator");
      assertThat(log).extracting(Decision::origin).containsOnly("127.0.0.1");
      assertThat(log).extracting(Decision::by).containsOnly(Decision.By.OPERATOR);
      assertThat(admin.send("GET", "/api/v1/decisions", null).body())
          .contains("\"by\":\"operator\",\"who\":\"olga\"");
    }
  }

  @Test
  void guesses_areSlowedDown_butNoOtherAddressIs() throws Exception {
    try (AdminFixture admin = eveAndOlga(Reads.OPEN)) {
      for (int i = 0; i < FailedTokens.BURST; i++) {
        assertThat(status(admin, "POST", PAUSE, "guess" + i)).isEqualTo(401);
      }
      HttpResponse<String> answer = call(admin, "POST", PAUSE, "olga");

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(1, FailedTokens.SECONDS_EACH);
      assertThat(admin.count("shadow.sentinel.admin.refused", "reason", "rate_limited"))
          .isEqualTo(1);
      assertThat(admin.decisions.log()).isEmpty();

      String other =
          admin.rawFrom(
              "127.0.0.2",
              "POST "
                  + PAUSE
                  + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer olga-token\r\n"
                  + "Content-Length: 0\r\nConnection: close\r\n\r\n");
      assertThat(other).startsWith("HTTP/1.1 200 ");
      assertThat(admin.decisions.log()).extracting(Decision::origin).containsExactly("127.0.0.2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer olga-toke",
        "Bearer olga-token-",
        "Bearer OLGA-TOKEN",
        "Basic olga-token",
        "olga-token",
        "Bearer",
        "Bearer olga-token, Bearer x",
        ""
      })
  void credentials_thatAreNearlyRight_areWrong(String header) throws Exception {
    try (AdminFixture admin = eveAndOlga(Reads.OPEN)) {
      HttpResponse<String> answer = admin.send("POST", PAUSE, null, "Authorization", header);

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).doesNotContainIgnoringCase("olga");
      assertThat(admin.decisions.log()).isEmpty();
    }
  }

  @Test
  void scheme_isReadInAnyCase() throws Exception {
    try (AdminFixture admin = eveAndOlga(Reads.OPEN)) {
      assertThat(
              admin.send("POST", PAUSE, null, "Authorization", "bearer  olga-token ").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void tokenInAFile_isReadAgain_andListenersComeBackWithTheNewOne() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "first-token\n");
    AdminToken inFile = new AdminToken("file", Role.VIEWER, null, file);
    try (AdminFixture admin = admin(access(Reads.TOKEN, inFile));
        EventReader events =
            new EventReader(
                admin.open("/api/v1/events", "Authorization", "Bearer first-token").body())) {
      events.next("route");
      assertThat(status(admin, "GET", "/api/v1/routes", "first")).isEqualTo(200);

      Path next = Files.writeString(directory.resolve("next"), "second-token");
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
      events.next("end");

      assertThat(status(admin, "GET", "/api/v1/routes", "second")).isEqualTo(200);
      assertThat(status(admin, "GET", "/api/v1/routes", "first")).isEqualTo(401);
    }
  }

  @Test
  void fileWithoutAToken_keepsTheAdminPortShut() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "two words");
    AdminToken inFile = new AdminToken("file", Role.VIEWER, null, file);

    assertThatThrownBy(() -> admin(access(Reads.OPEN, inFile)))
        .hasStackTraceContaining("admin token file: " + file + " holds no token");
  }

  @Test
  void access_replaced_holdsFromThenOn_andWhoListensIsLetGo() throws Exception {
    try (AdminFixture admin = eveAndOlga(Reads.TOKEN);
        EventReader events =
            new EventReader(
                admin.open("/api/v1/events", "Authorization", "Bearer eve-token").body())) {
      events.next("route");
      assertThat(admin.replace(access(Reads.TOKEN, token("ivan", Role.OPERATOR))))
          .isEqualTo(new AdminAccess.Applied());

      events.next("end");
      assertThat(status(admin, "GET", "/api/v1/routes", "eve")).isEqualTo(401);
      assertThat(status(admin, "POST", PAUSE, "olga")).isEqualTo(401);
      assertThat(status(admin, "POST", PAUSE, "ivan")).isEqualTo(200);
    }
  }

  @Test
  void access_thatCannotBe_changesNothing() throws Exception {
    AdminToken gone = new AdminToken("gone", Role.OPERATOR, null, directory.resolve("gone"));
    try (AdminFixture admin = eveAndOlga(Reads.OPEN)) {
      assertThat(admin.replace(access(Reads.OPEN, gone)))
          .isInstanceOfSatisfying(
              AdminAccess.NotApplied.class, no -> assertThat(no.why()).contains("gone"));
      assertThat(status(admin, "POST", PAUSE, "olga")).isEqualTo(200);
    }
  }
}
