package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The product as its users have it: the jar, a config, and servers that are not ours. */
@Timeout(180)
class SystemIT {
  private static final byte[] POST = RawClient.post("/predict", "{\"x\":[1,2,3]}");

  @TempDir Path temp;
  private RealServers servers;
  private Path config;

  @BeforeEach
  void setUp() {
    servers = new RealServers(temp);
    config = temp.resolve("sentinel.yaml");
  }

  @AfterEach
  void stopServers() {
    servers.close();
  }

  private void configure(String champion, String challenger, String more) throws IOException {
    Path next = temp.resolve("next.yaml");
    Files.writeString(
        next,
        String.format(
            Locale.ROOT,
            """
            listen: { host: 127.0.0.1, port: 0 }
            admin: { host: 127.0.0.1, port: 0 }
            state: { directory: %s }
            routes:
              - name: m
                match: { path: / }
                champion: { name: v1, urls: [ "%s" ] }
                challenger: { name: v2, urls: [ "%s" ] }
                compare: { format: json, label: /prediction, confidence: /probability }
            %s
            """,
            temp.resolve("state"),
            champion,
            challenger,
            more));
    Files.move(next, config, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void send(SentinelProcess sentinel, int count, String wantedModel) {
    try (RawClient client = RawClient.connect(sentinel.port())) {
      for (int i = 0; i < count; i++) {
        RawResponse answer = client.exchange(POST);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.bodyText()).contains(wantedModel);
      }
    }
  }

  /** Eligible = rated + incomparable + shed + in flight, with nothing in flight any more. */
  private static JsonNode awaitBooks(SentinelProcess sentinel, String trial, long eligible) {
    return Await.value(
        "the books of " + trial + " close at " + eligible,
        () -> sentinel.route("m").path(trial).path("evidence"),
        evidence ->
            evidence.path("eligible").asLong() == eligible
                && evidence.path("inFlight").asLong() == 0
                && evidence.path("rated").asLong()
                        + evidence.path("incomparable").asLong()
                        + evidence.path("shed").asLong()
                    == eligible);
  }

  @Test
  void promoted_rolledBackByForce_killedAndRestarted_isAsDecided() throws Exception {
    configure(servers.nginx(), servers.python(10), "");
    String experiment;
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      send(sentinel, 199, "nginx");
      JsonNode before = awaitBooks(sentinel, "experiment", 199);
      assertThat(before.path("rated").asLong()).isEqualTo(199);
      assertThat(sentinel.route("m").path("state").asText()).isEqualTo("SHADOWING");

      send(sentinel, 1, "nginx");
      JsonNode promoted = sentinel.awaitState("m", "PROMOTED");
      assertThat(promoted.path("champion").path("name").asText()).isEqualTo("v2");
      assertThat(promoted.path("standby").path("name").asText()).isEqualTo("v1");
      assertThat(promoted.path("challenger").isNull()).isTrue();
      JsonNode decision = promoted.path("decision");
      assertThat(decision.path("decision").asText()).isEqualTo("PROMOTE");
      assertThat(decision.path("by").asText()).isEqualTo("auto");
      assertThat(decision.path("evidence").path("rated").asLong()).isEqualTo(200);
      assertThat(decision.path("evidence").path("agree").asLong()).isEqualTo(180);
      assertThat(decision.path("evidence").path("highConfidenceConflicts").asLong()).isEqualTo(20);
      experiment = promoted.path("experiment").path("id").asText();

      // From here on the challenger answers users, and the former champion is mirrored.
      send(sentinel, 30, "python");
      awaitBooks(sentinel, "watch", 30);
      sentinel.kill();
    }
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      assertThat(sentinel.route("m").path("state").asText()).isEqualTo("PROMOTED");
      send(sentinel, 3, "python");

      SentinelProcess.Finished brake =
          SentinelProcess.command(
              "--force-rollback=m", "--admin", sentinel.adminUrl(), "--reason", "night call");
      assertThat(brake.exitCode()).as(brake.output()).isZero();
      assertThat(sentinel.route("m").path("state").asText()).isEqualTo("ROLLED_BACK");
      send(sentinel, 3, "nginx");
      sentinel.kill();
    }
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      JsonNode route = sentinel.route("m");
      assertThat(route.path("state").asText()).isEqualTo("ROLLED_BACK");
      assertThat(route.path("champion").path("name").asText()).isEqualTo("v1");
      assertThat(route.path("experiment").path("id").asText()).isEqualTo(experiment);
      send(sentinel, 3, "nginx");
      JsonNode log = sentinel.json("/api/v1/decisions");
      assertThat(log.findValuesAsText("decision")).containsExactly("ROLLBACK", "PROMOTE");
      assertThat(log.get(0).path("reason").asText()).isEqualTo("night call");
      assertThat(log.get(0).path("by").asText()).isEqualTo("operator");
    }
  }

  @Test
  void tooLittleAgreement_rollsBack_andTheAlertArrives() throws Exception {
    try (FakeUpstream receiver = FakeUpstream.answering(Reply.json("{}"))) {
      configure(
          servers.nginx(),
          servers.python(2),
          "alerts:\n  - { type: webhook, url: \"" + receiver.url() + "/alert\" }");
      try (SentinelProcess sentinel = SentinelProcess.run(config)) {
        send(sentinel, 199, "nginx");
        awaitBooks(sentinel, "experiment", 199);
        send(sentinel, 1, "nginx");

        sentinel.awaitState("m", "ROLLED_BACK");
        send(sentinel, 20, "nginx");
        JsonNode alert = new ObjectMapper().readTree(receiver.awaitRequest().body());
        assertThat(alert.path("route").asText()).isEqualTo("m");
        assertThat(alert.path("decision").asText()).isEqualTo("ROLLBACK");
        assertThat(alert.path("evidence").path("rated").asLong()).isEqualTo(200);
        assertThat(alert.path("evidence").path("agree").asLong()).isEqualTo(100);
        JsonNode conflicts = sentinel.json("/api/v1/conflicts?limit=1");
        assertThat(conflicts.get(0).path("championLabel").asText()).isEqualTo("3");
        assertThat(conflicts.get(0).path("challengerLabel").asText()).isEqualTo("4");
        assertThat(conflicts.get(0).path("highConfidence").asBoolean()).isTrue();
      }
    }
  }

  @Test
  void config_isReloaded_andABadOneIsRefused() throws Exception {
    String nginx = servers.nginx();
    configure(nginx, servers.python(0), "");
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      send(sentinel, 20, "nginx");
      awaitBooks(sentinel, "experiment", 20);
      String first = sentinel.route("m").path("experiment").path("id").asText();

      configure("ftp://no", "http://127.0.0.1:1", "");
      Await.until(
          "the bad config is refused",
          () -> sentinel.get("/metrics").contains("config_reloads_total{result=\"refused\"} 1.0"));
      assertThat(sentinel.output()).contains("sentinel.yaml:7:35: champion.urls[0]: ftp://no");
      send(sentinel, 10, "nginx");
      awaitBooks(sentinel, "experiment", 30);

      configure(nginx, servers.python(0), "");
      JsonNode next =
          Await.value(
              "a new challenger opens a new experiment",
              () -> sentinel.route("m"),
              route -> !route.path("experiment").path("id").asText().equals(first));
      assertThat(next.path("state").asText()).isEqualTo("SHADOWING");
      assertThat(next.path("experiment").path("evidence").path("rated").asLong()).isZero();
      send(sentinel, 5, "nginx");
      awaitBooks(sentinel, "experiment", 5);
    }
  }

  @Test
  void metrics_findNothingForPromtoolToSay() throws Exception {
    configure(servers.nginx(), servers.python(3), "");
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      send(sentinel, 50, "nginx");
      awaitBooks(sentinel, "experiment", 50);
      Process promtool =
          new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
      promtool.getOutputStream().write(sentinel.get("/metrics").getBytes());
      promtool.getOutputStream().close();
      String complaints = new String(promtool.getInputStream().readAllBytes());

      assertThat(promtool.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(complaints).isEmpty();
      assertThat(promtool.exitValue()).isZero();
      for (String name :
          List.of(
              "requests_total{code=\"200\",route=\"m\"} 50.0",
              "request_duration_seconds_bucket{route=\"m\"",
              "upstream_duration_seconds_count{role=\"challenger\",route=\"m\"} 50",
              "comparisons_total{outcome=\"agree\",route=\"m\"} 34.0",
              "shed_total{reason=\"in_flight\",route=\"m\"} 0.0",
              "coverage_ratio{route=\"m\"} 1.0",
              "agreement_ratio{route=\"m\"} 0.68",
              "rated_comparisons{route=\"m\"} 50.0",
              "confidence_gap{route=\"m\"} 0.0",
              "high_confidence_conflicts_total{route=\"m\"} 16.0",
              "mirrors_in_flight{route=\"m\"} 0.0",
              "route_state{route=\"m\",state=\"SHADOWING\"} 1.0",
              "decisions_total{by=\"auto\",decision=\"PROMOTE\",route=\"m\"} 0.0",
              "config_reloads_total{result=\"applied\"} 0.0",
              "routing_table_version{route=\"m\"} 1.0")) {
        assertThat(sentinel.get("/metrics")).contains("shadow_sentinel_" + name);
      }
    }
  }

  @Test
  void terminated_writesItsEvidenceDown_andContinuesFromThere() throws Exception {
    configure(servers.nginx(), servers.python(0), "");
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      send(sentinel, 120, "nginx");
      assertThat(sentinel.terminate()).as(sentinel.output()).isEqualTo(143);
      assertThat(sentinel.output()).contains("stopped");
    }
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      assertThat(awaitBooks(sentinel, "experiment", 120).path("agree").asLong()).isEqualTo(120);
      send(sentinel, 80, "nginx");
      sentinel.awaitState("m", "PROMOTED");
    }
  }

  @Test
  void startedWithForceRollback_answersFromTheChampion_whateverWasDecided() throws Exception {
    configure(servers.nginx(), servers.python(0), "");
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      send(sentinel, 200, "nginx");
      sentinel.awaitState("m", "PROMOTED");
      sentinel.kill();
    }
    try (SentinelProcess sentinel = SentinelProcess.run(config, "--force-rollback")) {
      assertThat(sentinel.route("m").path("state").asText()).isEqualTo("ROLLED_BACK");
      send(sentinel, 5, "nginx");
    }
  }

  @Test
  void secondInstance_onTheSameDirectory_isRefused() throws Exception {
    configure(servers.nginx(), servers.python(0), "");
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      SentinelProcess.Finished second =
          SentinelProcess.command("run", "--config", config.toString());

      assertThat(second.exitCode()).isEqualTo(2);
      assertThat(second.output()).contains(temp.resolve("state").toString());
      send(sentinel, 1, "nginx");
    }
  }

  @Test
  void faultsOfTheCommandLine_areOneLine_withTheirExitCode() throws Exception {
    Files.writeString(config, "routes: 7\nlisten: { port: 99999 }\n");
    SentinelProcess.Finished run = SentinelProcess.command("run", "--config", config.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output())
        .contains(config + ":1:", config + ":2:")
        .doesNotContain("\tat ", "Exception");

    SentinelProcess.Finished noInstance =
        SentinelProcess.command("status", "--admin", FakeUpstream.refusingUrl());
    assertThat(noInstance.exitCode()).isEqualTo(3);

    SentinelProcess.Finished badUsage = SentinelProcess.command("explode");
    assertThat(badUsage.exitCode()).isEqualTo(2);
    assertThat(SentinelProcess.command("--version").output()).contains("Shadow Sentinel 0.1.0");
    assertThat(SentinelProcess.command().exitCode()).isEqualTo(2);
  }

  @Test
  void demo_promotesTheGoodChallenger() {
    SentinelProcess.Finished demo =
        SentinelProcess.command(
            "demo", "--exit-after-decision", "--port", "0", "--admin-port", "0");

    assertThat(demo.exitCode()).as(demo.output()).isZero();
    assertThat(demo.output())
        .contains("DECISION: PROMOTE  SHADOWING -> PROMOTED")
        .contains("200 rated: 187 agree, 13 disagree, 0 challenger errors; agreement 93.5 %")
        .contains("digits-v2-good answers them now; 0 of ");
  }

  @Test
  void demo_rollsTheBadChallengerBack_andShowsTheAlert() {
    SentinelProcess.Finished demo =
        SentinelProcess.command(
            "demo",
            "--challenger",
            "bad",
            "--exit-after-decision",
            "--port",
            "0",
            "--admin-port",
            "0");

    assertThat(demo.exitCode()).as(demo.output()).isZero();
    assertThat(demo.output())
        .contains("DECISION: ROLLBACK  SHADOWING -> ROLLED_BACK")
        .contains("digits-v1 answers them now; 0 of ")
        .contains("received by the demo's webhook")
        .contains("\"decision\":\"ROLLBACK\"");
  }

  @Test
  void servedModels_behindTheProxy_areCompared() throws Exception {
    int championPort = FakeUpstream.refusingPort();
    int challengerPort = FakeUpstream.refusingPort();
    try (SentinelProcess champion = serve("champion", championPort);
        SentinelProcess challenger = serve("challenger-good", challengerPort)) {
      Await.until("the champion serves", Duration.ofSeconds(60), () -> serves(championPort));
      Await.until("the challenger serves", Duration.ofSeconds(60), () -> serves(challengerPort));
      String demo =
          Files.readString(Path.of("conf/demo.yaml"))
              .replace(":9001", ":" + championPort)
              .replace(":9002", ":" + challengerPort)
              .replaceAll("port: 8080", "port: 0")
              .replaceAll("port: 9090", "port: 0")
              .replaceAll("directory: [^ }]+", "directory: " + temp.resolve("state"));
      Files.writeString(config, demo);
      try (SentinelProcess sentinel = SentinelProcess.run(config);
          RawClient client = RawClient.connect(sentinel.port())) {
        for (String row : Files.readAllLines(Path.of("models/digits/data/replay.csv"))) {
          String pixels = row.substring(0, row.lastIndexOf(','));
          RawResponse answer =
              client.exchange(
                  RawClient.post(
                      "/v2/models/digits/infer",
                      "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,64],"
                          + "\"data\":["
                          + pixels
                          + "]}]}"));
          assertThat(answer.status()).isEqualTo(200);
        }
        sentinel.awaitState(
            sentinel.json("/api/v1/routes").get(0).path("name").asText(), "PROMOTED");
      }
      assertThat(champion.output() + challenger.output()).doesNotContain("Exception");
    }
  }

  private static SentinelProcess serve(String model, int port) {
    return SentinelProcess.start(
        "serve-model",
        "--model",
        "models/digits/" + model + ".onnx",
        "--name",
        "digits",
        "--port",
        "" + port);
  }

  private static boolean serves(int port) {
    try {
      return RawClient.once(port, RawClient.get("/v2/health/ready")).status() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }
}
