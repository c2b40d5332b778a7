package io.shadowsentinel.compare.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.Answers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "1, 1.0, true",
        "1, \"1\", true",
        "1.0, \"1\", true",
        "1, \"1.0\", true",
        "\"1\", \"1.0\", true",
        "1, \"1e0\", true",
        "1, 2, false",
        "1, \"2\", false",
        "1, \"01\", false",
        "1, \" 1\", false",
        "1, \"one\", false",
        "1, \"\", false",
        "1, true, false",
        "true, true, true",
        "true, \"true\", true",
        "true, false, false",
        "\"cat\", \"cat\", true",
        "\"cat\", \"Cat\", false",
        "\"1.10\", \"1.1\", false",
        "\"1.10\", 1.1, true",
        "9007199254740993, 9007199254740992, false",
        "\"9007199254740993\", 9007199254740993, true",
      })
  void same_labels(String a, String b, boolean same) throws UnreadableException {
    assertThat(Labels.same(json(a), json(b))).isEqualTo(same);
    assertThat(Labels.same(json(b), json(a))).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "1.0, 1",
        "100, 100",
        "1e2, 100",
        "-0.0, 0",
        "0.5, 0.5",
        "9007199254740993, 9007199254740993",
        "1e300, 1E+300",
        "\"1.0\", 1.0",
        "true, true",
        "false, false",
      })
  void show_writesForPeople(String label, String shown) throws UnreadableException {
    assertThat(Labels.show(json(label))).isEqualTo(shown);
  }

  @Test
  void show_longLabel_isCut() {
    assertThat(Labels.show(new Json.Text("x".repeat(256)))).hasSize(256);
    assertThat(Labels.show(new Json.Text("x".repeat(257)))).hasSize(257).endsWith("x…");
  }

  private static Json json(String text) throws UnreadableException {
    return new JsonReader(null).read(Answers.bytes(text));
  }
}
