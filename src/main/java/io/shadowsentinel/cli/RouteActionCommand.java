package io.shadowsentinel.cli;

import io.shadowsentinel.text.Printable;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A verb on one route of a running instance. The command's name is the action's. */
abstract class RouteActionCommand implements Callable<Integer> {

  @Spec @Nullable CommandSpec spec;

  @Mixin final AdminOptions admin = new AdminOptions();

  @Parameters(index = "0", paramLabel = "ROUTE", description = "The route's name.")
  private String route = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the decision log.")
  private String reason = "";

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    PrintWriter out = spec.commandLine().getOut();
    AdminReply reply = admin.client().act(route, spec.name(), reason);
    if (reply instanceof AdminReply.Ok ok) {
      String state = ok.body().path("state").asText().toLowerCase(Locale.ROOT).replace('_', ' ');
      String champion = ok.body().path("champion").path("name").asText();
      out.println(Printable.oneLine(route + ": " + state + ", " + champion + " answers"));
      out.flush();
      warn(ok, spec.commandLine().getErr());
    } else {
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          spec.name() + " " + Printable.oneLine(route) + ": " + AdminAnswers.complaint(reply));
      err.flush();
    }
    return AdminAnswers.exitCode(reply);
  }

  private void warn(AdminReply.Ok ok, PrintWriter err) {
    String warning = AdminAnswers.warning(ok, route);
    if (!warning.isEmpty()) {
      err.println(warning);
      err.flush();
    }
  }
}
