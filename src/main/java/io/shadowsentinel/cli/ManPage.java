package io.shadowsentinel.cli;

import io.shadowsentinel.config.AdminConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command and its subcommands as one manual page, in the macros of {@code man(7)}. All of it
 * comes from the commands' own model, so that it cannot fall behind them. One thread.
 */
final class ManPage {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          AdminConfig.TOKEN_VARIABLE,
          "The admin token that the commands show.",
          "SENTINEL_JAVA_HOME",
          "The Java to use.",
          "SENTINEL_JAVA_OPTS",
          "Flags for the JVM; they win over the launcher's.",
          "SENTINEL_LOG_LEVEL",
          "ERROR, WARN, INFO (default), DEBUG or TRACE.");

  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  static String of(CommandSpec root, String version) {
    ManPage page = new ManPage();
    page.write(root, version);
    return page.page.toString();
  }

  private void write(CommandSpec root, String version) {
    String name = root.name();
    macro(
        "TH",
        quoted(name.toUpperCase(Locale.ROOT))
            + " 1 \"\" "
            + quoted("Shadow Sentinel " + version)
            + " \"User Commands\"");
    macro("SH", "NAME");
    text(name + " - " + description(root).replaceAll("\\.$", ""));
    macro("SH", "SYNOPSIS");
    synopsis(root);
    macro("SH", "DESCRIPTION");
    text(description(root));
    macro("SH", "OPTIONS");
    arguments(root);
    macro("SH", "COMMANDS");
    root.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .distinct()
        .filter(command -> !command.usageMessage().hidden())
        .forEach(this::command);
    exits(root, "SH");
    macro("SH", "ENVIRONMENT");
    ENVIRONMENT.keySet().stream()
        .sorted()
        .forEach(variable -> item(variable, ENVIRONMENT.get(variable)));
  }

  private void command(CommandSpec command) {
    macro("SS", escaped(command.name()));
    synopsis(command);
    macro("PP", "");
    text(description(command));
    arguments(command);
    exits(command, "PP");
  }

  private void synopsis(CommandSpec command) {
    String words =
        new CommandLine.Help(command, CommandLine.Help.defaultColorScheme(Ansi.OFF)).synopsis(0);
    text(words.strip().replaceAll("\\s+", " "));
  }

  private void arguments(CommandSpec command) {
    for (PositionalParamSpec each : command.positionalParameters()) {
      if (!each.hidden()) {
        item(each.paramLabel(), description(each));
      }
    }
    for (OptionSpec each : command.options()) {
      if (!each.hidden()) {
        String value = each.arity().max() > 0 ? each.paramLabel() : "";
        String form = each.arity().min() == 0 && !value.isEmpty() ? "[=" + value + "]" : value;
        item(
            String.join(", ", each.names())
                + (form.isEmpty() || form.startsWith("[") ? form : " " + form),
            description(each));
      }
    }
  }

  private void exits(CommandSpec command, String heading) {
    Map<String, String> codes = command.usageMessage().exitCodeList();
    if (codes.isEmpty()) {
      return;
    }
    if (heading.equals("SH")) {
      macro("SH", "EXIT STATUS");
    } else {
      macro("PP", "");
      text("Exit status:");
    }
    codes.forEach(this::item);
  }

  private static String description(CommandSpec command) {
    return filled(List.of(command.usageMessage().description()));
  }

  private static String description(ArgSpec argument) {
    String text = filled(List.of(argument.description()));
    String value = argument.defaultValue();
    return text.replace("${DEFAULT-VALUE}", value == null ? "none" : value);
  }

  private static String filled(List<String> lines) {
    return String.join("\n", lines).replace("%n", "\n").replace("%%", "%");
  }

  private void item(String term, String meaning) {
    macro("TP", "");
    macro("B", escaped(term));
    text(meaning.isBlank() ? "-" : meaning);
  }

  /** Lines that begin with a blank are an example, and are kept as they are. */
  private void text(String words) {
    for (String line : words.split("\n", -1)) {
      boolean example = line.startsWith(" ");
      if (example) {
        macro("br", "");
      }
      // A line must not begin with a request's sign.
      page.append(example ? "\\ " : "\\&").append(escaped(line.strip())).append('\n');
    }
  }

  private void macro(String name, String arguments) {
    page.append('.').append(name);
    if (!arguments.isEmpty()) {
      page.append(' ').append(arguments);
    }
    page.append('\n');
  }

  private static String quoted(String text) {
    return '"' + escaped(text).replace("\"", "\\(dq") + '"';
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("'", "\\(aq");
  }
}
