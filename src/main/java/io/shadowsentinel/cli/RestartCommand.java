package io.shadowsentinel.cli;

import picocli.CommandLine.Command;

/** Opens a new experiment on a route's two models. */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the instance said no",
      "2:the call is wrong",
      "3:no running instance can be reached"
    },
    description = "Open a new experiment on a route's two models.")
public final class RestartCommand extends RouteActionCommand {}
