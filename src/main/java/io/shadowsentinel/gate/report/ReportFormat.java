package io.shadowsentinel.gate.report;

import io.shadowsentinel.gate.GateReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The formats that a report is written in, by the ending of the file's name. */
public enum ReportFormat {
  /** For the jobs that come after. */
  JSON,
  /** For a job's summary or a comment. */
  MARKDOWN;

  /**
   * The format of a file.
   *
   * @throws IllegalArgumentException when its name ends otherwise
   */
  public static ReportFormat of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".json")) {
      return JSON;
    }
    if (name.endsWith(".md") || name.endsWith(".markdown")) {
      return MARKDOWN;
    }
    throw new IllegalArgumentException("report: " + file + " (expected a name in .json or .md)");
  }

  /** Writes a report in place of what is there. */
  public void write(GateReport report, Path file) throws IOException {
    String text = this == JSON ? JsonReport.write(report) : MarkdownReport.write(report);
    // Not writeString, which fails on a label that is no Unicode.
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
