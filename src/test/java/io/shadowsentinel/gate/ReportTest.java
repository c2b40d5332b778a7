package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.gate.report.ConfusionDiagram;
import io.shadowsentinel.gate.report.JsonReport;
import io.shadowsentinel.gate.report.MarkdownReport;
import io.shadowsentinel.gate.report.ReliabilityDiagram;
import io.shadowsentinel.gate.report.ReportFormat;
import io.shadowsentinel.gate.report.TextReport;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {

  /** A class may be called anything. */
  private static final String EVIL = "</text><script>|`x`\u001b[31m\u0000\uD800&\"";

  private static GateReport report(boolean beside) {
    GateReport.MeasuredFile file = new GateReport.MeasuredFile("models/a|b.onnx", "00ff");
    GateBars bars =
        new GateBars(
            new BigDecimal("0.50"),
            null,
            RecallBars.parse(List.of("0.9")),
            Duration.ofMillis(5),
            beside ? new PairedBars(null, new BigDecimal("0.05"), new BigDecimal("2")) : null);
    Calibration.Tally calibration = new Calibration.Tally();
    calibration.add(0.95, true);
    calibration.add(0.85, false);
    Confusion.Tally confusion = new Confusion.Tally();
    confusion.add("cat", "cat", 1);
    confusion.add(EVIL, "cat", 1);
    Quality quality =
        new Quality.OfClasses(
            new Share(1, 2),
            confusion.recall(),
            confusion.result(200),
            new Quality.Probabilities(0.25, calibration.result()),
            null);
    Latencies latency =
        new Latencies(2_000, Duration.ofNanos(1_500), Duration.ofMillis(2), Duration.ofMillis(4));
    Paired paired =
        new Paired(
            file,
            quality,
            new Share(1, 2),
            new PairedTest(0, 6),
            latency,
            new LatencyRatio(1.25, 1.2, 1.3));
    ConflictOutcome conflicts =
        new ConflictOutcome(
            file,
            new Share(1, 31),
            4,
            IntStream.range(0, 30)
                .mapToObj(i -> new ConflictOutcome.Missed(i + 1, "r" + i, EVIL, "cat", 0.97))
                .toList());
    return new GateReport(
        file, file, bars, quality, latency, beside ? paired : null, beside ? conflicts : null);
  }

  private static JsonNode json(GateReport report) throws Exception {
    return new ObjectMapper().readTree(JsonReport.write(report));
  }

  @Test
  void json_ofAllThereIs_holdsFiguresBarsAndVerdicts() throws Exception {
    JsonNode json = json(report(true));
    assertThat(json.at("/passed").booleanValue()).isFalse();
    assertThat(json.at("/task").textValue()).isEqualTo("classification");
    assertThat(json.at("/accuracy/rate").doubleValue()).isEqualTo(0.5);
    assertThat(json.at("/accuracy/minimum").decimalValue()).isEqualByComparingTo("0.5");
    assertThat(json.at("/accuracy/passed").booleanValue()).isTrue();
    assertThat(json.at("/recall").get(EVIL).get("passed").booleanValue()).isFalse();
    assertThat(json.at("/logLoss").doubleValue()).isEqualTo(0.25);
    assertThat(json.at("/calibration/bins")).hasSize(10);
    assertThat(json.at("/calibration/bins/9/accuracy").intValue()).isEqualTo(1);
    assertThat(json.at("/calibration/bins/0").has("accuracy")).isFalse();
    assertThat(json.at("/confusion/labels")).hasSize(2);
    assertThat(json.at("/latency/p50Micros").doubleValue()).isEqualTo(1.5);
    assertThat(json.at("/baseline/accuracy/part").intValue()).isEqualTo(1);
    assertThat(json.at("/regression/worse").intValue()).isEqualTo(6);
    assertThat(json.at("/regression/regressionP").doubleValue()).isEqualTo(1 / 64.0);
    assertThat(json.at("/regression/passed").booleanValue()).isFalse();
    assertThat(json.at("/latencyRatio/passed").booleanValue()).isTrue();
    assertThat(json.at("/conflicts/missed")).hasSize(30);
    assertThat(json.at("/checks")).hasSize(6);
  }

  @Test
  void json_withoutABaseline_hasNoneOfIt() throws Exception {
    JsonNode json = json(report(false));
    for (String key : List.of("baseline", "agreement", "regression", "latencyRatio", "conflicts")) {
      assertThat(json.has(key)).as(key).isFalse();
    }
  }

  @Test
  void json_ofARegressor_hasItsErrors() throws Exception {
    GateReport.MeasuredFile file = new GateReport.MeasuredFile("f", "0");
    GateReport report =
        new GateReport(
            file,
            file,
            new GateBars(null, new BigDecimal("2.5"), RecallBars.NONE, Duration.ofSeconds(1), null),
            new Quality.OfNumbers(2, 2.5, 2, 3, Double.NaN),
            Latencies.of(new long[] {5}),
            null,
            null);
    JsonNode json = json(report);
    assertThat(json.at("/rmse/passed").booleanValue()).isTrue();
    assertThat(json.at("/rmse/value").doubleValue()).isEqualTo(2.5);
    assertThat(json.at("/r2").isNull()).isTrue();
    assertThat(json.has("accuracy")).isFalse();
    assertThat(MarkdownReport.write(report)).contains("| RMSE | 2.5000 | &#60;= 2.5 | ✅ ok |");
  }

  @Test
  void markdown_ofAnyLabel_keepsItsTables() {
    String markdown = MarkdownReport.write(report(true));
    assertThat(markdown)
        .contains("## Model gate: FAILED", "| accuracy | 0.5000 (1 of 2) |", "❌ **missed**")
        .contains("a&#124;b.onnx", "And 10 more.", "McNemar's exact test: won 0, lost 6")
        .doesNotContain("<script", "\u001b", "`x`");
    assertThat(markdown.lines().filter(line -> line.startsWith("| recall of")))
        .isNotEmpty()
        .allMatch(line -> line.chars().filter(c -> c == '|').count() == 5);
  }

  @Test
  void text_ofAnyLabel_isFreeOfControls() {
    StringWriter text = new StringWriter();
    TextReport.write(report(true), new PrintWriter(text));
    assertThat(text.toString())
        .contains("accuracy", "MISSED", "FAILED", "and 10 more", "won 0, lost 6")
        .contains("1.250 (95 % 1.200..1.300)")
        .doesNotContain("\u001b", "\u0000");
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  @Test
  void confusion_ofAnyLabel_isDrawnAsXml() throws Exception {
    Confusion.Tally tally = new Confusion.Tally();
    tally.add(EVIL, EVIL, 3);
    tally.add("cat", EVIL, 1);
    Document svg = parsed(ConfusionDiagram.draw(tally.result(200)));
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    assertThat(svg.getDocumentElement().getTextContent()).contains("cat answered as </text>");
    // The ground, four cells, and a colour in the two that are not empty.
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(7);
  }

  @Test
  void confusion_ofManyLabels_isDrawnWithTheRarestTogether() throws Exception {
    Confusion.Tally tally = new Confusion.Tally();
    IntStream.range(0, 100).forEach(i -> tally.add("c" + i, "c" + i, i + 1));
    String drawing = ConfusionDiagram.draw(tally.result(200));
    assertThat(parsed(drawing).getDocumentElement().getTextContent())
        .contains("(others)", "c99")
        .doesNotContain("c10 ");
  }

  @Test
  void reliability_ofAnyCalibration_isDrawnAsXml() throws Exception {
    Calibration.Tally tally = new Calibration.Tally();
    tally.add(0.95, true);
    tally.add(0.85, false);
    Document svg = parsed(ReliabilityDiagram.draw(tally.result()));
    assertThat(svg.getDocumentElement().getTextContent())
        .contains("ECE 0.4500", "largest gap 0.8500");
    // The ground, and three for each bin that has rows.
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({"a.json, JSON", "a.JSON, JSON", "a.md, MARKDOWN", "b/a.markdown, MARKDOWN"})
  void format_ofAFile_isThatOfItsEnding(Path file, ReportFormat format) {
    assertThat(ReportFormat.of(file)).isEqualTo(format);
  }

  @Test
  void format_ofAnotherEnding_isRefused() {
    assertThatThrownBy(() -> ReportFormat.of(Path.of("a.html")))
        .hasMessage("report: a.html (expected a name in .json or .md)");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0000",
    "0.5, 0.5000",
    "0.000012345, 1.235e-05",
    "123456, 123456.0",
    "12345678, 1.235e+07"
  })
  void number_ofAnySize_hasDigitsThatCount(double value, String shown) {
    assertThat(FigureText.number(value)).isEqualTo(shown);
  }

  @Test
  void share_ofNothing_isNone() {
    assertThat(FigureText.share(new Share(0, 0))).isEqualTo("none");
    assertThat(Map.of("a", FigureText.number(Double.NaN))).containsEntry("a", "none");
  }
}
