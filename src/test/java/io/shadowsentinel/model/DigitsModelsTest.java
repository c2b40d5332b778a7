package io.shadowsentinel.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.gate.Gate;
import io.shadowsentinel.gate.GateBars;
import io.shadowsentinel.gate.GateReport;
import io.shadowsentinel.gate.GateRequest;
import io.shadowsentinel.gate.PairedBars;
import io.shadowsentinel.gate.Quality;
import io.shadowsentinel.gate.RecallBars;
import io.shadowsentinel.gate.Share;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the figures of the model card. */
class DigitsModelsTest {

  private static final GateBars BARS =
      new GateBars(
          BigDecimal.ZERO,
          null,
          RecallBars.NONE,
          Duration.ofMinutes(1),
          new PairedBars(BigDecimal.ZERO, null, null));

  private static GateReport run(Path model, Path data) throws Exception {
    return Gate.run(GateRequest.of(model, data, Models.CHAMPION, BARS));
  }

  private static Quality.OfClasses classes(GateReport report) {
    return (Quality.OfClasses) report.quality();
  }

  @ParameterizedTest
  @CsvSource({
    "champion, gate, 359, 344, 359",
    "challenger-good, gate, 359, 354, 345",
    "challenger-bad, gate, 359, 255, 253",
    "champion, replay, 360, 337, 360",
    "challenger-good, replay, 360, 350, 340",
    "challenger-bad, replay, 360, 252, 248",
  })
  void model_onHeldOutRows_hasTheFiguresOfItsCard(
      String model, String data, int rows, int right, int agree) throws Exception {
    GateReport report =
        run(Models.DIGITS.resolve(model + ".onnx"), Models.DIGITS.resolve("data/" + data + ".csv"));
    assertThat(classes(report).accuracy()).isEqualTo(new Share(right, rows));
    assertThat(report.paired().agreement()).isEqualTo(new Share(agree, rows));
    assertThat(classes(report).recall()).hasSize(10);
  }

  @Test
  void badChallenger_onWhatItNeverSaw_isNeverRight() throws Exception {
    assertThat(classes(run(Models.BAD, Models.GATE)).recall())
        .containsEntry("6", new Share(28, 28))
        .containsEntry("7", new Share(0, 37))
        .containsEntry("8", new Share(0, 36))
        .containsEntry("9", new Share(0, 30));
  }

  @Test
  void digitsModel_loaded_hasNamesAndShapesThatClientsRelyOn() throws Exception {
    for (Path file : List.of(Models.CHAMPION, Models.GOOD, Models.BAD)) {
      try (OnnxModel model = Models.load(file)) {
        assertThat(model.inputs()).extracting(TensorSpec::name).containsExactly("input");
        assertThat(model.inputs().get(0).shape()).containsExactly(-1L, 64L);
        assertThat(model.outputs())
            .extracting(TensorSpec::name)
            .containsExactly("label", "probabilities");
        assertThat(model.classes())
            .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
      }
    }
  }

  @Test
  void split_ofTheDigits_hasEachRowOnce() throws IOException {
    Set<String> lines = new HashSet<>();
    int total = 0;
    for (String part : List.of("train", "gate", "replay")) {
      List<String> rows = Files.readAllLines(Models.DIGITS.resolve("data/" + part + ".csv"));
      total += rows.size();
      lines.addAll(rows);
    }
    assertThat(total).isEqualTo(1797);
    assertThat(lines).hasSize(1797);
  }

  @Test
  void files_ofTheModels_haveTheirRecordedSums() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    List<String> sums = Files.readAllLines(Models.DIGITS.resolve("SHA256SUMS"));
    assertThat(sums).hasSize(7);
    for (String sum : sums) {
      byte[] bytes = Files.readAllBytes(Models.DIGITS.resolve(sum.substring(66)));
      assertThat(HexFormat.of().formatHex(digest.digest(bytes))).isEqualTo(sum.substring(0, 64));
    }
  }

  @Test
  void demoFiles_onTheClasspath_areThere() {
    for (String file :
        List.of(
            "champion.onnx", "challenger-good.onnx", "challenger-bad.onnx", "data/replay.csv")) {
      assertThat(getClass().getResource("/models/digits/" + file)).as(file).isNotNull();
    }
  }
}
