package io.shadowsentinel.cli;

import picocli.CommandLine.Command;

/** Lets a route's challenger answer users. */
@Command(
    name = "promote",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the instance said no",
      "2:the call is wrong",
      "3:no running instance can be reached"
    },
    description = "Let a route's challenger answer users; the champion becomes standby.")
public final class PromoteCommand extends RouteActionCommand {}
