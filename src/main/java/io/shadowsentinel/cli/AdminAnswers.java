package io.shadowsentinel.cli;

import io.shadowsentinel.admin.Problem;
import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.text.Printable;

/** The exit codes of commands that talk to a running instance, and what they print on a failure. */
final class AdminAnswers {
  static final int DONE = 0;
  static final int ANSWER_IS_NO = 1;
  static final int BAD_INPUT = 2;
  static final int UNREACHABLE = 3;

  private AdminAnswers() {}

  /** The exit code for an answer. */
  static int exitCode(AdminReply reply) {
    if (reply instanceof AdminReply.Ok) {
      return DONE;
    }
    if (reply instanceof AdminReply.Refusal refusal) {
      // Not stored, or not now, is a "no" of an instance that runs; not available is one that does
      // not run yet.
      return refusal.type().equals(Problem.UNAVAILABLE)
          ? UNREACHABLE
          : refusal.status() == 409 || refusal.status() == 429 || refusal.status() >= 500
              ? ANSWER_IS_NO
              : BAD_INPUT;
    }
    return UNREACHABLE;
  }

  /** One line for stderr on what was done and may be undone; empty when there is nothing to say. */
  static String warning(AdminReply.Ok done, String route) {
    String warning = done.body().path("warning").asText();
    return warning.isEmpty() ? "" : Printable.oneLine("warning: " + route + ": " + warning);
  }

  /** One line for stderr that says why it did not work; empty when it did. */
  static String complaint(AdminReply reply) {
    if (reply instanceof AdminReply.Refusal refusal) {
      String advice =
          refusal.status() == 401 || refusal.status() == 403
              ? "; a token is given with --token-file or " + AdminConfig.TOKEN_VARIABLE
              : "";
      return Printable.oneLine(refusal.detail()) + advice;
    }
    return reply instanceof AdminReply.Unreachable unreachable
        ? Printable.oneLine(unreachable.why())
        : "";
  }
}
