package io.shadowsentinel.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/**
 * The commands, by name. A command line is made of the one that is called: to make the others too
 * would take a tenth of the time from the start to the first request served.
 */
final class Commands {
  /** In the order in which the help names them. */
  static final Map<String, Class<?>> BY_NAME = byName();

  /** Those that tell of the others. */
  private static final Set<String> ABOUT_ALL = Set.of("help", "completion", "man");

  private Commands() {}

  private static Map<String, Class<?>> byName() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("run", RunCommand.class);
    commands.put("demo", DemoCommand.class);
    commands.put("status", StatusCommand.class);
    commands.put("rollback", RollbackCommand.class);
    commands.put("promote", PromoteCommand.class);
    commands.put("pause", PauseCommand.class);
    commands.put("resume", ResumeCommand.class);
    commands.put("restart", RestartCommand.class);
    commands.put("check", CheckCommand.class);
    commands.put("doctor", DoctorCommand.class);
    commands.put("replay", ReplayCommand.class);
    commands.put("compare", CompareCommand.class);
    commands.put("serve-model", ServeModelCommand.class);
    commands.put("validate-model", ValidateModelCommand.class);
    commands.put("completion", CompletionCommand.class);
    commands.put("man", ManCommand.class);
    commands.put("help", CommandLine.HelpCommand.class);
    return commands;
  }

  /**
   * The command line with the command that these arguments begin with; with all of them where that
   * one tells of the others, and where they begin with none.
   */
  static CommandLine line(String... args) {
    CommandLine line = new CommandLine(new SentinelCommand());
    String first = args.length == 0 ? "" : args[0];
    Class<?> called = ABOUT_ALL.contains(first) ? null : BY_NAME.get(first);
    if (called == null) {
      BY_NAME.forEach(line::addSubcommand);
    } else {
      line.addSubcommand(first, called);
    }
    return line;
  }
}
