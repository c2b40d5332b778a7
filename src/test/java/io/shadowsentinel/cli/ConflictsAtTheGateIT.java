package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.model.Models;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.OpenInferenceServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What production finds, the gate keeps: a recording goes through a proxy to two model servers, and
 * the conflicts that it writes down become cases for the next candidate.
 */
@Timeout(120)
class ConflictsAtTheGateIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<OpenInferenceServer> servers = new ArrayList<>();
  private Path requests;
  private Path conflicts;

  @BeforeEach
  void findConflicts() throws Exception {
    requests = temp.resolve("requests.jsonl");
    conflicts = temp.resolve("trial/conflicts.jsonl");
    record();
    Path config =
        Files.writeString(
            temp.resolve("sentinel.yaml"),
            """
            routes:
              - name: digits
                match: { path: /v2/models/digits/ }
                champion: { name: v1, urls: [ "%s" ] }
                challenger: { name: v2, urls: [ "%s" ] }
                compare: { format: open-inference }
            """
                .formatted(serve(Models.CHAMPION), serve(Models.BAD)));
    sentinel(
        "replay",
        "--input",
        requests.toString(),
        "--config",
        config.toString(),
        "--all",
        "--state",
        temp.resolve("trial").toString());
    assertThat(conflicts).as(err.toString()).isNotEmptyFile();
  }

  @AfterEach
  void close() throws Exception {
    for (OpenInferenceServer server : servers) {
      server.close().await();
    }
    vertx.close().await();
  }

  private String serve(Path model) throws Exception {
    OnnxModel loaded = OnnxModel.load(model, "digits");
    servers.add(OpenInferenceServer.start(vertx, loaded, "127.0.0.1", 0).await());
    return "http://127.0.0.1:" + servers.get(servers.size() - 1).port();
  }

  /** The rows of replay, two a request, as a gateway would have written them down. */
  private void record() throws Exception {
    List<String> rows = Files.readAllLines(Models.REPLAY);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i + 1 < rows.size(); i += 2) {
      lines.add(
          """
          {"path":"/v2/models/digits/infer","headers":{"X-Request-Id":"row-%d"},"body":{"inputs":\
          [{"name":"input","shape":[2,64],"datatype":"FP32","data":[%s,%s]}]}}"""
              .formatted(i, pixels(rows.get(i)), pixels(rows.get(i + 1))));
    }
    Files.write(requests, lines);
  }

  private static String pixels(String row) {
    return row.substring(0, row.lastIndexOf(','));
  }

  private int sentinel(String... arguments) {
    return Commands.line()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private JsonNode gate(Path model, int exit, Path conflictFile, String... more) throws Exception {
    Path report = temp.resolve("gate.json");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "validate-model",
                "--model",
                model.toString(),
                "--data",
                Models.GATE.toString(),
                "--min-accuracy",
                "0",
                "--max-p99",
                "60s",
                "--conflicts",
                conflictFile.toString(),
                "--report",
                report.toString()));
    arguments.addAll(List.of(more));
    assertThat(sentinel(arguments.toArray(String[]::new))).as(err.toString()).isEqualTo(exit);
    return exit == 2 ? JSON.nullNode() : JSON.readTree(report.toFile()).get("conflicts");
  }

  @Test
  void conflicts_ofProduction_areCasesThatTheNextCandidateMustGetRight() throws Exception {
    String recording = requests.toString();
    JsonNode champion = gate(Models.CHAMPION, 0, conflicts, "--requests", recording);
    int cases = champion.get("whole").intValue();
    assertThat(cases).isPositive();
    assertThat(champion.get("passedOver").intValue()).isPositive();
    long sure = Files.readAllLines(conflicts).stream().filter(this::isSure).count();
    assertThat(sure).isEqualTo(cases);

    // The model that was in conflict is wrong on every one, for that is what a conflict is.
    JsonNode bad = gate(Models.BAD, 1, conflicts, "--requests", recording);
    assertThat(bad.get("whole").intValue()).isEqualTo(cases);
    assertThat(bad.get("part").intValue()).isZero();
    assertThat(bad.at("/missed/0/requestId").textValue()).startsWith("row-");
  }

  private boolean isSure(String line) {
    try {
      return JSON.readTree(line).get("highConfidence").booleanValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void conflicts_withoutTheirRequests_sayWhatTheyLack() throws Exception {
    gate(Models.CHAMPION, 2, conflicts);
    assertThat(err.toString())
        .contains("conflicts.jsonl:")
        .contains("no input (expected requestBody");
  }
}
