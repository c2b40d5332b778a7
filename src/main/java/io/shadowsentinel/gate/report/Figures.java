package io.shadowsentinel.gate.report;

import io.shadowsentinel.gate.FigureText;
import io.shadowsentinel.gate.GateReport;
import io.shadowsentinel.gate.Latencies;
import io.shadowsentinel.gate.Paired;
import io.shadowsentinel.gate.PairedTest;
import io.shadowsentinel.gate.Quality;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The figures of a report in words, for the formats that people read. */
record Figures(List<Figure> all) {

  /**
   * One figure.
   *
   * @param model a {@code FigureText} value
   * @param baseline the baseline's; null without one
   */
  record Figure(String name, String model, @Nullable String baseline) {}

  /** The figures that each model has by itself. */
  static Figures of(GateReport report) {
    Paired paired = report.paired();
    List<String[]> ours = lines(report.quality(), report.latency());
    List<String[]> theirs = paired == null ? null : lines(paired.quality(), paired.latency());
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      figures.add(
          new Figure(ours.get(i)[0], ours.get(i)[1], theirs == null ? null : theirs.get(i)[1]));
    }
    return new Figures(List.copyOf(figures));
  }

  /** What tells the two models apart; empty without a baseline. */
  static List<String> paired(GateReport report) {
    Paired paired = report.paired();
    if (paired == null) {
      return List.of();
    }
    PairedTest test = paired.test();
    String name = report.bars().forClasses() ? "McNemar's exact test" : "sign test";
    return List.of(
        "agreement " + FigureText.share(paired.agreement()),
        "%s: won %d, lost %d, p %s two-sided, %s for a regression"
            .formatted(
                name,
                test.better(),
                test.worse(),
                FigureText.number(test.p()),
                FigureText.number(test.regressionP())),
        "latency ratio " + FigureText.ratio(paired.ratio()));
  }

  private static List<String[]> lines(Quality quality, Latencies latency) {
    List<String[]> lines = new ArrayList<>();
    if (quality instanceof Quality.OfClasses classes) {
      add(lines, "accuracy", FigureText.share(classes.accuracy()));
      Quality.Probabilities probabilities = classes.probabilities();
      add(
          lines,
          "log-loss",
          probabilities == null ? "none" : FigureText.number(probabilities.logLoss()));
      add(
          lines,
          "calibration error (ECE)",
          probabilities == null
              ? "none"
              : FigureText.number(probabilities.calibration().expectedError()));
    } else if (quality instanceof Quality.OfNumbers numbers) {
      add(lines, "RMSE", FigureText.number(numbers.rmse()));
      add(lines, "mean absolute error", FigureText.number(numbers.mae()));
      add(lines, "largest error", FigureText.number(numbers.largest()));
      add(lines, "R squared", FigureText.number(numbers.r2()));
    }
    add(lines, "one row, p50", FigureText.time(latency.p50()));
    add(lines, "one row, p95", FigureText.time(latency.p95()));
    add(lines, "one row, p99", FigureText.time(latency.p99()));
    return lines;
  }

  private static void add(List<String[]> lines, String name, String value) {
    lines.add(new String[] {name, value});
  }
}
