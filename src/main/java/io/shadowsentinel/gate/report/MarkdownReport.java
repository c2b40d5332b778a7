package io.shadowsentinel.gate.report;

import io.shadowsentinel.gate.ConflictOutcome;
import io.shadowsentinel.gate.FigureText;
import io.shadowsentinel.gate.GateReport;
import io.shadowsentinel.gate.Quality;
import io.shadowsentinel.gate.Share;
import java.util.Map;

/** A report as Markdown with GitHub's tables. */
public final class MarkdownReport {

  private final StringBuilder text = new StringBuilder(2_048);
  private final GateReport report;

  private MarkdownReport(GateReport report) {
    this.report = report;
  }

  public static String write(GateReport report) {
    MarkdownReport markdown = new MarkdownReport(report);
    markdown.write();
    return markdown.text.toString();
  }

  private void write() {
    line("## Model gate: " + (report.passed() ? "passed" : "FAILED"));
    line("");
    String against =
        report.paired() == null ? "" : ", against " + code(report.paired().baseline().path());
    line(
        "%s on %d rows of %s%s."
            .formatted(
                code(report.model().path()),
                report.quality().rows(),
                code(report.data().path()),
                against));
    line("");
    row("check", "value", "bar", "");
    row("---", "---", "---", "---");
    for (GateReport.Check check : report.checks()) {
      row(
          escaped(check.name()),
          check.value(),
          escaped(check.bar()),
          check.passed() ? "✅ ok" : "❌ **missed**");
    }
    line("");
    figures();
    if (report.conflicts() != null) {
      conflicts(report.conflicts());
    }
    if (report.quality() instanceof Quality.OfClasses classes) {
      recall(classes);
    }
    line("<sub>SHA-256 of the model: `%s`</sub>".formatted(report.model().sha256()));
  }

  private void figures() {
    boolean beside = report.paired() != null;
    row("figure", "model", beside ? "baseline" : "");
    row("---", "---", "---");
    for (Figures.Figure figure : Figures.of(report).all()) {
      row(figure.name(), figure.model(), figure.baseline() == null ? "" : figure.baseline());
    }
    line("");
    for (String line : Figures.paired(report)) {
      line("- " + line);
    }
    if (report.quality() instanceof Quality.OfClasses classes
        && classes.noProbabilities() != null) {
      line("- no log-loss and calibration: " + escaped(classes.noProbabilities()));
    }
    line("- times are of " + report.latency().samples() + " runs of one row each");
    line("");
  }

  private void recall(Quality.OfClasses classes) {
    Map<String, Share> theirs =
        report.paired() != null && report.paired().quality() instanceof Quality.OfClasses other
            ? other.recall()
            : Map.of();
    line("<details><summary>Recall of each class</summary>");
    line("");
    row("class", "recall", theirs.isEmpty() ? "" : "baseline");
    row("---", "---", "---");
    for (Map.Entry<String, Share> entry : classes.recall().entrySet()) {
      Share other = theirs.get(entry.getKey());
      row(
          escaped(entry.getKey()),
          FigureText.share(entry.getValue()),
          other == null ? "" : FigureText.share(other));
    }
    line("");
    line("</details>");
    line("");
  }

  private void conflicts(ConflictOutcome conflicts) {
    line(
        "Conflicts of production: %s right, %d lines passed over."
            .formatted(FigureText.share(conflicts.right()), conflicts.passedOver()));
    line("");
    if (conflicts.missed().isEmpty()) {
      return;
    }
    row("line", "request", "expected", "got");
    row("---", "---", "---", "---");
    conflicts.missed().stream()
        .limit(TextReport.MOST_MISSED)
        .forEach(
            missed ->
                row(
                    String.valueOf(missed.line()),
                    missed.requestId() == null ? "" : escaped(missed.requestId()),
                    escaped(missed.expected()),
                    escaped(missed.answer())));
    line("");
    if (conflicts.missed().size() > TextReport.MOST_MISSED) {
      line("And %d more.".formatted(conflicts.missed().size() - TextReport.MOST_MISSED));
      line("");
    }
  }

  private void row(String... cells) {
    line("| " + String.join(" | ", cells) + " |");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /** A path as code; it may hold what ends a cell or the code. */
  private static String code(String path) {
    return "<code>" + escaped(path) + "</code>";
  }

  /** Text that is none of Markdown's or HTML's marks. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (char c : TextReport.oneLine(text).toCharArray()) {
      if ("\\`*_{}[]()#+!|<>&~@:".indexOf(c) >= 0) {
        escaped.append("&#").append((int) c).append(';');
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
