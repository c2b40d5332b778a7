package io.shadowsentinel.gate;

import io.shadowsentinel.gate.GateReport.Check;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds the figures of a report against its bars. */
final class Checks {

  private final GateBars bars;
  private final List<Check> checks = new ArrayList<>();

  private Checks(GateBars bars) {
    this.bars = bars;
  }

  static List<Check> of(GateReport report) {
    Checks checks = new Checks(report.bars());
    if (report.quality() instanceof Quality.OfClasses classes) {
      checks.classes(classes);
    } else if (report.quality() instanceof Quality.OfNumbers numbers) {
      checks.most(
          "RMSE", FigureText.number(numbers.rmse()), numbers.rmse(), report.bars().maxRmse());
    }
    checks.add(
        "latency p99",
        FigureText.time(report.latency().p99()),
        "<= " + FigureText.time(report.bars().maxP99()),
        report.latency().p99().compareTo(report.bars().maxP99()) <= 0);
    if (report.paired() != null) {
      checks.paired(report.paired(), Objects.requireNonNull(report.bars().paired()));
    }
    if (report.conflicts() != null) {
      Share right = report.conflicts().right();
      checks.add("conflicts", FigureText.share(right), "all", right.part() == right.whole());
    }
    return List.copyOf(checks.checks);
  }

  private void classes(Quality.OfClasses classes) {
    least("accuracy", classes.accuracy(), bars.minAccuracy());
    String lowest = null;
    boolean missed = false;
    for (Map.Entry<String, Share> entry : classes.recall().entrySet()) {
      BigDecimal bar = bars.minRecall().of(entry.getKey());
      if (bar == null) {
        continue;
      }
      if (!entry.getValue().reaches(bar)) {
        least("recall of " + entry.getKey(), entry.getValue(), bar);
        missed = true;
      }
      boolean lower = lowest == null || margin(classes, entry.getKey()) < margin(classes, lowest);
      lowest = lower ? entry.getKey() : lowest;
    }
    if (!missed && lowest != null) {
      // All are in the table of recall; here the one that came closest to its bar will do.
      Share share = Objects.requireNonNull(classes.recall().get(lowest));
      least("recall of " + lowest, share, bars.minRecall().of(lowest));
    }
  }

  private double margin(Quality.OfClasses classes, String label) {
    Share share = Objects.requireNonNull(classes.recall().get(label));
    return share.rate() - Objects.requireNonNull(bars.minRecall().of(label)).doubleValue();
  }

  private void paired(Paired paired, PairedBars against) {
    if (against.minAgreement() != null) {
      least("agreement", paired.agreement(), against.minAgreement());
    }
    if (against.maxRegressionP() != null) {
      PairedTest test = paired.test();
      add(
          "regression p",
          "%s (won %d, lost %d)"
              .formatted(FigureText.number(test.regressionP()), test.better(), test.worse()),
          "> " + against.maxRegressionP().toPlainString() + ", if worse",
          !test.showsRegression(against.maxRegressionP()));
    }
    if (against.maxLatencyRatio() != null) {
      LatencyRatio ratio = paired.ratio();
      most("latency ratio", FigureText.ratio(ratio), ratio.median(), against.maxLatencyRatio());
    }
  }

  private void least(String name, Share share, @Nullable BigDecimal bar) {
    BigDecimal least = Objects.requireNonNull(bar);
    add(name, FigureText.share(share), ">= " + least.toPlainString(), share.reaches(least));
  }

  private void most(String name, String shown, double value, @Nullable BigDecimal bar) {
    BigDecimal most = Objects.requireNonNull(bar);
    add(name, shown, "<= " + most.toPlainString(), new BigDecimal(value).compareTo(most) <= 0);
  }

  private void add(String name, String value, String bar, boolean passed) {
    checks.add(new Check(name, value, bar, passed));
  }
}
