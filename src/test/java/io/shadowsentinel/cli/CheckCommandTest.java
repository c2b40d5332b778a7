package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      new CommandLine(new CheckCommand(name -> null))
          .setOut(new PrintWriter(out, true))
          .setErr(new PrintWriter(err, true));

  @TempDir Path directory;

  @Test
  void validConfig_saysOk_andExits0() {
    assertThat(command.execute("--config", "conf/sentinel.yaml")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("conf/sentinel.yaml: OK, 1 route");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void invalidConfig_saysEveryFaultOnStderr_andExits2() throws IOException {
    Path file =
        Files.writeString(directory.resolve("c.yaml"), "routes: []\nlisten: { port: -1 }\n");

    assertThat(command.execute("--config", file.toString())).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            file + ":1:9: routes: an empty list (expected at least one route)",
            file + ":2:17: listen.port: -1 (expected 0..65535)");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void missingFile_exits2() {
    Path file = directory.resolve("none.yaml");

    assertThat(command.execute("--config", file.toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(file + ":1:1: no such file (expected a YAML or JSON file)");
  }

  @Test
  void missingOption_isBadUsage() {
    assertThat(command.execute()).isEqualTo(2);
    assertThat(err.toString()).contains("--config");
  }
}
