package io.shadowsentinel.cli;

import picocli.CommandLine;

/** Where the process begins. The only class that ends it. */
public final class Main {
  /**
   * A client of TLS 1.2 that renegotiates makes the server work for nothing, and HTTP has no use
   * for it. The JDK reads this once, before the first handshake.
   */
  private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  private Main() {}

  public static void main(String[] args) {
    if (System.getProperty(NO_RENEGOTIATION) == null) {
      System.setProperty(NO_RENEGOTIATION, "true");
    }
    System.exit(commandLine(args).execute(args));
  }

  /** Ends the process now, with nothing put in order. */
  static void halt(int exitCode) {
    Runtime.getRuntime().halt(exitCode);
  }

  /** The command line for these arguments, with its rules for errors: one line, the exit code. */
  static CommandLine commandLine(String... args) {
    CommandLine line = Commands.line(args);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(CommandFaults::badUsage);
    line.setExecutionExceptionHandler(CommandFaults::failed);
    return line;
  }
}
