package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandsTest {

  @Test
  void name_ofEachCommand_isTheOneThatItDeclares() {
    Commands.BY_NAME.forEach(
        (name, type) ->
            assertThat(type.getAnnotation(CommandLine.Command.class).name())
                .as(type.getSimpleName())
                .isEqualTo(name));
  }

  @Test
  void line_forACommand_hasThatOneOnly() {
    assertThat(Commands.line("run", "--config", "check").getSubcommands()).containsOnlyKeys("run");
  }

  @Test
  void line_forAnythingElse_hasAll() {
    String[][] calls = {
      {},
      {"--help"},
      {"--verbose"},
      {"--force-rollback=run"},
      {"rum"},
      {"help"},
      {"completion"},
      {"man"}
    };
    for (String[] call : calls) {
      assertThat(Commands.line(call).getSubcommands().keySet())
          .as(String.join(" ", call))
          .containsExactlyElementsOf(Commands.BY_NAME.keySet());
    }
  }

  @Test
  void verbose_afterACommand_isTheProgramsOwn() {
    String[] call = {"check", "--config", "x.yaml", "--verbose"};
    CommandLine line = Commands.line(call);
    line.parseArgs(call);
    assertThat(line.<SentinelCommand>getCommand().verbose).isTrue();
  }

  @Test
  void help_ofACommand_isTheSameByBothWays() {
    for (String name : Commands.BY_NAME.keySet()) {
      if (!name.equals("help")) {
        assertThat(printed(name, "--help")).as(name).isNotEmpty().isEqualTo(printed("help", name));
      }
    }
  }

  private static String printed(String... args) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    Main.commandLine(args).setOut(out).setErr(out).execute(args);
    return text.toString();
  }
}
