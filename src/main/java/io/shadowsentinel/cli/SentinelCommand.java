package io.shadowsentinel.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code sentinel}: what stands before a command, and the emergency brake that needs none. */
@Command(
    name = "sentinel",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Tests a new model on real traffic, with no impact on users.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the answer is no",
      "2:bad usage or bad input",
      "3:no running instance can be reached"
    })
final class SentinelCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--force-rollback",
      paramLabel = "ROUTE",
      arity = "0..1",
      fallbackValue = "",
      description =
          "Roll back a route of a running instance, all of them if none is named, and be done.")
  private @Nullable String forceRollback;

  @Mixin private final AdminOptions admin = new AdminOptions();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the decision log.")
  private String reason = "";

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an unexpected error.")
  boolean verbose;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    CommandLine line = spec.commandLine();
    if (forceRollback == null) {
      throw new CommandLine.ParameterException(
          line,
          "no command (expected one of " + String.join(", ", spec.subcommands().keySet()) + ")");
    }
    String route = forceRollback.isEmpty() ? null : forceRollback;
    String why = reason.isEmpty() ? "forced by --force-rollback" : reason;
    return ForceRollback.call(admin.client(), route, why, line.getOut(), line.getErr());
  }
}
