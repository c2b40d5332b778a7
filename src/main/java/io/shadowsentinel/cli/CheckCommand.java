package io.shadowsentinel.cli;

import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sentinel check --config FILE}: tells whether a config is valid. Exit 0 and one line on
 * stdout, or 2 and a line for every fault on stderr. Starts nothing, and asks no upstream.
 */
@NullMarked
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Validates a config file, and names every fault by line and column.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the config is valid", "2:it is not, or the call is wrong"})
public final class CheckCommand implements Callable<Integer> {
  private static final int VALID = 0;
  private static final int BAD_INPUT = 2;

  private final Function<String, @Nullable String> environment;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The config: YAML, or JSON when its name ends in .json.")
  private @Nullable Path config;

  /** Takes variables from the process's environment. */
  public CheckCommand() {
    this(System::getenv);
  }

  CheckCommand(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    if (spec == null || config == null) {
      throw new IllegalStateException("call() without a command line");
    }
    ConfigResult result = ConfigLoader.load(config, environment);
    if (result instanceof ConfigResult.Loaded loaded) {
      int routes = loaded.config().routes().size();
      PrintWriter out = spec.commandLine().getOut();
      out.println(config + ": OK, " + routes + (routes == 1 ? " route" : " routes"));
      return VALID;
    }
    PrintWriter err = spec.commandLine().getErr();
    ((ConfigResult.Rejected) result).faults().forEach(err::println);
    return BAD_INPUT;
  }
}
