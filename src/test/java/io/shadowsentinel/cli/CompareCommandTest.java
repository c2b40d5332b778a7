package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CompareCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

  @TempDir Path directory;

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private int compare(String champion, String challenger, String... options) throws IOException {
    String[] args = new String[options.length + 3];
    args[0] = "compare";
    args[1] = file("a.json", champion);
    args[2] = file("b.json", challenger);
    System.arraycopy(options, 0, args, 3, options.length);
    return command.execute(args);
  }

  @Test
  void answersThatAgree_exit0_andShowLabelsAndGap() throws IOException {
    int code =
        compare(
            "{\"label\":\"cat\",\"p\":0.75}",
            "{\"label\":\"cat\",\"p\":0.5}",
            "--format",
            "json",
            "--label",
            "/label",
            "--confidence",
            "/p");
    assertThat(code).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "outcome: agree",
            "confidence gap: 0.250000",
            "rows: 1",
            "  0: cat (0.75) = cat (0.5)",
            "differences: 0");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void answersThatDiffer_exit1_andShowPathsWithBothValues() throws IOException {
    int code =
        compare(
            "{\"id\":1,\"t\":2,\"x\":[1,\"a\"]}",
            "{\"id\":2,\"t\":3,\"x\":[1.4],\"new\":{}}",
            "--format",
            "json",
            "--ignore",
            "/id",
            "--ignore",
            "/t",
            "--tolerance",
            "0.5");
    assertThat(code).isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(
            "outcome: disagree",
            "rows: 1",
            "  0: (no label) ≠ (no label)",
            "differences: 2",
            "  /x/1",
            "    champion:   \"a\"",
            "    challenger: (not there)",
            "  /new",
            "    champion:   (not there)",
            "    challenger: {}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {"{; {}; the champion's answer: not JSON", "{}; {; b.json: not JSON"})
  void answerThatCannotBeRead_exits2(String champion, String challenger, String said)
      throws IOException {
    assertThat(compare(champion, challenger, "--format", "json")).isEqualTo(2);
    assertThat(err.toString()).contains(said);
  }

  @ParameterizedTest
  @CsvSource({
    "--format, nonsense, expected one of",
    "--label, /x, --format",
    "--config, none.yaml, --route",
    "--tolerance, x, --tolerance"
  })
  void callThatIsWrong_exits2_andSaysWhatWasExpected(String option, String value, String said)
      throws IOException {
    assertThat(compare("1", "1", option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(said);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void pointerOrToleranceThatIsWrong_exits2() throws IOException {
    assertThat(compare("1", "1", "--format", "json", "--label", "x")).isEqualTo(2);
    assertThat(compare("1", "1", "--format", "json", "--tolerance", "-1")).isEqualTo(2);
    assertThat(err.toString()).contains("--label: x (expected", "tolerance: -1.0 (expected");
  }

  @Test
  void missingFile_exits2() {
    Path none = directory.resolve("none.json");
    assertThat(command.execute("compare", none.toString(), none.toString(), "--format", "json"))
        .isEqualTo(2);
    assertThat(err.toString()).contains(none + ": cannot be read");
  }

  private String config(String compare) throws IOException {
    return file(
        "sentinel.yaml",
        "routes:\n  - name: chat\n    champion: { name: a, urls: [ \"http://127.0.0.1:1\" ] }\n"
            + "    compare: "
            + compare);
  }

  @Test
  void settingsOfARoute_areTaken() throws IOException {
    String config = config("{ keys: { /items: id }, text: { mode: normalized } }");
    int code =
        compare(
            "{\"items\":[{\"id\":7,\"v\":\"Yes.\"},{\"id\":8,\"v\":\"no\"}]}",
            "{\"items\":[{\"id\":8,\"v\":\"yes\"},{\"id\":7,\"v\":\"yes\"}]}",
            "--config",
            config,
            "--route",
            "chat");
    assertThat(code).isEqualTo(1);
    assertThat(out.toString().lines())
        .endsWith(
            "differences: 1",
            "  /items/1/v  [key 8]",
            "    champion:   \"no\"",
            "    challenger: \"yes\"");
  }

  @Test
  void judge_isNotAsked_andExits2() throws IOException {
    String config = config("{ text: { mode: judge, judge: { url: \"http://127.0.0.1:1/\" } } }");
    assertThat(compare("\"a\"", "\"b\"", "--config", config, "--route", "chat")).isEqualTo(2);
    assertThat(out.toString()).contains("outcome: incomparable");
    assertThat(err.toString()).contains("only the judge can tell");
  }

  @Test
  void routeOrConfigThatIsWrong_exits2() throws IOException {
    assertThat(compare("1", "1", "--config", config("{}"), "--route", "other")).isEqualTo(2);
    assertThat(err.toString()).contains("--route: other (expected one of chat)");
    assertThat(compare("1", "1", "--config", config("{ x: 1 }"), "--route", "chat")).isEqualTo(2);
    assertThat(err.toString()).contains("compare.x: unknown key");
  }
}
