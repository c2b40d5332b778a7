package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.admin.AdminAccess;
import io.shadowsentinel.admin.AdminFixture;
import io.shadowsentinel.admin.AdminToken;
import io.shadowsentinel.admin.DecisionStandIn;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.table.RouteState;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands against a real admin port: what they print, where, and how they exit. */
class AdminCommandsIT {
  private static final String TOKEN = "s3cret";

  private static final AdminAccess VIEWER_AND_OPERATOR =
      new AdminAccess(
          List.of(
              new AdminToken("v", AdminToken.Role.VIEWER, "viewer-token", null),
              new AdminToken("o", AdminToken.Role.OPERATOR, "operator-token", null)),
          AdminAccess.Reads.TOKEN,
          false,
          List.of());

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  private AdminFixture admin;

  @BeforeEach
  void open() throws Exception {
    admin = new AdminFixture(TOKEN);
    admin
        .decisions
        .with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(150, 9)))
        .with(DecisionStandIn.shadowing("a b/c", DecisionStandIn.evidence(0, 0)))
        .with(DecisionStandIn.alone("plain"))
        .start();
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
  }

  @Test
  void status_isAnAlignedTable() {
    admin.decisions.decide("a b/c", Decision.Action.PROMOTE, RouteState.PROMOTED);

    assertThat(status()).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "ROUTE   STATE          CHAMPION   CHALLENGER          AGREEMENT  SELF  PROGRESS"
                + "  CONFLICTS  COVERAGE  FORMAT  DECISION",
            "digits  SHADOWING      digits-v1  digits-v2           93.7%      -     160/200 "
                + "  4          95.8%     -       -",
            "a b/c   PROMOTED       a b/c-v2   a b/c-v1 (standby)  0.0%       -     1/200   "
                + "  4          12.5%     -       PROMOTE by auto at 2026-03-01T10:00:00Z",
            "plain   NO_CHALLENGER  plain-v1   -                   -          -     -       "
                + "  -          -         -       -");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void status_asJson_isWhatTheApiSays() throws Exception {
    assertThat(status("--json")).isZero();

    JsonNode routes = new ObjectMapper().readTree(out.toString());
    assertThat(routes.findValuesAsText("state"))
        .containsExactly("SHADOWING", "SHADOWING", "NO_CHALLENGER");
    assertThat(routes.get(0).at("/experiment/evidence/shedByReason/in_flight").asLong())
        .isEqualTo(3);
  }

  @Test
  void watch_notOnATerminal_repeatsWithoutCursorTricks() {
    assertThat(watch(3, false)).isZero();

    assertThat(out.toString().lines().filter(line -> line.startsWith("ROUTE"))).hasSize(3);
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void watch_onATerminal_clearsTheScreenEachTime() {
    assertThat(watch(2, true)).isZero();

    assertThat(out.toString().split("\u001b\\[H\u001b\\[2J", -1)).hasSize(3);
  }

  @Test
  void watch_asJson_isOneLineEachTime() {
    assertThat(watch(2, true, "--json")).isZero();

    assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.startsWith("[{\"name\""));
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void watch_whenTheInstanceGoesAway_goesOnAndSaysSo() {
    int[] looks = {0};
    StatusCommand.Pace closing =
        () -> {
          if (looks[0]++ == 0) {
            closeQuietly();
          }
          return looks[0] <= 2;
        };

    assertThat(run(withEnvironment(new StatusCommand(closing, false)), "--watch")).isZero();

    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("status: " + admin.url()));
  }

  @Test
  void verbs_withTheToken_areDoneAndSayWhatIsNow() {
    environment.put("SENTINEL_ADMIN_TOKEN", TOKEN);

    assertThat(verb(new PauseCommand(), "digits", "--reason", "night shift")).isZero();
    assertThat(verb(new ResumeCommand(), "digits")).isZero();
    assertThat(verb(new PromoteCommand(), "digits")).isZero();
    assertThat(verb(new RollbackCommand(), "digits")).isZero();
    assertThat(verb(new RestartCommand(), "digits")).isZero();
    assertThat(verb(new PauseCommand(), "a b/c")).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "digits: paused, digits-v1 answers",
            "digits: shadowing, digits-v1 answers",
            "digits: promoted, digits-v2 answers",
            "digits: rolled back, digits-v1 answers",
            "digits: shadowing, digits-v1 answers",
            "a b/c: paused, a b/c-v1 answers");
    assertThat(admin.decisions.log().get(0).reason()).isEqualTo("night shift");
    assertThat(admin.decisions.log().get(1).reason()).isEmpty();
  }

  @Test
  void verb_refused_exits1WithOneLine() {
    environment.put("SENTINEL_ADMIN_TOKEN", TOKEN);

    assertThat(verb(new ResumeCommand(), "digits")).isEqualTo(1);

    assertThat(err.toString().lines())
        .containsExactly("resume digits: digits is SHADOWING, which cannot RESUME");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void verb_notStored_exits1() {
    environment.put("SENTINEL_ADMIN_TOKEN", TOKEN);
    admin.decisions.failStorage("No space left on device");

    assertThat(verb(new PauseCommand(), "digits")).isEqualTo(1);
    assertThat(err.toString().lines()).containsExactly("pause digits: No space left on device");
  }

  @Test
  void rollback_notStored_isDoneAndWarns() {
    environment.put("SENTINEL_ADMIN_TOKEN", TOKEN);
    admin.decisions.failStorage("No space left on device");

    assertThat(verb(new RollbackCommand(), "digits")).isZero();
    assertThat(out.toString()).startsWith("digits: rolled back, ");
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("warning: digits: in force, but not written down")
        .endsWith("a restart before that would undo it");
  }

  @Test
  void verb_onAnUnknownRoute_exits2() {
    environment.put("SENTINEL_ADMIN_TOKEN", TOKEN);

    assertThat(verb(new PauseCommand(), "nobody")).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly("pause nobody: route nobody is not in the table");
  }

  @Test
  void verb_withoutOrWithAWrongToken_exits2AndSaysHowToGiveOne() {
    assertThat(verb(new PauseCommand(), "digits")).isEqualTo(2);
    environment.put("SENTINEL_ADMIN_TOKEN", "wrong");
    assertThat(verb(new PauseCommand(), "digits")).isEqualTo(2);

    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.contains("--token-file or SENTINEL_ADMIN_TOKEN"))
        .noneMatch(line -> line.contains("wrong\""));
    assertThat(admin.decisions.log()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "none,     2, 2, 'Authorization: none'",
    "unknown,  2, 2, 'Authorization: wrong'",
    "viewer,   0, 2, 'token v: a viewer''s (expected an operator''s)'",
    "operator, 0, 0, ''"
  })
  void commands_exitByWhatTheTokenAllows(String token, int status, int verb, String complaint)
      throws Exception {
    admin.close();
    admin = AdminFixture.of(VIEWER_AND_OPERATOR);
    admin.decisions.with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(1, 1)));
    admin.decisions.start();
    if (!token.equals("none")) {
      environment.put("SENTINEL_ADMIN_TOKEN", token + "-token");
    }

    assertThat(status()).isEqualTo(status);
    assertThat(verb(new PauseCommand(), "digits")).isEqualTo(verb);
    assertThat(verb(new RollbackCommand(), "digits")).isEqualTo(verb);

    assertThat(err.toString()).doesNotContain("viewer-token", "unknown-token");
    assertThat(err.toString().lines())
        .hasSize((status == 0 ? 0 : 1) + (verb == 0 ? 0 : 2))
        .allMatch(line -> line.contains(complaint));
    assertThat(admin.decisions.log()).hasSize(verb == 0 ? 2 : 0);
  }

  @Test
  void verb_afterTooManyWrongTokens_exits1AndSaysToWait() {
    environment.put("SENTINEL_ADMIN_TOKEN", "wrong");
    for (int i = 0; i < 10; i++) {
      assertThat(verb(new PauseCommand(), "digits")).isEqualTo(2);
    }
    environment.put("SENTINEL_ADMIN_TOKEN", TOKEN);

    assertThat(verb(new PauseCommand(), "digits")).isEqualTo(1);
    assertThat(err.toString())
        .contains("pause digits: too many wrong tokens from 127.0.0.1 (expected a pause of ");
    assertThat(admin.decisions.log()).isEmpty();
  }

  @Test
  void verb_withATokenFile_prefersItToTheVariable(@TempDir Path folder) throws IOException {
    environment.put("SENTINEL_ADMIN_TOKEN", "wrong");
    Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");

    assertThat(verb(new PauseCommand(), "digits", "--token-file", file.toString())).isZero();
  }

  @Test
  void verb_withABadTokenFile_exits2(@TempDir Path folder) throws IOException {
    Path none = folder.resolve("none");
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});

    for (Path file : List.of(none, empty, binary, folder)) {
      assertThat(verb(new PauseCommand(), "digits", "--token-file", file.toString())).isEqualTo(2);
    }
    assertThat(err.toString().lines().filter(line -> line.startsWith("--token-file: "))).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:9090", "ftp://x", "http://", "http://a b", "http://u@h", "http://h?q"})
  void admin_thatIsNoUrl_exits2(String url) {
    assertThat(run(withEnvironment(new StatusCommand()), List.of("--admin", url))).isEqualTo(2);
    assertThat(err.toString().lines().findFirst().orElseThrow())
        .startsWith("--admin: " + url)
        .endsWith("(expected http[s]://HOST:PORT)");
  }

  @Test
  void nobodyListening_exits3WithOneLine() throws Exception {
    int port = admin.port();
    admin.close();

    List<String> call = List.of("--admin", "http://127.0.0.1:" + port);
    assertThat(run(withEnvironment(new StatusCommand()), call)).isEqualTo(3);

    assertThat(err.toString().lines())
        .containsExactly("status: http://127.0.0.1:" + port + ": no instance answers there");
  }

  @Test
  void anInstanceThatIsStarting_exits3() throws Exception {
    try (AdminFixture starting = new AdminFixture(null)) {
      List<String> call = List.of("--admin", starting.url() + "/");
      assertThat(run(withEnvironment(new StatusCommand()), call)).isEqualTo(3);
      assertThat(err.toString()).contains("starting up or shutting down");
    }
  }

  @Test
  void anotherServer_exits3() throws Exception {
    HttpServer other =
        admin
            .vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end("<html>It works!</html>"))
            .listen(0, "127.0.0.1")
            .await(30, TimeUnit.SECONDS);

    List<String> call = List.of("--admin", "http://127.0.0.1:" + other.actualPort());
    assertThat(run(withEnvironment(new StatusCommand()), call)).isEqualTo(3);

    assertThat(err.toString()).contains("status 200, but not an answer of the admin API");
  }

  @Test
  void aPathThatIsNotTheApi_exits2() {
    List<String> call = List.of("--admin", admin.url() + "/nowhere");
    assertThat(run(withEnvironment(new StatusCommand()), call)).isEqualTo(2);
    assertThat(err.toString()).contains("is not part of this API");
  }

  @Test
  void silentServer_isGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0)) {
      URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      AdminReply reply = new AdminClient(url, null, Duration.ofMillis(200)).routes();

      assertThat(AdminAnswers.exitCode(reply)).isEqualTo(3);
      assertThat(AdminAnswers.complaint(reply)).startsWith(url + ": no answer in ");
    }
  }

  private int status(String... options) {
    return run(withEnvironment(new StatusCommand()), options);
  }

  private int watch(int looks, boolean terminal, String... options) {
    int[] left = {looks};
    StatusCommand command = new StatusCommand(() -> --left[0] > 0, terminal);
    String[] all = new String[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = "--watch";
    return run(withEnvironment(command), all);
  }

  private StatusCommand withEnvironment(StatusCommand command) {
    command.admin.environment = environment::get;
    return command;
  }

  private int verb(RouteActionCommand command, String... arguments) {
    command.admin.environment = environment::get;
    return run(command, arguments);
  }

  private int run(Callable<Integer> command, String... arguments) {
    List<String> all = new java.util.ArrayList<>(List.of("--admin", admin.url()));
    all.addAll(List.of(arguments));
    return run(command, all);
  }

  private int run(Callable<Integer> command, List<String> arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments.toArray(String[]::new));
  }

  private void closeQuietly() {
    try {
      admin.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
