package io.shadowsentinel.cli;

import io.shadowsentinel.text.Printable;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** How errors are told: one line on stderr; a stack trace only with {@code --verbose}. */
final class CommandFaults {
  static final int BAD_INPUT = 2;

  private CommandFaults() {}

  /** A command line that is wrong: what, and where to read on. */
  static int badUsage(ParameterException fault, String[] args) {
    CommandLine command = fault.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(Printable.oneLine(String.valueOf(fault.getMessage())));
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return BAD_INPUT;
  }

  /** What no command expected. */
  static int failed(Exception fault, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + Printable.describe(fault));
    if (isVerbose(command)) {
      fault.printStackTrace(err);
    }
    err.flush();
    return BAD_INPUT;
  }

  private static boolean isVerbose(CommandLine command) {
    CommandLine root = command;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return root.getCommand() instanceof SentinelCommand sentinel && sentinel.verbose;
  }
}
