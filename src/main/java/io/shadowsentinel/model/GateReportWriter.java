package io.shadowsentinel.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Shows a {@link GateReport}: as a table for people, as JSON for the jobs that come after. */
public final class GateReportWriter {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String ROW = "%-12s %-28s %-14s %s%n";

  private final GateReport report;

  public GateReportWriter(GateReport report) {
    this.report = report;
  }

  /** Writes the table. */
  public void table(PrintWriter out) {
    GateBars bars = report.bars();
    Latencies latency = report.latency();
    out.printf("model        %s%n", report.model().path());
    out.printf("data         %s, %d rows%n", report.data().path(), report.accuracy().whole());
    if (report.baseline() != null) {
      out.printf("baseline     %s%n", report.baseline().path());
    }
    out.println();
    out.printf(ROW, "measure", "value", "bar", "");
    out.printf(
        ROW,
        "accuracy",
        text(report.accuracy()),
        ">= " + bars.minAccuracy().toPlainString(),
        verdict(report.accuracyPassed()));
    out.printf(
        ROW,
        "latency p99",
        text(latency.p99()),
        "<= " + text(bars.maxP99()),
        verdict(report.latencyPassed()));
    if (report.agreement() != null) {
      out.printf(
          ROW,
          "agreement",
          text(report.agreement()),
          ">= " + Objects.requireNonNull(bars.minAgreement()).toPlainString(),
          verdict(report.agreementPassed()));
    }
    out.println();
    out.printf(
        "one row at a time: p50 %s, p95 %s, p99 %s over %d runs%n%n",
        text(latency.p50()), text(latency.p95()), text(latency.p99()), latency.samples());
    out.printf("%-12s recall%n", "class");
    report.recall().forEach((label, share) -> out.printf("%-12s %s%n", label, text(share)));
    out.println();
    out.println(report.passed() ? "PASSED" : "FAILED");
    out.flush();
  }

  /** Writes the report as JSON; times are in microseconds. */
  public void json(Path file) throws IOException {
    ObjectNode root = JSON.createObjectNode().put("passed", report.passed());
    file(root.putObject("model"), report.model());
    file(root.putObject("data"), report.data()).put("rows", report.accuracy().whole());
    share(root.putObject("accuracy"), report.accuracy())
        .put("minimum", report.bars().minAccuracy())
        .put("passed", report.accuracyPassed());
    ObjectNode recall = root.putObject("recall");
    for (Map.Entry<String, Share> entry : report.recall().entrySet()) {
      share(recall.putObject(entry.getKey()), entry.getValue());
    }
    Latencies latency = report.latency();
    root.putObject("latency")
        .put("samples", latency.samples())
        .put("p50Micros", micros(latency.p50()))
        .put("p95Micros", micros(latency.p95()))
        .put("p99Micros", micros(latency.p99()))
        .put("maximumP99Micros", micros(report.bars().maxP99()))
        .put("passed", report.latencyPassed());
    if (report.baseline() != null && report.agreement() != null) {
      file(root.putObject("baseline"), report.baseline());
      share(root.putObject("agreement"), report.agreement())
          .put("minimum", report.bars().minAgreement())
          .put("passed", report.agreementPassed());
    }
    Files.writeString(file, JSON.writeValueAsString(root) + "\n");
  }

  private static ObjectNode file(ObjectNode node, GateReport.MeasuredFile file) {
    return node.put("file", file.path()).put("sha256", file.sha256());
  }

  private static ObjectNode share(ObjectNode node, Share share) {
    return node.put("part", share.part()).put("whole", share.whole()).put("rate", share.rate());
  }

  private static double micros(Duration duration) {
    return duration.toNanos() / 1e3;
  }

  private static String text(Share share) {
    return String.format(Locale.ROOT, "%.4f (%d of %d)", share.rate(), share.part(), share.whole());
  }

  private static String text(Duration duration) {
    double micros = micros(duration);
    return micros < 1_000
        ? String.format(Locale.ROOT, "%.1f us", micros)
        : String.format(Locale.ROOT, "%.3f ms", micros / 1e3);
  }

  private static String verdict(boolean passed) {
    return passed ? "ok" : "MISSED";
  }
}
