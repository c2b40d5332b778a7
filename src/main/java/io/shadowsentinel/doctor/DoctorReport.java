package io.shadowsentinel.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shadowsentinel.doctor.Finding.Level;
import io.shadowsentinel.text.Printable;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What {@code sentinel doctor} found, for people and for programs. Immutable. */
public record DoctorReport(Path config, List<Finding> findings) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_SUBJECT = 48;

  public DoctorReport {
    findings = List.copyOf(findings);
  }

  public boolean failed() {
    return count(Level.FAIL) > 0;
  }

  private long count(Level level) {
    return findings.stream().filter(each -> each.level() == level).count();
  }

  /** A line for each finding, and under it what to do. */
  public void printTable(PrintWriter out) {
    int check = width("CHECK", findings.stream().map(Finding::check).toList(), 12);
    int subject = width("SUBJECT", findings.stream().map(Finding::subject).toList(), MAX_SUBJECT);
    out.println(line("RESULT", "CHECK", check, "SUBJECT", subject, "WHAT WAS SEEN"));
    for (Finding each : findings) {
      out.println(
          line(
              each.level().label(),
              each.check(),
              check,
              each.subject(),
              subject,
              Printable.oneLine(each.detail())));
      if (each.remedy() != null) {
        out.println("        -> " + Printable.oneLine(each.remedy()));
      }
    }
    out.println(summary());
    out.flush();
  }

  private String summary() {
    long failed = count(Level.FAIL);
    long warned = count(Level.WARN);
    String warnings = warned == 0 ? "" : ", " + warned + (warned == 1 ? " warning" : " warnings");
    return failed == 0
        ? "Nothing is wrong" + warnings + "."
        : failed + " of " + findings.size() + " checks failed" + warnings + ".";
  }

  private static int width(String head, List<String> cells, int most) {
    int longest = cells.stream().mapToInt(String::length).max().orElse(0);
    return Math.max(head.length(), Math.min(longest, most));
  }

  private static String line(
      String result, String check, int checkWidth, String subject, int subjectWidth, String seen) {
    return pad(result, 6)
        + "  "
        + pad(Printable.oneLine(check), checkWidth)
        + "  "
        + pad(Printable.oneLine(subject), subjectWidth)
        + "  "
        + seen;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  public void printJson(PrintWriter out) {
    ObjectNode report = JSON.createObjectNode();
    report.put("config", config.toString());
    report.put("ok", !failed());
    report.put("failed", count(Level.FAIL));
    report.put("warnings", count(Level.WARN));
    for (Finding each : findings) {
      ObjectNode node = report.withArray("/findings").addObject();
      node.put("level", each.level().name().toLowerCase(Locale.ROOT));
      node.put("check", each.check());
      node.put("subject", each.subject());
      node.put("detail", each.detail());
      node.put("remedy", each.remedy());
    }
    try {
      out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    out.flush();
  }
}
