package io.shadowsentinel.gate.report;

import io.shadowsentinel.gate.ConflictOutcome;
import io.shadowsentinel.gate.FigureText;
import io.shadowsentinel.gate.GateReport;
import io.shadowsentinel.gate.Quality;
import io.shadowsentinel.gate.Share;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report as a terminal shows it. */
public final class TextReport {

  /** How many missed conflicts are shown; the JSON has all. */
  static final int MOST_MISSED = 20;

  private static final String CHECK = "%-24s %-34s %-18s %s%n";
  private static final String FIGURE = "%-24s %-26s %s%n";

  private final GateReport report;
  private final PrintWriter out;

  private TextReport(GateReport report, PrintWriter out) {
    this.report = report;
    this.out = out;
  }

  /** Writes it whole. */
  public static void write(GateReport report, PrintWriter out) {
    new TextReport(report, out).write();
  }

  private void write() {
    out.printf("model     %s%n", oneLine(report.model().path()));
    out.printf("data      %s, %d rows%n", oneLine(report.data().path()), report.quality().rows());
    if (report.paired() != null) {
      out.printf("baseline  %s%n", oneLine(report.paired().baseline().path()));
    }
    out.println();
    out.printf(CHECK, "check", "value", "bar", "");
    for (GateReport.Check check : report.checks()) {
      out.printf(
          CHECK,
          oneLine(check.name()),
          check.value(),
          check.bar(),
          check.passed() ? "ok" : "MISSED");
    }
    figures();
    if (report.quality() instanceof Quality.OfClasses classes) {
      recall(classes);
    }
    if (report.conflicts() != null) {
      conflicts(report.conflicts());
    }
    out.println();
    out.println(report.passed() ? "PASSED" : "FAILED");
    out.flush();
  }

  private void figures() {
    out.println();
    out.printf(FIGURE, "figure", "model", report.paired() == null ? "" : "baseline");
    for (Figures.Figure figure : Figures.of(report).all()) {
      String other = figure.baseline() == null ? "" : figure.baseline();
      out.printf(FIGURE, figure.name(), figure.model(), other);
    }
    Figures.paired(report).forEach(out::println);
    if (report.quality() instanceof Quality.OfClasses classes
        && classes.noProbabilities() != null) {
      out.println("no log-loss and calibration: " + classes.noProbabilities());
    }
    out.printf("times are of %d runs of one row each%n", report.latency().samples());
  }

  private void recall(Quality.OfClasses classes) {
    Map<String, Share> theirs =
        report.paired() != null && report.paired().quality() instanceof Quality.OfClasses other
            ? other.recall()
            : Map.of();
    out.println();
    out.printf(FIGURE, "class", "recall", theirs.isEmpty() ? "" : "baseline");
    classes
        .recall()
        .forEach(
            (label, share) ->
                out.printf(
                    FIGURE, oneLine(label), FigureText.share(share), shown(theirs.get(label))));
  }

  private void conflicts(ConflictOutcome conflicts) {
    out.println();
    out.printf(
        "conflicts %s, %s right, %d lines passed over, on which one model was not sure%n",
        oneLine(conflicts.file().path()),
        FigureText.share(conflicts.right()),
        conflicts.passedOver());
    conflicts.missed().stream()
        .limit(MOST_MISSED)
        .forEach(
            missed ->
                out.printf(
                    "  line %d%s: expected %s, got %s%s%n",
                    missed.line(),
                    missed.requestId() == null ? "" : ", request " + oneLine(missed.requestId()),
                    oneLine(missed.expected()),
                    oneLine(missed.answer()),
                    Double.isNaN(missed.confidence())
                        ? ""
                        : " at " + FigureText.number(missed.confidence())));
    if (conflicts.missed().size() > MOST_MISSED) {
      out.printf("  and %d more%n", conflicts.missed().size() - MOST_MISSED);
    }
  }

  private static String shown(@Nullable Share share) {
    return share == null ? "" : FigureText.share(share);
  }

  /** Blanks for control characters, which could move the cursor or forge a line. */
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return line.toString();
  }
}
