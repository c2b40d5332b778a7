package io.shadowsentinel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {

  private static final Tensor SCORES =
      Tensor.of("scores", new float[] {0, 5, 1, 0, 1, 5, 5, 1, 0}, 3, 3);

  @Test
  void zipMapOfStrings_inferred_isMatrixWithLabelsAscending() throws Exception {
    try (OnnxModel model = Models.load(Models.fixture("zipmap-strings"))) {
      List<Tensor> outputs = model.infer(List.of(SCORES), Set.of());
      Tensor label = outputs.get(0);
      Tensor probability = outputs.get(1);
      assertThat(outputs).hasSize(2);
      assertThat((String[]) label.values()).containsExactly("cat", "eel", "dog");
      assertThat(probability.shape()).containsExactly(3L, 3L);
      assertThat(probability.classes()).containsExactly("cat", "dog", "eel");
      assertThat(probability.number(0)).isGreaterThan(0.9);
      assertThat(probability.number(5)).isGreaterThan(0.9);
      assertThat(probability.number(7)).isGreaterThan(0.9);
    }
  }

  @Test
  void zipMapOfNumbers_withoutLabelOutput_getsLabelMade() throws Exception {
    try (OnnxModel model = Models.load(Models.fixture("zipmap-numbers"))) {
      assertThat(model.outputs())
          .extracting(TensorSpec::name)
          .containsExactly("output_probability", "label");
      List<Tensor> outputs = model.infer(List.of(SCORES), Set.of());
      assertThat(outputs.get(0).classes()).containsExactly("9", "10", "100");
      assertThat((String[]) outputs.get(1).values()).containsExactly("9", "100", "10");
    }
  }

  @Test
  void namedProbabilities_askedForLabelAlone_giveIt() throws Exception {
    try (OnnxModel model = Models.load(Models.fixture("probabilities-only"))) {
      List<Tensor> outputs = model.infer(List.of(SCORES), Set.of("label"));
      assertThat(outputs).extracting(Tensor::name).containsExactly("label");
      assertThat((String[]) outputs.get(0).values()).containsExactly("cat", "eel", "dog");
    }
  }

  @Test
  void outputs_askedForInAnOrder_comeInThatOrder() throws Exception {
    try (OnnxModel model = Models.load(Models.CHAMPION)) {
      Tensor row = Tensor.of("input", new float[64], 1, 64);
      Set<String> asked = new LinkedHashSet<>(List.of("probabilities", "label"));
      assertThat(model.infer(List.of(row), asked))
          .extracting(Tensor::name)
          .containsExactly("probabilities", "label");
    }
  }

  @Test
  void batch_inferredAtOnce_equalsItsRowsOneByOne() throws Exception {
    List<String> lines = Files.readAllLines(Models.REPLAY).subList(0, 20);
    float[] all = new float[lines.size() * 64];
    try (OnnxModel model = Models.load(Models.GOOD)) {
      StringBuilder single = new StringBuilder();
      for (int i = 0; i < lines.size(); i++) {
        float[] row = new float[64];
        String[] cells = lines.get(i).split(",");
        for (int j = 0; j < 64; j++) {
          row[j] = Float.parseFloat(cells[j]);
          all[i * 64 + j] = row[j];
        }
        Tensor label = model.infer(List.of(Tensor.of("input", row, 1, 64)), Set.of("label")).get(0);
        single.append(label.text(0));
      }
      Tensor labels = model.infer(List.of(Tensor.of("input", all, 20, 64)), Set.of("label")).get(0);
      StringBuilder batch = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        batch.append(labels.text(i));
      }
      assertThat(batch.toString()).isEqualTo(single.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bfloat16, input 'x' is of type BFLOAT16",
    "sequence-input, input 'x' is a sequence",
    "wrong-classes, 2 names (expected 3",
  })
  void model_thatCannotBeServed_isRefusedByFileAndReason(String fixture, String reason) {
    Path file = Models.fixture(fixture);
    assertThatThrownBy(() -> Models.load(file))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void file_thatIsNoModel_isRefusedInOneLine(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("no.onnx"), "no model at all");
    assertThatThrownBy(() -> Models.load(file))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(file + ": not a model that loads")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> Models.load(directory.resolve("none.onnx")))
        .hasMessageContaining("none.onnx: not a file that can be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "-a", "a b", "ä"})
  void name_thatNoPathCanCarry_isRefused(String name) {
    assertThatThrownBy(() -> OnnxModel.load(Models.CHAMPION, name))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("model name '" + name + "'");
  }

  @Test
  void model_loadedFromBytes_isTheSame() throws Exception {
    byte[] bytes = Files.readAllBytes(Models.CHAMPION);
    try (OnnxModel model = OnnxModel.load(bytes, "the jar", "digits")) {
      assertThat(model.version()).isEqualTo("1");
    }
    assertThatThrownBy(
            () -> OnnxModel.load("x".getBytes(StandardCharsets.UTF_8), "the jar", "digits"))
        .hasMessageStartingWith("the jar: not a model that loads");
  }

  @ParameterizedTest
  @CsvSource({"spelled, 1", "every-type, 1"})
  void version_ofAFileWithout_is1(String fixture, String version) throws Exception {
    try (OnnxModel model = Models.load(Models.fixture(fixture))) {
      assertThat(model.version()).isEqualTo(version);
    }
  }

  @Test
  void model_onceClosed_infersNoMore() throws Exception {
    OnnxModel model = Models.load(Models.CHAMPION);
    model.close();
    model.close();
    Tensor row = Tensor.of("input", new float[64], 1, 64);
    assertThatThrownBy(() -> model.infer(List.of(row), Set.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"a\", 1]|a,1", " a , 1 |a,1", "[1.5]|1.5"})
  void classes_inEitherForm_areRead(String textAndNames) throws Exception {
    String[] parts = textAndNames.split("\\|");
    assertThat(ClassNames.parse(parts[0])).containsExactly(parts[1].split(","));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a,,b", "a,a", "[", "[true]", "[]", "[\"\"]"})
  void classes_thatNameNothing_areRefused(String text) {
    assertThatThrownBy(() -> ClassNames.parse(text))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith("metadata classes: ");
  }
}
