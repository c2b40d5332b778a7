package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged program tells of itself, to shells, to {@code man} and to people. */
@Timeout(120)
class ManualIT {
  private static final Path HERE = Path.of(".");
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";

  @TempDir Path temp;

  @Test
  void completion_sourcedByBash_knowsCommandsAndOptions() throws Exception {
    Path script = temp.resolve("completion");
    SentinelProcess.Finished printed = SentinelProcess.command("completion");
    assertThat(printed.exitCode()).isZero();
    Files.writeString(script, printed.output() + "\n");

    assertThat(completed(script, "sentinel", "roll")).isEqualTo("rollback");
    assertThat(completed(script, "sentinel", "doc")).isEqualTo("doctor");
    assertThat(completed(script, "sentinel", "doctor", "--pro")).isEqualTo("--probe");
    assertThat(completed(script, "sentinel", "")).contains("status", "validate-model", "run");
  }

  private static String completed(Path script, String... words) throws Exception {
    // Only a shell that waits for a key knows compopt; it says how the words are shown.
    StringBuilder line =
        new StringBuilder("compopt() { :; }; source '" + script + "'; COMP_WORDS=(");
    for (String word : words) {
      line.append(" '").append(word).append("'");
    }
    line.append(" ); COMP_CWORD=").append(words.length - 1);
    line.append("; _complete_sentinel; echo ${COMPREPLY[@]}");
    Tool.Result result = Tool.run(HERE, "bash", "-c", line.toString());
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output().strip();
  }

  @Test
  void manual_rendered_hasEveryCommand_andNoFault() throws Exception {
    Tool.need("groff");
    SentinelProcess.Finished printed = SentinelProcess.command("man");
    assertThat(printed.exitCode()).isZero();
    Path page = Files.writeString(temp.resolve("sentinel.1"), printed.output() + "\n");

    Tool.Result faults =
        Tool.run(temp, "groff", "-ww", "-man", "-Tutf8", "-Z", "-z", page.toString());
    assertThat(faults.output()).isEmpty();
    assertThat(faults.exitCode()).isZero();
    Tool.Result text =
        Tool.run(temp, "groff", "-man", "-Tascii", "-P-bcou", "-rLL=100n", page.toString());
    assertThat(text.output())
        .contains("SENTINEL(1)")
        .contains("sentinel - Tests a new model on real traffic, with no impact on users")
        .contains("EXIT STATUS")
        .contains("SENTINEL_ADMIN_TOKEN")
        .contains("--config FILE")
        .contains("(default: 1000)")
        .doesNotContain("${")
        .doesNotContain("%n");
    String help = SentinelProcess.command("--help").output();
    Matcher commands = Pattern.compile("(?m)^  ([a-z-]+) {2,}").matcher(help);
    int count = 0;
    while (commands.find()) {
      count++;
      assertThat(text.output()).containsPattern("(?m)^ +" + commands.group(1) + "$");
    }
    assertThat(count).isGreaterThan(12);
  }

  @Test
  void version_ofABuildFromAClone_namesACommitOfIt() throws Exception {
    String told = SentinelProcess.command("--version").output();
    assertThat(told).contains("Shadow Sentinel 0.").contains("Java ");
    assumeTrue(Tool.run(HERE, "git", "rev-parse", "--git-dir").exitCode() == 0, "not in a clone");
    Matcher commit =
        Pattern.compile("built at " + TIME + " from commit ([0-9a-f]{7,}) of " + TIME)
            .matcher(told);
    assertThat(commit.find()).as(told).isTrue();
    Tool.Result log =
        Tool.run(
            HERE,
            "git",
            "-c",
            "log.showSignature=false",
            "show",
            "--no-patch",
            "--format=%cd",
            "--date=format-local:%Y-%m-%dT%H:%M:%SZ",
            commit.group(1));
    assertThat(log.exitCode()).as(log.output()).isZero();
  }
}
