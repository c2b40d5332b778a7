package io.shadowsentinel.cli;

import picocli.CommandLine.Command;

/** Stops mirroring on a route. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the instance said no",
      "2:the call is wrong",
      "3:no running instance can be reached"
    },
    description = "Stop mirroring on a route and keep its evidence.")
public final class PauseCommand extends RouteActionCommand {}
