package io.shadowsentinel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.decide.RouteStatus;
import io.shadowsentinel.text.Printable;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the demo shows: one line that is painted over on a terminal, lines in a row elsewhere.
 * Called from several threads, one at a time.
 */
final class DemoScreen {
  private static final int BAR = 20;
  private static final int LINES_EVERY = 4;

  private final PrintWriter out;
  private final boolean terminal;
  private long reports;
  private boolean onProgressLine;
  private boolean quiet;

  DemoScreen(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  synchronized void welcome(DemoCommand.Challenger challenger, int port, int adminPort) {
    line(
        "Shadow Sentinel demo: handwritten digits, champion against the %s challenger",
        challenger.name().toLowerCase(Locale.ROOT));
    line("  users ask    http://127.0.0.1:%d/v2/models/digits/infer", port);
    line("  look at      http://127.0.0.1:%d/", adminPort);
    line("  traffic      360 rows that neither model has seen, 40 a second");
    line("  rule         200 comparisons; 80 %% agreement or more promotes, less rolls back");
    line("");
  }

  synchronized void progress(RouteStatus route, DemoTraffic traffic) {
    RouteStatus.Trial trial = route.live();
    if (quiet || trial == null) {
      return;
    }
    boolean due = terminal || reports % LINES_EVERY == 0;
    reports++;
    if (!due) {
      return;
    }
    Evidence seen = trial.evidence();
    String text =
        String.format(
            Locale.ROOT,
            "%-11s %s  %d requests (%d failed)  agreement %s  conflicts %d high-confidence  %s",
            route.state(),
            bar(seen.rated(), route.rule().minRequests()),
            traffic.answered() + traffic.failed(),
            traffic.failed(),
            percent(seen.agreementRate()),
            seen.highConfidenceConflicts(),
            remaining(route, seen));
    if (terminal) {
      out.print("\r" + text + "\u001b[K");
      onProgressLine = true;
      out.flush();
    } else {
      line("%s", text);
    }
  }

  private static String bar(long done, long of) {
    int filled = (int) Math.min(BAR, BAR * done / of);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
  }

  private static String remaining(RouteStatus route, Evidence seen) {
    if (route.decision() != null) {
      return "decided: " + route.decision().action();
    }
    long left = Math.max(0, route.rule().minRequests() - seen.rated());
    return left + " to the decision, about " + (left + 39) / 40 + " s";
  }

  private static String percent(@Nullable Double rate) {
    return rate == null ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * rate);
  }

  synchronized void decision(Decision decision, DemoTraffic traffic) {
    Evidence seen = decision.evidence();
    line("");
    line("DECISION: %s  %s -> %s", decision.action(), decision.from(), decision.to());
    line("  why          %s", decision.reason());
    line(
        "  evidence     %d rated: %d agree, %d disagree, %d challenger errors; agreement %s",
        seen.rated(),
        seen.agree(),
        seen.disagree(),
        seen.challengerError(),
        percent(seen.agreementRate()));
    Double gap = seen.confidenceGap();
    line(
        "  confidence   mean gap %s, %d high-confidence conflicts",
        gap == null ? "-" : String.format(Locale.ROOT, "%.3f", gap),
        seen.highConfidenceConflicts());
    line(
        "  users        %s answers them now; %d of %d requests failed",
        decision.action() == Decision.Action.PROMOTE ? decision.challenger() : decision.champion(),
        traffic.failed(),
        traffic.answered() + traffic.failed());
  }

  synchronized void alert(@Nullable JsonNode alert) {
    if (alert == null) {
      line("  alert        none arrived; it is kept in the outbox and tried again");
    } else {
      line("  alert        received by the demo's webhook:");
      line("               %s", Printable.oneLine(alert.toString()));
    }
  }

  synchronized void stays(int adminPort) {
    line("");
    line("Traffic goes on. Look at http://127.0.0.1:%d/ ; Ctrl-C ends the demo.", adminPort);
    // On a terminal the last line goes on counting; a log file has seen enough.
    quiet = !terminal;
  }

  private void line(String format, @Nullable Object... arguments) {
    if (onProgressLine) {
      out.println();
      onProgressLine = false;
    }
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }
}
