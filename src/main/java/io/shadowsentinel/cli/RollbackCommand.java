package io.shadowsentinel.cli;

import picocli.CommandLine.Command;

/** Gives a route back to its champion. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the instance said no",
      "2:the call is wrong",
      "3:no running instance can be reached"
    },
    description = "Give a route back to its champion and stop mirroring.")
public final class RollbackCommand extends RouteActionCommand {}
