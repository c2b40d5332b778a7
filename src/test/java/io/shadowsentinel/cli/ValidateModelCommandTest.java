package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.model.Models;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ValidateModelCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Path model, Path data, String accuracy, String p99, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--data",
                data.toString(),
                "--min-accuracy",
                accuracy,
                "--max-p99",
                p99));
    arguments.addAll(List.of(more));
    return new CommandLine(new ValidateModelCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments.toArray(String[]::new));
  }

  /** It is right on 350 of 360 rows, 0.97222..., and agrees on 340, 0.94444... */
  @ParameterizedTest
  @CsvSource({"0.9722, 0.9444, 0", "0.9723, 0.9444, 1", "0.9722, 0.9445, 1", "0, 0, 0", "1, 0, 1"})
  void gate_aroundItsBars_exitsByThem(String accuracy, String agreement, int exit) {
    int code =
        run(
            Models.GOOD,
            Models.REPLAY,
            accuracy,
            "10s",
            "--baseline",
            Models.CHAMPION.toString(),
            "--min-agreement",
            agreement);
    assertThat(code).isEqualTo(exit);
    assertThat(out.toString())
        .contains("350 of 360", "340 of 360", "p50", "recall")
        .contains(exit == 0 ? "PASSED" : "MISSED");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void gate_withABarOnTimeThatNothingReaches_isMissed() {
    assertThat(run(Models.CHAMPION, Models.GATE, "0.9", "1ns")).isEqualTo(1);
  }

  @Test
  void badChallenger_atTheGate_isMissed() {
    assertThat(run(Models.BAD, Models.GATE, "0.9", "10s")).isEqualTo(1);
    assertThat(out.toString()).contains("0.0000 (0 of 37)");
  }

  @Test
  void report_asked_holdsTheFigures(@TempDir Path directory) throws Exception {
    Path report = directory.resolve("report.json");
    assertThat(run(Models.CHAMPION, Models.GATE, "0.9", "10s", "--report", report.toString()))
        .isZero();
    JsonNode json = new ObjectMapper().readTree(Files.readString(report));
    assertThat(json.at("/passed").booleanValue()).isTrue();
    assertThat(json.at("/accuracy/part").intValue()).isEqualTo(344);
    assertThat(json.at("/data/rows").intValue()).isEqualTo(359);
    assertThat(json.at("/recall/9/whole").intValue()).isEqualTo(30);
    assertThat(json.at("/latency/p99Micros").doubleValue()).isPositive();
    assertThat(json.has("agreement")).isFalse();
    assertThat(json.at("/model/sha256").textValue()).hasSize(64);
  }

  @Test
  void badInput_ofAnyKind_isOneLineAndExit2(@TempDir Path directory) throws Exception {
    Path data = Files.writeString(directory.resolve("bad.csv"), "1,2,a\n1,a\n");
    assertThat(run(Models.CHAMPION, data, "0.9", "1s")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(data + ":1: column 1 and the next: 2 values for input 'input' of ")
        .endsWith("(expected shape [-1, 64], one row of it)" + System.lineSeparator());
    assertThat(run(data, Models.GATE, "0.9", "1s")).isEqualTo(2);
    assertThat(run(directory.resolve("none.onnx"), Models.GATE, "0.9", "1s")).isEqualTo(2);
    assertThat(run(Models.CHAMPION, Models.GATE, "1.1", "1s")).isEqualTo(2);
    String report = directory.resolve("no/such/report.json").toString();
    assertThat(run(Models.CHAMPION, Models.GATE, "0.9", "1s", "--report", report)).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(5).noneMatch(line -> line.startsWith("\tat "));
    assertThat(err.toString()).contains(report + ": cannot be written: ");
  }

  @Test
  void baseline_withoutItsBar_isBadUsage() {
    String baseline = Models.CHAMPION.toString();
    assertThat(run(Models.GOOD, Models.GATE, "0.9", "1s", "--baseline", baseline)).isEqualTo(2);
    assertThat(err.toString()).contains("baseline: no bar (expected min-agreement");
  }

  @Test
  void gate_withEveryOption_writesWhatIsAsked(@TempDir Path directory) throws Exception {
    Path json = directory.resolve("gate.json");
    Path markdown = directory.resolve("gate.md");
    Path matrix = directory.resolve("confusion.svg");
    Path diagram = directory.resolve("reliability.svg");
    String row = Files.readAllLines(Models.GATE).get(0);
    int comma = row.lastIndexOf(',');
    Path conflicts =
        Files.writeString(
            directory.resolve("conflicts.jsonl"),
            "{\"input\":[%s],\"label\":%s}"
                .formatted(row.substring(0, comma), row.substring(comma + 1)));
    int code =
        run(
            Models.GOOD,
            Models.GATE,
            "0.98",
            "10s",
            "--baseline",
            Models.CHAMPION.toString(),
            "--min-agreement",
            "0.9",
            "--max-regression-p",
            "0.05",
            "--max-latency-ratio",
            "1000",
            "--min-recall",
            "0.9",
            "--min-recall",
            "7=1",
            "--conflicts",
            conflicts.toString(),
            "--report",
            json.toString(),
            "--report",
            markdown.toString(),
            "--confusion-matrix",
            matrix.toString(),
            "--reliability-diagram",
            diagram.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(new ObjectMapper().readTree(json.toFile()).at("/conflicts/part").intValue()).isOne();
    assertThat(markdown).content().contains("## Model gate: passed");
    assertThat(matrix).content().startsWith("<svg");
    assertThat(diagram).content().contains("ECE");
  }

  @Test
  void badChallenger_besideTheChampion_isShownToBeWorse() {
    assertThat(
            run(
                Models.BAD,
                Models.GATE,
                "0",
                "10s",
                "--baseline",
                Models.CHAMPION.toString(),
                "--max-regression-p",
                "0.05"))
        .isEqualTo(1);
    assertThat(out.toString()).contains("regression p", "MISSED");
  }

  private int regressor(Path data, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("--model", Models.fixture("houses").toString(), "--data", data.toString()));
    arguments.addAll(List.of(more));
    return new CommandLine(new ValidateModelCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments.toArray(String[]::new));
  }

  @Test
  void regressor_aroundItsBar_exitsByIt(@TempDir Path directory) throws Exception {
    Path data =
        Files.writeString(directory.resolve("h.csv"), "area,rooms,kind,price\n1,1,flat,16\n");
    assertThat(regressor(data, "--max-p99", "10s", "--max-rmse", "0.999")).isEqualTo(1);
    assertThat(regressor(data, "--max-p99", "10s", "--max-rmse", "1")).isZero();
    assertThat(out.toString()).contains("RMSE", "R squared");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void bars_ofTheOtherKindOrNone_areBadUsage(@TempDir Path directory) throws Exception {
    Path data =
        Files.writeString(directory.resolve("h.csv"), "area,rooms,kind,price\n1,1,flat,16\n");
    assertThat(regressor(data, "--max-p99", "1s")).isEqualTo(2);
    assertThat(regressor(data, "--max-p99", "1s", "--max-rmse", "1", "--min-accuracy", "1"))
        .isEqualTo(2);
    assertThat(
            regressor(data, "--max-p99", "1s", "--max-rmse", "1", "--conflicts", data.toString()))
        .isEqualTo(2);
    assertThat(
            regressor(
                data, "--max-p99", "1s", "--max-rmse", "1", "--confusion-matrix", "never.svg"))
        .isEqualTo(2);
    assertThat(regressor(data, "--max-p99", "1s", "--max-rmse", "1", "--report", "never.html"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("conflicts: not for a regressor", "confusion-matrix: not for a regressor")
        .contains("report: never.html (expected a name in .json or .md)");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "ms", "-1ms", "0s", "0.1ns", "1e3ms", "25h", "90000s", "5 ms"})
  void duration_thatIsNone_isBadUsage(String duration) {
    assertThat(run(Models.CHAMPION, Models.GATE, "0.9", duration)).isEqualTo(2);
    assertThat(err.toString()).contains("expected a duration such as 500us, 5ms or 1s");
  }

  @ParameterizedTest
  @CsvSource({"1ns,1", "500us,500000", "5ms,5000000", "1.5s,1500000000", "86400s,86400000000000"})
  void duration_inAnyUnit_isRead(String text, long nanos) {
    assertThat(new LatencyConverter().convert(text).toNanos()).isEqualTo(nanos);
  }
}
