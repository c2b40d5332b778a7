package io.shadowsentinel.cli;

import picocli.CommandLine.Command;

/** Mirrors again on a route that was paused. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the instance said no",
      "2:the call is wrong",
      "3:no running instance can be reached"
    },
    description = "Mirror again on a route that was paused.")
public final class ResumeCommand extends RouteActionCommand {}
