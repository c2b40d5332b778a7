package io.shadowsentinel.cli;

import picocli.CommandLine;

/** Where the process begins. The only class that ends it. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** Ends the process now, with nothing put in order. */
  static void halt(int exitCode) {
    Runtime.getRuntime().halt(exitCode);
  }

  /** The command line with its rules for errors: one line on stderr, and the exit code. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new SentinelCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Faults::badUsage);
    line.setExecutionExceptionHandler(Faults::failed);
    return line;
  }
}
