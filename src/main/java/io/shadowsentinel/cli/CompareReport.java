package io.shadowsentinel.cli;

import io.shadowsentinel.compare.core.Explanation;
import io.shadowsentinel.text.Printable;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints an explanation for people. */
final class CompareReport {
  private CompareReport() {}

  static void print(Explanation seen, PrintWriter out) {
    out.println("outcome: " + seen.outcome().label());
    if (seen.reason() != null) {
      out.println("reason: " + Printable.oneLine(seen.reason()));
    }
    if (!Double.isNaN(seen.confidenceGap())) {
      out.println(
          String.format(Locale.ROOT, "confidence gap: %.6f", seen.confidenceGap())
              + (seen.highConfidenceConflict() ? ", a high-confidence conflict" : ""));
    }
    out.println("rows: " + seen.rowsTotal());
    seen.rows().forEach(row -> print(row, out));
    if (seen.rowsTotal() > seen.rows().size()) {
      out.println("  … and " + (seen.rowsTotal() - seen.rows().size()) + " more");
    }
    out.println("differences: " + seen.differencesTotal());
    seen.differences().forEach(difference -> print(difference, out));
    if (seen.differencesTotal() > seen.differences().size()) {
      out.println("  … and " + (seen.differencesTotal() - seen.differences().size()) + " more");
    }
  }

  private static void print(Explanation.Row row, PrintWriter out) {
    out.println(
        "  "
            + row.row()
            + ": "
            + side(row.championLabel(), row.championConfidence())
            + (row.agrees() ? " = " : " ≠ ")
            + side(row.challengerLabel(), row.challengerConfidence()));
  }

  private static String side(@Nullable String label, @Nullable Double confidence) {
    String shown = label == null ? "(no label)" : Printable.oneLine(label);
    return confidence == null ? shown : shown + " (" + confidence + ")";
  }

  private static void print(Explanation.Difference difference, PrintWriter out) {
    String path = difference.path().isEmpty() ? "(the whole answer)" : difference.path();
    String note =
        difference.note() == null ? "" : "  [" + Printable.oneLine(difference.note()) + "]";
    out.println("  " + Printable.oneLine(path) + note);
    out.println("    champion:   " + shown(difference.champion()));
    out.println("    challenger: " + shown(difference.challenger()));
  }

  private static String shown(@Nullable String value) {
    return value == null ? "(not there)" : Printable.oneLine(value);
  }
}
