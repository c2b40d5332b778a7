package io.shadowsentinel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.text.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The emergency brake, {@code sentinel --force-rollback[=ROUTE]}: afterwards the champion of the
 * config answers and nothing is mirrored. It is safe to pull twice: a route that is there already
 * is no error. With several routes it goes on after a failure, so that one bad route keeps no other
 * from being rolled back.
 */
public final class ForceRollback {

  /** States in which the champion answers alone, for good. */
  private static final Set<String> SAFE = Set.of("ROLLED_BACK", "NO_CHALLENGER");

  private ForceRollback() {}

  /**
   * Rolls back one route, or all.
   *
   * @param route null for all
   * @param reason for the decision log; may be empty
   * @param out one line a route that is safe now
   * @param err one line a route that is not, or would not be after a restart
   * @return 0 when every route meant is safe now; else the first other code: 1 the instance said
   *     no, 2 no such route or no right to, 3 no instance
   */
  public static int call(
      AdminClient client, @Nullable String route, String reason, PrintWriter out, PrintWriter err) {
    int exitCode = AdminAnswers.DONE;
    if (route != null) {
      exitCode = rollBack(client, route, reason, out, err);
    } else {
      AdminReply reply = client.routes();
      if (reply instanceof AdminReply.Ok ok) {
        for (String name : names(ok.body())) {
          int code = rollBack(client, name, reason, out, err);
          exitCode = exitCode == AdminAnswers.DONE ? code : exitCode;
        }
      } else {
        err.println("force-rollback: " + AdminAnswers.complaint(reply));
        exitCode = AdminAnswers.exitCode(reply);
      }
    }
    out.flush();
    err.flush();
    return exitCode;
  }

  private static List<String> names(JsonNode routes) {
    List<String> names = new ArrayList<>();
    routes.forEach(route -> names.add(route.path("name").asText()));
    return names;
  }

  /** Acts first and looks at the state only when refused: asking before would leave a gap. */
  private static int rollBack(
      AdminClient client, String route, String reason, PrintWriter out, PrintWriter err) {
    AdminReply reply = client.act(route, "rollback", reason);
    if (reply instanceof AdminReply.Ok ok) {
      out.println(Printable.oneLine(route) + ": rolled back");
      String warning = AdminAnswers.warning(ok, route);
      if (!warning.isEmpty()) {
        err.println(warning);
      }
      return AdminAnswers.DONE;
    }
    if (reply instanceof AdminReply.Refusal refusal
        && refusal.status() == 409
        && refusal.state() != null
        && SAFE.contains(refusal.state())) {
      out.println(
          Printable.oneLine(route)
              + (refusal.state().equals("ROLLED_BACK")
                  ? ": already rolled back"
                  : ": has no challenger"));
      return AdminAnswers.DONE;
    }
    err.println(
        "force-rollback " + Printable.oneLine(route) + ": " + AdminAnswers.complaint(reply));
    return AdminAnswers.exitCode(reply);
  }
}
