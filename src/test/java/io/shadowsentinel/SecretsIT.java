package io.shadowsentinel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants secrets wherever a user of the program has some, makes it work and fail with them, and
 * then looks through everything it wrote: its output at the finest level, every answer of the admin
 * port, what its commands print, its state directory, and its command line.
 */
class SecretsIT {
  private static final String OPERATOR = "PLANTED-operator-token-51c1";
  private static final String CI = "PLANTED-ci-token-77ab42";
  private static final String NEXT_CI = "PLANTED-next-ci-token-90fe";
  private static final String VIEWER = "PLANTED-viewer-token-3d20";
  private static final String GUESS = "PLANTED-guess-of-a-token-1b";
  private static final String SHORT = "PLANTED-short";
  private static final String MATCHED = "PLANTED-matched-key-8812";
  private static final String TO_CHALLENGER = "PLANTED-key-of-the-challenger";
  private static final String USER_TOKEN = "PLANTED-user-token";
  private static final String COOKIE = "PLANTED-session-cookie";
  private static final String BODY_KEY = "PLANTED-key-in-a-body";
  private static final String QUERY_KEY = "PLANTED-key-in-a-query";
  private static final String QUERY_TEXT = "PLANTED-text-in-a-query";
  private static final String ANSWERED = "PLANTED-value-in-an-answer";
  private static final String HOOK_USER = "PLANTED-hook-user:PLANTED-hook-password";
  private static final String HOOK_PATH = "PLANTED-hook-path";
  private static final String HOOK_QUERY = "PLANTED-hook-query";
  private static final String SLACK_PATH = "T0/B0/PLANTED-slack-path";
  private static final String JUDGE_USER = "judge:PLANTED-judge-password";
  private static final String JUDGE_PATH = "PLANTED-judge-path";

  /** Every planted secret holds this, and nothing else does. */
  private static final String MARK = "PLANTED";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path temp;
  private Path config;
  private Path viewerFile;
  private final Map<String, String> written = new LinkedHashMap<>();
  private final List<FakeUpstream> servers = new ArrayList<>();

  @AfterEach
  void close() {
    servers.forEach(FakeUpstream::close);
  }

  private FakeUpstream answering(String body) {
    FakeUpstream server = FakeUpstream.answering(Reply.json(body));
    servers.add(server);
    return server;
  }

  private void configure(String text) throws IOException {
    Path next = Files.writeString(temp.resolve("next.yaml"), text);
    Files.move(next, config, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void secretsOfUsersAndOperators_areInNothingThatIsWritten() throws Exception {
    FakeUpstream champion =
        answering("{\"prediction\":1,\"user\":{\"mail\":\"" + ANSWERED + "\"},\"n\":1.50}");
    FakeUpstream challenger =
        answering("{\"prediction\":2,\"user\":{\"mail\":\"" + ANSWERED + "\"},\"n\":1.50}");
    FakeUpstream failing =
        FakeUpstream.start(
            Behaviours.sequence(
                Behaviours.reply(Reply.json("{\"error\":\"" + ANSWERED + "\"}").withStatus(500)),
                Behaviours.garbage(),
                Behaviours.resetOnRequest(),
                Behaviours.reply(Reply.json("{\"x\": " + ANSWERED + "}"))));
    servers.add(failing);
    FakeUpstream judge = answering("{\"agree\": \"" + ANSWERED + "\"}");
    FakeUpstream hook = answering("{}");
    config = temp.resolve("sentinel.yaml");
    viewerFile = Files.writeString(temp.resolve("viewer-token"), VIEWER + "\n");
    String yaml = yaml(champion, challenger, failing, judge, hook);
    configure(yaml.formatted(CI));

    Map<String, String> environment =
        Map.of("SENTINEL_LOG_LEVEL", "TRACE", "SENTINEL_ADMIN_TOKEN", OPERATOR);
    check(environment);
    SentinelProcess sentinel =
        SentinelProcess.launch(environment, "run", "--config", config.toString()).awaitListening();
    try (sentinel) {
      written.put(
          "command line",
          Files.readString(Path.of("/proc/" + sentinel.pid() + "/cmdline"), ISO_8859_1));
      traffic(sentinel);
      assertThat(hook.awaitRequest(Duration.ofSeconds(20)))
          .satisfies(
              alert -> {
                assertThat(alert.target()).contains(HOOK_PATH).contains(HOOK_QUERY);
                assertThat(alert.header("Authorization")).contains(base64(HOOK_USER));
              });
      actions(sentinel, CI);
      reading(sentinel);
      commands(sentinel);
      reload(sentinel, yaml);
      challenger.close();
      champion.behave(Behaviours.resetOnRequest());
      send(sentinel, "kept", 3);
      reading(sentinel);
      assertThat(sentinel.terminate()).as(sentinel.output()).isEqualTo(143);
    }
    written.put("output", sentinel.output());
    stateDirectory();

    assertThat(leaks()).isEmpty();
    // And all of it did happen.
    assertThat(sentinel.output()).contains(" DEBUG ").contains("by operator (ci from 127.0.0.1)");
    assertThat(written.get("state/conflicts.jsonl"))
        .contains("championBody")
        .contains("\\\"mail\\\":\\\"[redacted]\\\"")
        .contains("\\\"n\\\":1.50")
        .contains("api_key=[redacted]");
    assertThat(written.keySet()).anyMatch(name -> name.startsWith("state/outbox/00"));
  }

  /** Where something of a secret was found, and what is around it. */
  private List<String> leaks() {
    List<String> leaks = new ArrayList<>();
    written.forEach(
        (where, text) -> {
          for (String secret : List.of(MARK, base64(HOOK_USER), base64(JUDGE_USER))) {
            int at = text.indexOf(secret);
            if (at >= 0) {
              int end = Math.min(text.length(), at + 60);
              leaks.add(where + ": " + text.substring(Math.max(0, at - 60), end));
            }
          }
        });
    return leaks;
  }

  private String yaml(
      FakeUpstream champion,
      FakeUpstream challenger,
      FakeUpstream failing,
      FakeUpstream judge,
      FakeUpstream hook) {
    String models =
        """
            champion: { name: v1, urls: [ "%s" ] }
            challenger: { name: v2, urls: [ "%s" ] }
        """
            .indent(0);
    return """
        listen: { host: 127.0.0.1, port: 0 }
        admin:
          host: 127.0.0.1
          port: 0
          token: ${SENTINEL_ADMIN_TOKEN}
          tokens:
            - { name: ci, role: operator, token: "%%s" }
            - { name: grafana, role: viewer, tokenFile: "VIEWER_FILE" }
          readAccess: token
          metricsAccess: token
        state: { directory: "STATE" }
        routes:
          - name: kept
            match: { path: /kept, headers: { X-Api-Key: MATCHED } }
        KEPT_MODELS
            mirror: { setHeaders: { Authorization: "Bearer TO_CHALLENGER" } }
            compare: { format: json, label: /prediction }
            decide: { minRequests: 20 }
            conflicts: { keepBodies: true, redact: [ "/user/*" ] }
          - name: plain
            match: { path: /plain }
        KEPT_MODELS
            compare: { format: json }
          - name: failing
            match: { path: /failing }
        FAILING_MODELS
            timeout: 2s
          - name: judged
            match: { path: /judged }
        KEPT_MODELS
            compare: { format: text, text: { mode: judge, judge: { url: "JUDGE" } } }
        alerts:
          - { type: webhook, url: "HOOK", actions: [ ROLLBACK, PAUSE, RESUME ] }
          - { type: slack, url: "SLACK" }
        """
        .replace("VIEWER_FILE", viewerFile.toString())
        .replace("STATE\"", temp.resolve("state") + "\"")
        .replace("X-Api-Key: MATCHED", "X-Api-Key: " + MATCHED)
        .replace("Bearer TO_CHALLENGER", "Bearer " + TO_CHALLENGER)
        .replace("KEPT_MODELS", models.formatted(champion.url(), challenger.url()).stripTrailing())
        .replace("FAILING_MODELS", models.formatted(champion.url(), failing.url()).stripTrailing())
        .replace(
            "JUDGE\"", judge.url().replace("//", "//" + JUDGE_USER + "@") + "/" + JUDGE_PATH + "\"")
        .replace(
            "HOOK\"",
            hook.url().replace("//", "//" + HOOK_USER + "@")
                + "/"
                + HOOK_PATH
                + "?token="
                + HOOK_QUERY
                + "\"")
        .replace("SLACK\"", FakeUpstream.refusingUrl() + "/services/" + SLACK_PATH + "\"")
        .replace("%%s", "%s");
  }

  private static void send(SentinelProcess sentinel, String route, int count) {
    try (RawClient client = RawClient.connect(sentinel.port())) {
      for (int i = 0; i < count; i++) {
        client.exchange(
            RawClient.post(
                "/"
                    + route
                    + "?api_key="
                    + QUERY_KEY
                    + (route.equals("kept") ? "" : "&q=" + QUERY_TEXT),
                "{\"x\":" + i + ",\"api_key\":\"" + BODY_KEY + "\"}",
                "Authorization: Bearer " + USER_TOKEN,
                "Cookie: session=" + COOKIE,
                "X-Api-Key: " + MATCHED));
      }
    }
  }

  private void traffic(SentinelProcess sentinel) {
    for (String route : List.of("plain", "failing", "judged", "nowhere")) {
      send(sentinel, route, 8);
    }
    send(sentinel, "kept", 20);
    for (String broken :
        List.of(
            "GET /plain?api_key="
                + QUERY_KEY
                + " HTTP/1.1\r\nHost: a\r\nBad "
                + COOKIE
                + "\r\n\r\n",
            "GET /plain HTTP/1.1\r\nHost: a\r\nAuthorization: " + USER_TOKEN + "\r\n b\r\n\r\n",
            "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\nCookie: "
                + COOKIE
                + "\r\n\r\n",
            "POST /plain HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n" + BODY_KEY)) {
      try (RawClient client = RawClient.connect(sentinel.port())) {
        client.send(broken).shutdownOutput();
        client.readSome(10_000);
      }
    }
    Await.until(
        "the pairs are judged and decided on",
        Duration.ofSeconds(30),
        () -> call(sentinel, "GET", "/api/v1/routes/kept", VIEWER).contains("ROLLED_BACK"));
  }

  private void actions(SentinelProcess sentinel, String token) {
    String route = "/api/v1/routes/plain/";
    assertThat(call(sentinel, "POST", route + "pause", token)).contains("PAUSED");
    assertThat(call(sentinel, "POST", route + "resume", token)).contains("SHADOWING");
    assertThat(call(sentinel, "POST", route + "resume", token)).contains("409");
    assertThat(call(sentinel, "POST", route + "pause", VIEWER)).contains("403");
    assertThat(call(sentinel, "POST", route + "pause", GUESS)).contains("401");
    assertThat(call(sentinel, "POST", "/api/v1/routes/none/pause", OPERATOR)).contains("404");
    assertThat(call(sentinel, "POST", route + "pause", OPERATOR + "x")).contains("401");
  }

  private void reading(SentinelProcess sentinel) {
    for (String path :
        List.of(
            "/api/v1/routes",
            "/api/v1/routes/kept",
            "/api/v1/routes/kept/differences",
            "/api/v1/routes/kept/confusion",
            "/api/v1/routes/kept/latency",
            "/api/v1/decisions",
            "/api/v1/conflicts?limit=1000",
            "/metrics",
            "/health/live",
            "/health/ready",
            "/",
            "/nowhere")) {
      for (String token : List.of(VIEWER, "")) {
        call(sentinel, "GET", path, token);
      }
    }
    events(sentinel);
  }

  /** What a listener is told at first. */
  private void events(SentinelProcess sentinel) {
    URI admin = URI.create(sentinel.adminUrl());
    try (RawClient client = RawClient.connect(admin.getPort())) {
      client.send(
          "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 0\r\nAuthorization: Bearer "
              + VIEWER
              + "\r\n\r\n");
      StringBuilder told = new StringBuilder();
      while (told.indexOf("event: route") < 0) {
        told.append(new String(client.readSome(10_000), UTF_8));
      }
      record("events", told.toString());
    }
  }

  private String call(SentinelProcess sentinel, String method, String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(sentinel.adminUrl() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> answer =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String all = answer.statusCode() + " " + answer.headers().map() + "\n" + answer.body();
      record(method + " " + path, all);
      return all;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void record(String where, String text) {
    written.merge(where, text, (a, b) -> a + "\n" + b);
  }

  private void check(Map<String, String> environment) throws IOException {
    run(environment, 0, "check", "--config", config.toString());
    String good = Files.readString(config);
    Path bad = temp.resolve("bad.yaml");
    for (String[] change :
        new String[][] {
          {CI, SHORT},
          {CI, CI + " " + CI},
          {"token: \"" + CI + "\"", "token: [ " + CI + " ]"},
          {"token: \"" + CI + "\"", "token: \"" + CI + "${\""},
          {"token: \"" + CI + "\"", "token: \"" + CI},
          {"urls: [ \"http://", "urls: [ \"http://" + JUDGE_USER + "@"},
          {"/services/" + SLACK_PATH, "/services/" + SLACK_PATH + "#x"},
          {"Bearer " + TO_CHALLENGER, "Bearer " + TO_CHALLENGER + "\\n"},
          {"X-Api-Key: " + MATCHED, "X-Api-Key: \" " + MATCHED + "\""}
        }) {
      String changed = good.replace(change[0], change[1]);
      assertThat(changed).isNotEqualTo(good);
      Files.writeString(bad, changed);
      run(environment, 2, "check", "--config", bad.toString());
    }
  }

  private void commands(SentinelProcess sentinel) throws IOException {
    String url = sentinel.adminUrl();
    Path guess = Files.writeString(temp.resolve("guess"), GUESS);
    Path none = Files.writeString(temp.resolve("none"), GUESS + " " + GUESS);
    run(Map.of("SENTINEL_ADMIN_TOKEN", VIEWER), 0, "status", "--admin", url);
    run(Map.of("SENTINEL_ADMIN_TOKEN", VIEWER), 0, "status", "--json", "--admin", url);
    run(Map.of("SENTINEL_ADMIN_TOKEN", VIEWER), 2, "promote", "plain", "--admin", url);
    run(Map.of(), 2, "status", "--token-file", guess.toString(), "--admin", url);
    run(Map.of(), 2, "pause", "plain", "--token-file", none.toString(), "--admin", url);
    run(Map.of("SENTINEL_ADMIN_TOKEN", GUESS + "\n"), 2, "status", "--admin", url);
    run(
        Map.of("SENTINEL_ADMIN_TOKEN", OPERATOR),
        0,
        "--force-rollback=plain",
        "--verbose",
        "--admin",
        url);
  }

  private void run(Map<String, String> environment, int exitCode, String... arguments) {
    try (SentinelProcess command = SentinelProcess.launch(environment, arguments)) {
      int code = command.awaitExit();
      record(String.join(" ", arguments), command.output());
      assertThat(code).as(command.output()).isEqualTo(exitCode);
    }
  }

  /** The file changes, and so do the tokens; a bad one changes nothing. */
  private void reload(SentinelProcess sentinel, String yaml) throws IOException {
    configure(yaml.formatted(SHORT));
    Await.until(
        "the bad config is refused",
        () -> sentinel.output().contains("config refused: " + config + ":7:42: admin.tokens[0]"));
    assertThat(call(sentinel, "POST", "/api/v1/routes/plain/restart", CI)).contains("SHADOWING");

    configure(yaml.formatted(NEXT_CI));
    Await.until("the next is applied", () -> sentinel.output().contains("config applied"));
    assertThat(call(sentinel, "GET", "/api/v1/routes", NEXT_CI)).startsWith("200");
    assertThat(call(sentinel, "GET", "/api/v1/routes", CI)).startsWith("401");

    Files.writeString(viewerFile, NEXT_CI + "-of-grafana");
    String read = "admin token grafana: read anew from ";
    Await.until("the file is read again", () -> sentinel.output().contains(read));
    assertThat(call(sentinel, "GET", "/api/v1/routes", NEXT_CI + "-of-grafana")).startsWith("200");
    assertThat(call(sentinel, "GET", "/api/v1/routes", VIEWER)).startsWith("401");
    Files.writeString(viewerFile, VIEWER);
    Await.until(
        "the file is read once more",
        () -> sentinel.output().indexOf(read) != sentinel.output().lastIndexOf(read));
  }

  private void stateDirectory() throws IOException {
    Path state = temp.resolve("state");
    try (Stream<Path> files = Files.walk(state)) {
      for (Path file : files.toList()) {
        boolean directory = Files.isDirectory(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo(directory ? "rwx------" : "rw-------");
        if (!directory) {
          written.put("state/" + state.relativize(file), Files.readString(file, ISO_8859_1));
        }
      }
    }
    assertThat(written)
        .containsKeys("state/decisions.jsonl", "state/conflicts.jsonl", "state/routing.json");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
