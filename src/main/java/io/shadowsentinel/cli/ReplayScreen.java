package io.shadowsentinel.cli;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.text.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a replay shows: one line that is painted over on a terminal, a line now and then elsewhere,
 * and what came of it at the end. Called from several threads, one at a time.
 */
final class ReplayScreen {
  private static final int BAR = 24;
  private static final int LINES_EVERY = 10;
  private static final int PATHS_SHOWN = 20;

  private final PrintWriter out;
  private final boolean terminal;
  private long reports;
  private boolean onProgressLine;

  ReplayScreen(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  synchronized void progress(long bytes, long ofBytes, ReplayTraffic traffic, Evidence seen) {
    boolean due = terminal || reports % LINES_EVERY == 0;
    reports++;
    if (!due) {
      return;
    }
    double done = ofBytes == 0 ? 1 : Math.min(1, (double) bytes / ofBytes);
    int filled = (int) (BAR * done);
    String text =
        String.format(
            Locale.ROOT,
            "[%s%s] %3.0f %%  %d sent (%d failed)  %d rated  agreement %s",
            "#".repeat(filled),
            ".".repeat(BAR - filled),
            100 * done,
            traffic.sent(),
            traffic.failed(),
            seen.rated(),
            percent(seen.agreementRate()));
    if (terminal) {
      out.print("\r" + text + "\u001b[K");
      out.flush();
      onProgressLine = true;
    } else {
      line("%s", text);
    }
  }

  synchronized void summary(
      String route, ReplayTraffic traffic, long otherRoutes, long badLines, Evidence seen) {
    line(
        "route %s: %d requests sent, %d answered 2xx, %d not",
        route, traffic.sent(), traffic.succeeded(), traffic.failed());
    if (otherRoutes > 0) {
      line("  not sent         %d that do not match the route", otherRoutes);
    }
    if (badLines > 0) {
      line("  bad lines        %d", badLines);
    }
    line("  agree            %d", seen.agree());
    line("  disagree         %d", seen.disagree());
    line("  challenger_error %d", seen.challengerError());
    line("  incomparable     %d", seen.incomparable());
    line("  shed             %d%s", seen.shed(), seen.shed() == 0 ? "" : " " + seen.shedByReason());
    line("agreement %s of %d rated", percent(seen.agreementRate()), seen.rated());
  }

  /** Counts the conflicts by path, indices of arrays folded. */
  synchronized void conflicts(List<Conflict> conflicts, long inAll) {
    Map<String, Integer> byPath = new TreeMap<>();
    for (Conflict conflict : conflicts) {
      if (conflict.reason() != null) {
        byPath.merge(
            Printable.oneLine(conflict.outcome() + ": " + conflict.reason()), 1, Integer::sum);
      }
      conflict.paths().stream()
          .map(path -> Printable.oneLine(path.replaceAll("/[0-9]+(?=/|$)", "/*")))
          .map(path -> path.isEmpty() ? "(the whole answer)" : path)
          .distinct()
          .forEach(path -> byPath.merge(path, 1, Integer::sum));
    }
    if (byPath.isEmpty()) {
      return;
    }
    line(
        "conflicts by path%s",
        conflicts.size() < inAll ? ", of the latest " + conflicts.size() + " of " + inAll : "");
    byPath.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(PATHS_SHOWN)
        .forEach(entry -> line("  %6d  %s", entry.getValue(), entry.getKey()));
    if (byPath.size() > PATHS_SHOWN) {
      line("  and %d more", byPath.size() - PATHS_SHOWN);
    }
  }

  synchronized void decision(@Nullable Decision decision) {
    if (decision == null) {
      line("decision none was taken");
    } else {
      line("decision %s: %s", decision.action(), Printable.oneLine(decision.reason()));
    }
  }

  private static String percent(@Nullable Double rate) {
    // Rounded down, or 79.999 % would read as 80.00 % and yet be under the bar.
    return rate == null
        ? "-"
        : String.format(Locale.ROOT, "%.2f %%", Math.floor(rate * 10_000) / 100);
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
