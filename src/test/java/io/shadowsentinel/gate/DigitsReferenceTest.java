package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.shadowsentinel.model.Models;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds the gate's figures against those of another way to them: all rows in one batch, straight
 * from ONNX Runtime, each figure by its definition over arrays, with nothing of the gate's.
 */
class DigitsReferenceTest {

  private static final GateBars BARS =
      new GateBars(
          BigDecimal.ZERO,
          null,
          RecallBars.NONE,
          Duration.ofMinutes(1),
          new PairedBars(BigDecimal.ZERO, null, null));

  /** What a model says of all rows, and what is right. */
  private record Answers(int[] truth, long[] labels, float[][] probabilities) {}

  private static Answers answers(Path model, Path data) throws Exception {
    List<String> lines = Files.readAllLines(data);
    float[][] rows = new float[lines.size()][64];
    int[] truth = new int[lines.size()];
    for (int i = 0; i < truth.length; i++) {
      String[] cells = lines.get(i).split(",");
      for (int c = 0; c < 64; c++) {
        rows[i][c] = Float.parseFloat(cells[c]);
      }
      truth[i] = Integer.parseInt(cells[64]);
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.toString());
        OnnxTensor input = OnnxTensor.createTensor(environment, rows);
        OrtSession.Result result = session.run(Map.of("input", input))) {
      return new Answers(
          truth,
          (long[]) result.get("label").orElseThrow().getValue(),
          (float[][]) result.get("probabilities").orElseThrow().getValue());
    }
  }

  private static GateReport gate(Path model, Path data) throws Exception {
    return Gate.run(GateRequest.of(model, data, Models.CHAMPION, BARS));
  }

  @ParameterizedTest
  @CsvSource({
    "champion, gate",
    "challenger-good, gate",
    "challenger-bad, gate",
    "champion, replay",
    "challenger-good, replay",
    "challenger-bad, replay",
  })
  void figures_ofTheGate_areThoseOfTheirDefinitions(String name, String rows) throws Exception {
    Path model = Models.DIGITS.resolve(name + ".onnx");
    Path data = Models.DIGITS.resolve("data/" + rows + ".csv");
    Answers answers = answers(model, data);
    Quality.OfClasses figures = (Quality.OfClasses) gate(model, data).quality();

    int[][] matrix = new int[10][10];
    double loss = 0;
    for (int i = 0; i < answers.truth().length; i++) {
      matrix[answers.truth()[i]][(int) answers.labels()[i]]++;
      double p = answers.probabilities()[i][answers.truth()[i]];
      loss -= Math.log(p < 1e-15 ? 1e-15 : p);
    }
    for (int truth = 0; truth < 10; truth++) {
      int whole = 0;
      for (int answer = 0; answer < 10; answer++) {
        whole += matrix[truth][answer];
        assertThat(figures.confusion().counts().get(truth).get(answer))
            .isEqualTo(matrix[truth][answer]);
      }
      assertThat(figures.recall().get(String.valueOf(truth)))
          .isEqualTo(new Share(matrix[truth][truth], whole));
    }
    assertThat(figures.probabilities().logLoss())
        .isCloseTo(loss / answers.truth().length, within(1e-6));
    assertThat(figures.probabilities().calibration().expectedError())
        .isCloseTo(expectedCalibrationError(answers), within(1e-6));
  }

  /** Bin by bin, going over all rows for each. */
  private static double expectedCalibrationError(Answers answers) {
    double sum = 0;
    for (int bin = 0; bin < 10; bin++) {
      double confidences = 0;
      int right = 0;
      for (int i = 0; i < answers.truth().length; i++) {
        double confidence = answers.probabilities()[i][(int) answers.labels()[i]];
        if (confidence > bin / 10.0 && confidence <= (bin + 1) / 10.0) {
          confidences += confidence;
          right += answers.labels()[i] == answers.truth()[i] ? 1 : 0;
        }
      }
      sum += Math.abs(right - confidences);
    }
    return sum / answers.truth().length;
  }

  @ParameterizedTest
  @CsvSource({"challenger-good", "challenger-bad"})
  void mcNemar_ofTheGate_isThatOfWholeNumbers(String name) throws Exception {
    Path model = Models.DIGITS.resolve(name + ".onnx");
    Answers ours = answers(model, Models.GATE);
    Answers theirs = answers(Models.CHAMPION, Models.GATE);
    int won = 0;
    int lost = 0;
    for (int i = 0; i < ours.truth().length; i++) {
      boolean right = ours.labels()[i] == ours.truth()[i];
      boolean otherRight = theirs.labels()[i] == theirs.truth()[i];
      won += right && !otherRight ? 1 : 0;
      lost += !right && otherRight ? 1 : 0;
    }
    PairedTest test = gate(model, Models.GATE).paired().test();
    assertThat(test).isEqualTo(new PairedTest(won, lost));
    BigInteger tail = BigInteger.ZERO;
    for (int k = Math.max(won, lost); k <= won + lost; k++) {
      tail = tail.add(choose(won + lost, k));
    }
    double p =
        Math.min(
            1,
            new BigDecimal(tail.shiftLeft(1))
                .divide(new BigDecimal(BigInteger.ONE.shiftLeft(won + lost)), MathContext.DECIMAL64)
                .doubleValue());
    assertThat(test.p()).isCloseTo(p, within(p * 1e-9));
  }

  private static BigInteger choose(int n, int k) {
    BigInteger result = BigInteger.ONE;
    for (int i = 1; i <= k; i++) {
      result = result.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
    }
    return result;
  }

  @Test
  void modelBesideItself_always_agreesAndIsNoWorse() throws Exception {
    Paired paired = gate(Models.CHAMPION, Models.GATE).paired();
    assertThat(paired.agreement()).isEqualTo(new Share(359, 359));
    assertThat(paired.test()).isEqualTo(new PairedTest(0, 0));
    assertThat(paired.ratio().low()).isPositive();
  }
}
