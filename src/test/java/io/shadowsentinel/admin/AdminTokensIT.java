package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.admin.AdminToken.Role;
import io.shadowsentinel.kit.Await;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several tokens, what each allows, and what becomes of those that are none. */
class AdminTokensIT {
  private static final String PAUSE = "/api/v1/routes/r/pause";

  @TempDir private Path directory;

  private static AdminFixture admin(boolean readsNeedToken, AdminToken... tokens) throws Exception {
    AdminFixture admin =
        AdminFixture.of(
            new AdminSettings(
                "127.0.0.1", 0, "single-token", null, List.of(tokens), readsNeedToken));
    admin.decisions.with(DecisionStandIn.shadowing("r", DecisionStandIn.evidence(1, 1))).start();
    return admin;
  }

  private static AdminToken token(String name, Role role) {
    return new AdminToken(name, role, name + "-token", null);
  }

  private static int status(AdminFixture admin, String method, String path, String token)
      throws Exception {
    return (token.equals("none")
            ? admin.send(method, path, null)
            : admin.send(method, path, null, "Authorization", "Bearer " + token + "-token"))
        .statusCode();
  }

  private static double refused(AdminFixture admin, String reason) {
    return admin
        .registry
        .get("shadow.sentinel.admin.refused")
        .tag("reason", reason)
        .counter()
        .count();
  }

  @ParameterizedTest
  @CsvSource({
    "false, GET,  /api/v1/routes,       none,   200",
    "false, GET,  /metrics,             none,   200",
    "false, POST, /api/v1/routes/r/pause, none,   401",
    "false, POST, /api/v1/routes/r/pause, other,  401",
    "false, POST, /api/v1/routes/r/pause, eve,    403",
    "false, POST, /api/v1/routes/r/pause, olga,   200",
    "false, POST, /api/v1/routes/r/pause, single, 200",
    "true,  GET,  /api/v1/routes,       none,   401",
    "true,  GET,  /api/v1/routes,       other,  401",
    "true,  GET,  /api/v1/routes,       eve,    200",
    "true,  GET,  /api/v1/decisions,    none,   401",
    "true,  GET,  /api/v1/conflicts,    none,   401",
    "true,  GET,  /api/v1/events,       none,   401",
    "true,  GET,  /metrics,             none,   401",
    "true,  GET,  /metrics,             eve,    200",
    "true,  GET,  /health/live,         none,   200",
    "true,  GET,  /,                    none,   200",
    "true,  POST, /api/v1/routes/r/pause, eve,    403",
    "true,  POST, /api/v1/routes/r/pause, olga,   200",
  })
  void token_allowsWhatItsRoleDoes(
      boolean readsNeedToken, String method, String path, String token, int status)
      throws Exception {
    try (AdminFixture admin =
        admin(readsNeedToken, token("eve", Role.VIEWER), token("olga", Role.OPERATOR))) {
      assertThat(status(admin, method, path, token)).isEqualTo(status);
      if (method.equals("POST")) {
        assertThat(admin.decisions.log()).hasSize(status == 200 ? 1 : 0);
      }
      assertThat(refused(admin, "forbidden")).isEqualTo(status == 403 ? 1 : 0);
      assertThat(refused(admin, "unauthorized")).isEqualTo(status == 401 ? 1 : 0);
    }
  }

  @Test
  void decision_namesWhoseTokenItWas_andFromWhere() throws Exception {
    try (AdminFixture admin = admin(false, token("olga", Role.OPERATOR))) {
      assertThat(status(admin, "POST", PAUSE, "olga")).isEqualTo(200);
      assertThat(admin.decisions.log().get(0).origin()).isEqualTo("olga@127.0.0.1");
    }
  }

  @Test
  void guesses_areSlowedDown_andThenNotEvenTheRightOneIsHeard() throws Exception {
    try (AdminFixture admin = admin(false, token("olga", Role.OPERATOR))) {
      for (int i = 0; i < FailedTokens.BURST; i++) {
        assertThat(status(admin, "POST", PAUSE, "guess" + i)).isEqualTo(401);
      }
      HttpResponse<String> answer =
          admin.send("POST", PAUSE, null, "Authorization", "Bearer olga-token");

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(1, FailedTokens.SECONDS_EACH);
      assertThat(refused(admin, "rate_limited")).isEqualTo(1);
      assertThat(admin.decisions.log()).isEmpty();
    }
  }

  @Test
  void tokenInAFile_isReadAgain() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "first-token\n");
    try (AdminFixture admin = admin(true, new AdminToken("file", Role.VIEWER, null, file))) {
      assertThat(reads(admin, "first")).isEqualTo(200);

      Path next = Files.writeString(directory.resolve("next"), "second-token");
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
      Await.until("the old token is none any more", () -> reads(admin, "first") == 401);

      assertThat(reads(admin, "second")).isEqualTo(200);
    }
  }

  private static int reads(AdminFixture admin, String token) {
    try {
      return status(admin, "GET", "/api/v1/routes", token);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fileWithoutAToken_keepsTheAdminPortShut() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "two words");
    assertThatThrownBy(() -> admin(false, new AdminToken("file", Role.VIEWER, null, file)))
        .hasStackTraceContaining("admin token file: " + file + " holds no token");
  }
}
