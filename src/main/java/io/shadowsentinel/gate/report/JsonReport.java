package io.shadowsentinel.gate.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shadowsentinel.gate.Calibration;
import io.shadowsentinel.gate.ConflictOutcome;
import io.shadowsentinel.gate.GateBars;
import io.shadowsentinel.gate.GateReport;
import io.shadowsentinel.gate.Latencies;
import io.shadowsentinel.gate.Paired;
import io.shadowsentinel.gate.PairedBars;
import io.shadowsentinel.gate.PairedTest;
import io.shadowsentinel.gate.Quality;
import io.shadowsentinel.gate.Share;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report as JSON; times are in microseconds, and what does not exist is null or left out. */
public final class JsonReport {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonReport() {}

  public static String write(GateReport report) {
    ObjectNode root = JSON.createObjectNode().put("passed", report.passed());
    root.put("task", report.bars().forClasses() ? "classification" : "regression");
    file(root.putObject("model"), report.model());
    file(root.putObject("data"), report.data()).put("rows", report.quality().rows());
    ArrayNode checks = root.putArray("checks");
    for (GateReport.Check check : report.checks()) {
      checks
          .addObject()
          .put("name", check.name())
          .put("value", check.value())
          .put("bar", check.bar())
          .put("passed", check.passed());
    }
    quality(root, report.quality(), report.bars());
    times(root.putObject("latency"), report.latency())
        .put("maximumP99Micros", micros(report.bars().maxP99()))
        .put("passed", report.latency().p99().compareTo(report.bars().maxP99()) <= 0);
    if (report.paired() != null && report.bars().paired() != null) {
      paired(root, report.paired(), report.bars().paired());
    }
    if (report.conflicts() != null) {
      conflicts(root.putObject("conflicts"), report.conflicts());
    }
    try {
      return JSON.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON is always written", e);
    }
  }

  private static void quality(ObjectNode node, Quality quality, @Nullable GateBars bars) {
    if (quality instanceof Quality.OfClasses classes) {
      classes(node, classes, bars);
    } else if (quality instanceof Quality.OfNumbers numbers) {
      numbers(node, numbers, bars);
    }
  }

  private static void classes(ObjectNode node, Quality.OfClasses classes, @Nullable GateBars bars) {
    ObjectNode accuracy = share(node.putObject("accuracy"), classes.accuracy());
    if (bars != null && bars.minAccuracy() != null) {
      least(accuracy, classes.accuracy(), bars.minAccuracy());
    }
    ObjectNode recall = node.putObject("recall");
    for (Map.Entry<String, Share> entry : classes.recall().entrySet()) {
      ObjectNode one = share(recall.putObject(entry.getKey()), entry.getValue());
      BigDecimal bar = bars == null ? null : bars.minRecall().of(entry.getKey());
      if (bar != null) {
        least(one, entry.getValue(), bar);
      }
    }
    Quality.Probabilities probabilities = classes.probabilities();
    if (probabilities == null) {
      node.putNull("logLoss")
          .putNull("calibration")
          .put("noProbabilities", classes.noProbabilities());
    } else {
      node.put("logLoss", probabilities.logLoss());
      calibration(node.putObject("calibration"), probabilities.calibration());
    }
    ObjectNode confusion = node.putObject("confusion");
    classes.confusion().labels().forEach(confusion.putArray("labels")::add);
    ArrayNode counts = confusion.putArray("counts");
    classes.confusion().counts().forEach(row -> row.forEach(counts.addArray()::add));
  }

  private static void calibration(ObjectNode node, Calibration calibration) {
    node.put("expectedError", calibration.expectedError())
        .put("maximumError", calibration.maximumError());
    ArrayNode bins = node.putArray("bins");
    for (Calibration.Bin bin : calibration.bins()) {
      ObjectNode one =
          bins.addObject()
              .put("low", bin.low())
              .put("high", bin.high())
              .put("rows", bin.right().whole());
      if (bin.right().whole() > 0) {
        one.put("accuracy", bin.right().rate()).put("confidence", bin.confidence());
      }
    }
  }

  private static void numbers(ObjectNode node, Quality.OfNumbers numbers, @Nullable GateBars bars) {
    ObjectNode rmse = node.putObject("rmse").put("value", numbers.rmse());
    if (bars != null && bars.maxRmse() != null) {
      rmse.put("maximum", bars.maxRmse())
          .put("passed", new BigDecimal(numbers.rmse()).compareTo(bars.maxRmse()) <= 0);
    }
    node.put("mae", numbers.mae()).put("largestError", numbers.largest());
    if (Double.isNaN(numbers.r2())) {
      node.putNull("r2");
    } else {
      node.put("r2", numbers.r2());
    }
  }

  private static void paired(ObjectNode root, Paired paired, PairedBars bars) {
    ObjectNode baseline = file(root.putObject("baseline"), paired.baseline());
    quality(baseline, paired.quality(), null);
    times(baseline.putObject("latency"), paired.latency());
    ObjectNode agreement = share(root.putObject("agreement"), paired.agreement());
    if (bars.minAgreement() != null) {
      least(agreement, paired.agreement(), bars.minAgreement());
    }
    PairedTest test = paired.test();
    ObjectNode regression =
        root.putObject("regression")
            .put("better", test.better())
            .put("worse", test.worse())
            .put("p", test.p())
            .put("regressionP", test.regressionP());
    if (bars.maxRegressionP() != null) {
      regression
          .put("maximumP", bars.maxRegressionP())
          .put("passed", !test.showsRegression(bars.maxRegressionP()));
    }
    ObjectNode ratio =
        root.putObject("latencyRatio")
            .put("median", paired.ratio().median())
            .put("low", paired.ratio().low())
            .put("high", paired.ratio().high());
    if (bars.maxLatencyRatio() != null) {
      ratio
          .put("maximum", bars.maxLatencyRatio())
          .put(
              "passed",
              new BigDecimal(paired.ratio().median()).compareTo(bars.maxLatencyRatio()) <= 0);
    }
  }

  private static void conflicts(ObjectNode node, ConflictOutcome conflicts) {
    share(file(node, conflicts.file()), conflicts.right())
        .put("passed", conflicts.missed().isEmpty())
        .put("passedOver", conflicts.passedOver());
    ArrayNode missed = node.putArray("missed");
    for (ConflictOutcome.Missed one : conflicts.missed()) {
      ObjectNode line =
          missed
              .addObject()
              .put("line", one.line())
              .put("requestId", one.requestId())
              .put("expected", one.expected())
              .put("answer", one.answer());
      if (!Double.isNaN(one.confidence())) {
        line.put("confidence", one.confidence());
      }
    }
  }

  private static void least(ObjectNode node, Share share, BigDecimal bar) {
    node.put("minimum", bar).put("passed", share.reaches(bar));
  }

  private static ObjectNode file(ObjectNode node, GateReport.MeasuredFile file) {
    return node.put("file", file.path()).put("sha256", file.sha256());
  }

  private static ObjectNode share(ObjectNode node, Share share) {
    node.put("part", share.part()).put("whole", share.whole());
    // Of nothing there is no rate.
    return share.whole() == 0 ? node.putNull("rate") : node.put("rate", share.rate());
  }

  private static ObjectNode times(ObjectNode node, Latencies latency) {
    return node.put("samples", latency.samples())
        .put("p50Micros", micros(latency.p50()))
        .put("p95Micros", micros(latency.p95()))
        .put("p99Micros", micros(latency.p99()));
  }

  private static double micros(Duration duration) {
    return duration.toNanos() / 1e3;
  }
}
