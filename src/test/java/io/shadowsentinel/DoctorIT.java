package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged {@code sentinel doctor} before healthy and sick surroundings. */
@Timeout(180)
class DoctorIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Reply THREE = Reply.json("{\"prediction\": 3, \"probability\": 0.95}");
  private static final String PROBE =
      "{\"method\":\"POST\",\"path\":\"/predict\",\"body\":{\"x\":[1,2,3]}}";

  @TempDir Path temp;
  private final int port = FakeUpstream.refusingPort();
  private final int adminPort = FakeUpstream.refusingPort();

  private Path config(String champion, String challenger, Path state, String more)
      throws IOException {
    return Files.writeString(
        temp.resolve("sentinel.yaml"),
        """
        listen: { host: 127.0.0.1, port: %d }
        admin: { host: 127.0.0.1, port: %d }
        state: { directory: "%s" }
        routes:
          - name: m
            champion: { name: v1, urls: [ "%s" ] }
            challenger: { name: v2, urls: [ "%s" ] }
            mirror:
              removeHeaders: [ Authorization ]
              setHeaders: { X-Model: v2 }
              rewritePath: { pattern: ^/predict, replacement: /v2/predict }
              patchBody: [ { op: add, path: /model, value: v2 } ]
            compare: { format: json, label: /prediction, confidence: /probability }
            decide: { auto: false }
        %s
        """
            .formatted(port, adminPort, state, champion, challenger, more));
  }

  private static SentinelProcess.Finished doctor(Path config, String... more) {
    List<String> call = new ArrayList<>(List.of("doctor", "--config", config.toString()));
    call.addAll(List.of(more));
    return SentinelProcess.command(call.toArray(String[]::new));
  }

  private Path probe(String line) throws IOException {
    return Files.writeString(temp.resolve("probe.jsonl"), line + "\n");
  }

  @Test
  void surroundings_healthy_areFoundSo_andAProbeIsSentAsTheProxyWould() throws Exception {
    try (RealServers servers = new RealServers(temp);
        FakeUpstream challenger = FakeUpstream.answering(THREE);
        FakeUpstream receiver = FakeUpstream.answering(Reply.json("{}"))) {
      String alerts = "alerts: [ { type: webhook, url: \"" + receiver.url() + "/secret\" } ]";
      Path config = config(servers.nginx(), challenger.url(), temp.resolve("state"), alerts);
      String authorised =
          PROBE.replace("\"body\"", "\"headers\":{\"Authorization\":\"x\"},\"body\"");

      SentinelProcess.Finished seen = doctor(config, "--probe", probe(authorised).toString());

      assertThat(seen.exitCode()).as(seen.output()).isZero();
      assertThat(seen.output())
          .contains("RESULT  CHECK")
          .contains("m champion v1 http://127.0.0.1")
          .contains("connected to 127.0.0.1 in ")
          .contains("GET /: 200 in ")
          .contains(
              "read as json, first row 3 (confidence 0.900) and 3 (confidence 0.950); the two agree")
          .contains("is not there yet, and can be made")
          .contains("Nothing is wrong")
          .doesNotContain("secret");
      assertThat(temp.resolve("state")).doesNotExist();
      // The challenger was asked for its health first.
      assertThat(challenger.awaitRequest().method()).isEqualTo("GET");
      var sent = challenger.awaitRequest();
      assertThat(sent.target()).isEqualTo("/v2/predict");
      assertThat(sent.bodyText()).isEqualTo("{\"x\":[1,2,3],\"model\":\"v2\"}");
      assertThat(sent.header("X-Model")).isEqualTo("v2");
      assertThat(sent.header("X-Shadow-Request")).isEqualTo("true");
      assertThat(sent.header("Authorization")).isNull();
    }
  }

  @Test
  void surroundings_sick_areToldOneByOne_withWhatToDo() throws Exception {
    try (FakeUpstream garbage = FakeUpstream.start(Behaviours.garbage());
        FakeUpstream takesThePort = FakeUpstream.startOn(port, Behaviours.reply(THREE))) {
      String alerts =
          "alerts: [ { type: webhook, url: \"" + FakeUpstream.refusingUrl() + "/secret\" } ]";
      Path config =
          config(
              FakeUpstream.refusingUrl(), garbage.url(), Path.of("/proc/sentinel/state"), alerts);

      SentinelProcess.Finished seen = doctor(config, "--json");

      assertThat(seen.exitCode()).as(seen.output()).isEqualTo(1);
      // The output has stderr too: on a busy machine Vert.x may have told there that a thread
      // waits.
      String told = seen.output();
      JsonNode report = JSON.readTree(told.substring(told.indexOf('{')));
      assertThat(report.path("ok").asBoolean()).isFalse();
      assertThat(report.path("failed").asInt()).isEqualTo(4);
      assertThat(failed(report))
          .satisfiesExactly(
              champion -> assertThat(champion).contains("v1", "nothing listens at 127.0.0.1 port"),
              challenger ->
                  assertThat(challenger).contains("v2", "takes connections, and does not answer"),
              state -> assertThat(state).contains("/proc/sentinel/state", "cannot be written to"),
              ports -> assertThat(ports).contains("listen", "taken by another program"));
      assertThat(report.path("warnings").asInt()).isEqualTo(1);
      assertThat(seen.output()).contains("webhook http://127.0.0.1").doesNotContain("secret");
      report
          .path("findings")
          .forEach(
              each -> {
                if (!each.path("level").asText().equals("ok")) {
                  assertThat(each.path("remedy").asText()).as(each.toString()).isNotBlank();
                }
              });
      assertThat(takesThePort.requestCount()).isZero();
    }
  }

  private static List<String> failed(JsonNode report) {
    List<String> failed = new ArrayList<>();
    for (JsonNode each : report.path("findings")) {
      if (each.path("level").asText().equals("fail")) {
        failed.add(each.path("subject").asText() + ": " + each.path("detail").asText());
      }
    }
    return failed;
  }

  @Test
  void instance_thatRuns_isRecognised_andLeftInPeace() throws Exception {
    try (FakeUpstream champion =
            FakeUpstream.answering(THREE.withHeader("Date", "Tue, 03 Nov 2026 08:00:00 GMT"));
        FakeUpstream challenger = FakeUpstream.answering(THREE)) {
      Path config = config(champion.url(), challenger.url(), temp.resolve("state"), "");
      try (SentinelProcess running = SentinelProcess.run(config)) {
        SentinelProcess.Finished seen = doctor(config);

        assertThat(seen.exitCode()).as(seen.output()).isZero();
        assertThat(seen.output())
            .contains("held by a running instance (process ")
            .contains("taken, it seems by the instance that runs: process ")
            .contains("by 1 answer(s)")
            .contains("see that an NTP client runs on both");
        assertThat(running.route("m").path("state").asText()).isEqualTo("SHADOWING");
        assertThat(doctor(config).output()).contains("held by a running instance");
      }
    }
  }

  @Test
  void answers_thatCannotBeCompared_failTheFormat() throws Exception {
    try (FakeUpstream champion = FakeUpstream.answering(THREE);
        FakeUpstream challenger = FakeUpstream.answering(THREE.withStatus(404))) {
      Path config = config(champion.url(), challenger.url(), temp.resolve("state"), "");
      String probe = probe(PROBE).toString();

      SentinelProcess.Finished notFound = doctor(config, "--probe", probe);
      assertThat(notFound.exitCode()).as(notFound.output()).isEqualTo(1);
      assertThat(notFound.output())
          .contains("the challenger's answer: status 404")
          .contains("mirror.rewritePath");

      champion.behave(Behaviours.reply(THREE.withBody("<html>".getBytes())));
      SentinelProcess.Finished unreadable = doctor(config, "--probe", probe);
      assertThat(unreadable.exitCode()).as(unreadable.output()).isEqualTo(1);
      assertThat(unreadable.output())
          .contains("the champion's answer: ")
          .contains("compare.format");

      SentinelProcess.Finished elsewhere =
          doctor(config(champion.url().replace("http", "https"), challenger.url(), temp, ""));
      assertThat(elsewhere.exitCode()).as(elsewhere.output()).isEqualTo(1);
      assertThat(elsewhere.output()).contains("connected, and TLS failed");
    }
  }

  @Test
  void certificates_areJudgedAsTheProxyWould() throws Exception {
    TestCa ca = TestCa.create("Models CA");
    Path trusted = ca.write(temp.resolve("ca.pem"));
    HttpsServer model =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    model.setHttpsConfigurator(new HttpsConfigurator(ca.issue().context()));
    model.createContext(
        "/",
        http -> {
          http.sendResponseHeaders(200, -1);
          http.close();
        });
    model.start();
    TestCa.Written own = ca.issue().write(temp, "own");
    try {
      Path config =
          Files.writeString(
              temp.resolve("tls.yaml"),
              """
              listen: { port: 0, tls: { cert: "%s", key: "%s" } }
              admin: { port: 0 }
              state: { directory: "%s" }
              routes:
                - name: m
                  champion: { name: v1, urls: [ "https://localhost:PORT" ], tls: { ca: "%s" } }
                  challenger: { name: v2, urls: [ "https://localhost:PORT" ] }
              """
                  .formatted(own.cert(), own.key(), temp.resolve("state"), trusted)
                  .replace("PORT", "" + model.getAddress().getPort()));

      SentinelProcess.Finished seen = doctor(config);

      assertThat(seen.exitCode()).as(seen.output()).isEqualTo(1);
      assertThat(seen.output())
          .containsPattern("warn +upstream +m champion v1 .*TLSv1.3, certificate until ")
          .containsPattern("ok +upstream +m champion v1 .*GET /: 200 in ")
          .containsPattern("FAIL +upstream +m challenger v2 .*connected, and TLS failed: ")
          .containsPattern("warn +tls +.*own.pem +valid until ");
    } finally {
      model.stop(0);
    }
  }

  @Test
  void input_thatIsNotValid_isExitTwo() throws Exception {
    Path config = config("http://127.0.0.1:1", "http://127.0.0.1:1", temp, "");

    SentinelProcess.Finished badProbe = doctor(config, "--probe", probe("{\"path\":7}").toString());
    assertThat(badProbe.exitCode()).isEqualTo(2);
    assertThat(badProbe.output()).contains("probe.jsonl:1: path: 7 (expected ");
    assertThat(doctor(config, "--connections", "0").exitCode()).isEqualTo(2);
    Files.writeString(config, "routes: []\n");
    assertThat(doctor(config).exitCode()).isEqualTo(2);
  }
}
