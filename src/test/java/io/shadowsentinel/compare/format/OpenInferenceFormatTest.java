package io.shadowsentinel.compare.format;

import static io.shadowsentinel.compare.Answers.compare;
import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.ignoring;
import static io.shadowsentinel.compare.Answers.pointing;
import static io.shadowsentinel.compare.Answers.tolerating;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenInferenceFormatTest {
  private static final String FORMAT = "open-inference";

  @Test
  void labelTensor_decides_andTheGapIsMeasured() {
    Verdict verdict =
        compare(
            FORMAT,
            answer(labels("[2]", "[1,2]"), vectors("[2,2]", "[0.25,0.75,1,0]")),
            answer(labels("[2]", "[1,2]"), vectors("[2,2]", "[0.5,0.5,0,1]")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.rows()).isEqualTo(2);
    assertThat(verdict.rowsAgree()).isEqualTo(2);
    assertThat(verdict.confidenceGap()).isEqualTo(0.125);
    assertThat(verdict.conflict()).isNull();
  }

  @Test
  void labelTensor_oneRowDiffers_disagrees() {
    Verdict verdict =
        compare(
            FORMAT,
            answer(labels("[3]", "[1,2,3]"), vectors("[3,2]", "[1,0,0.9,0.1,1,0]")),
            answer(labels("[3]", "[1,5,3]"), vectors("[3,2]", "[1,0,0.95,0.05,1,0]")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(verdict.rows()).isEqualTo(3);
    assertThat(verdict.rowsAgree()).isEqualTo(2);
    assertThat(verdict.highConfidenceConflict()).isTrue();
    Conflict conflict = conflict(verdict);
    assertThat(conflict.row()).isEqualTo(1);
    assertThat(conflict.championLabel()).isEqualTo("2");
    assertThat(conflict.challengerLabel()).isEqualTo("5");
    assertThat(conflict.championConfidence()).isEqualTo(0.9);
    assertThat(conflict.challengerConfidence()).isEqualTo(0.95);
    assertThat(conflict.paths()).containsExactly("/outputs/0/data/1");
    assertThat(conflict.highConfidence()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.89, false", "0.9, true", "0.91, true"})
  void highConfidence_isInclusive(String challenger, boolean high) {
    String rest = challenger.equals("0.89") ? "0.11" : challenger.equals("0.9") ? "0.1" : "0.09";
    Verdict verdict =
        compare(
            FORMAT,
            answer(vectors("[1,2]", "[0.9,0.1]")),
            answer(vectors("[1,2]", "[" + rest + "," + challenger + "]")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(verdict.highConfidenceConflict()).isEqualTo(high);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "INT64; [1]; INT32; [1]; AGREE",
        "INT64; [1]; UINT8; [2]; DISAGREE",
        "INT64; [1]; BYTES; [\"1\"]; AGREE",
        "BYTES; [\"cat\"]; BYTES; [\"cat\"]; AGREE",
        "BYTES; [\"cat\"]; BYTES; [\"dog\"]; DISAGREE",
        "BOOL; [true]; BOOL; [true]; AGREE",
        "BOOL; [true]; BOOL; [false]; DISAGREE",
      })
  void labelTypes(String type, String data, String otherType, String otherData, Outcome outcome) {
    String ours = output("label", type, "[1]", data);
    String theirs = output("label", otherType, "[1,1]", "[" + otherData + "]");
    assertThat(compare(FORMAT, answer(ours), answer(theirs)).outcome()).isEqualTo(outcome);
  }

  @Test
  void argMax_ofFlatAndNestedData_isTheSame() {
    Verdict verdict =
        compare(
            FORMAT,
            answer(vectors("[2,3]", "[0.1,0.8,0.1,0.5,0.25,0.25]")),
            answer(vectors("[2,3]", "[[0.1,0.8,0.1],[0.25,0.5,0.25]]")));
    assertThat(verdict.rows()).isEqualTo(2);
    assertThat(verdict.rowsAgree()).isEqualTo(1);
    assertThat(conflict(verdict).paths()).containsExactly("/outputs/0/data/3");
    Verdict reversed =
        compare(
            FORMAT,
            answer(vectors("[2,3]", "[[0.1,0.8,0.1],[0.25,0.5,0.25]]")),
            answer(vectors("[2,3]", "[0.1,0.8,0.1,0.5,0.25,0.25]")));
    assertThat(conflict(reversed).paths()).containsExactly("/outputs/0/data/1/1");
  }

  @Test
  void argMax_tie_isTheLowestIndex() {
    Verdict verdict =
        compare(FORMAT, answer(vectors("[1,3]", "[0.2,0.4,0.4]")), answer(labels("[1]", "[1]")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void logits_goThroughASoftmax() {
    String champion = fixture("open-inference/triton-cifar10.json");
    Verdict verdict = compare(FORMAT, champion, answer(vectors("[1,4]", "[0,0,0,1]")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.confidenceGap()).isCloseTo(1 - 0.525442, within(0.000001));
    Verdict both = compare(FORMAT, champion, answer(vectors("[1,4]", "[0,0,0,2]")));
    assertThat(both.confidenceGap()).isCloseTo(0.711235 - 0.525442, within(0.000001));
  }

  @Test
  void equalBytes_haveAGapOfZero_whereAConfidenceIsCarried() {
    String logits = fixture("open-inference/triton-cifar10.json");
    assertThat(compare(FORMAT, logits, logits).confidenceGap()).isZero();
    String labels = fixture("open-inference/sklearn-iris.json");
    Verdict verdict = compare(FORMAT, labels, labels);
    assertThat(verdict.confidenceGap()).isNaN();
    assertThat(verdict.rows()).isEqualTo(2);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void wellKnownNames_areTakenFirst() {
    String champion =
        answer(
            output("index", "INT64", "[1]", "[7]"),
            output("Label", "INT64", "[1]", "[1]"),
            output("embedding", "FP32", "[1,2]", "[5,6]"),
            output("probabilities", "FP32", "[1,2]", "[0.25,0.75]"));
    String challenger =
        answer(
            output("label", "INT64", "[1]", "[1]"),
            output("probabilities", "FP32", "[1,2]", "[0.5,0.5]"));
    Verdict verdict = compare(FORMAT, champion, challenger);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.confidenceGap()).isEqualTo(0.25);
  }

  @Test
  void metadata_neverDiffers() {
    String output = output("y", "FP32", "[1]", "[1.5]");
    Verdict verdict =
        compare(
            FORMAT,
            "{\"id\":\"1\",\"model_name\":\"a\",\"model_version\":\"1\",\"parameters\":{\"x\":1},"
                + "\"outputs\":["
                + output.replace("}", ",\"parameters\":{\"y\":2}}")
                + "]}",
            "{\"model_name\":\"b\",\"outputs\":[" + output + "]}");
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
  }

  @ParameterizedTest
  @CsvSource({"2.04, AGREE", "2.05, AGREE", "2.06, DISAGREE"})
  void regression_isComparedWithinTheTolerance(String value, Outcome outcome) {
    Verdict verdict =
        compare(
            tolerating(FORMAT, 0.05),
            answer(output("y", "FP32", "[3,1]", "[1,2,3]")),
            answer(output("y", "FP64", "[3]", "[1," + value + ",3]")));
    assertThat(verdict.outcome()).isEqualTo(outcome);
    assertThat(verdict.rows()).isEqualTo(3);
    assertThat(verdict.rowsAgree()).isEqualTo(outcome == Outcome.AGREE ? 3 : 2);
    if (outcome == Outcome.DISAGREE) {
      assertThat(conflict(verdict).row()).isEqualTo(1);
      assertThat(conflict(verdict).paths()).containsExactly("/outputs/0/data/1");
      assertThat(conflict(verdict).championLabel()).isNull();
    }
  }

  @Test
  void outputs_areMatchedByName() {
    String a = output("a", "FP32", "[2]", "[1,2]");
    String b = output("b", "FP32", "[2]", "[3,4]");
    assertThat(compare(FORMAT, answer(a, b), answer(b, a)).outcome()).isEqualTo(Outcome.AGREE);
    Verdict missing = compare(FORMAT, answer(a, b), answer(b));
    assertThat(conflict(missing).paths()).containsExactly("/outputs/0");
    assertThat(missing.rowsAgree()).isZero();
    Verdict extra = compare(FORMAT, answer(b), answer(b, a));
    assertThat(conflict(extra).paths()).containsExactly("/outputs/1");
  }

  @Test
  void rows_ofAnotherNumber_disagree() {
    Verdict verdict =
        compare(FORMAT, answer(labels("[2]", "[1,2]")), answer(labels("[3]", "[1,2,3]")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(verdict.rows()).isEqualTo(2);
    assertThat(verdict.rowsAgree()).isZero();
    assertThat(conflict(verdict).reason()).isEqualTo("3 rows (expected 2, as the champion has)");
    assertThat(conflict(verdict).row()).isEqualTo(2);
  }

  @Test
  void rows_none_agree() {
    Verdict verdict = compare(FORMAT, answer(labels("[0]", "[]")), answer(vectors("[0,3]", "[]")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.rows()).isZero();
  }

  @Test
  void ignoredOutput_isNotThere() {
    String champion = answer(labels("[1]", "[1]"), output("y", "FP32", "[1]", "[0.5]"));
    String challenger = answer(labels("[1]", "[2]"), output("y", "FP32", "[1]", "[0.5]"));
    assertThat(compare(FORMAT, champion, challenger).outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(compare(ignoring(FORMAT, "/outputs/0"), champion, challenger).outcome())
        .isEqualTo(Outcome.AGREE);
    assertThat(compare(ignoring(FORMAT, "/outputs/0/data"), champion, challenger).outcome())
        .isEqualTo(Outcome.AGREE);
  }

  @Test
  void labelPointer_overridesWhatTheFormatKnows() {
    String champion = answer(labels("[2]", "[1,2]"), output("y", "BYTES", "[2]", "[\"a\",\"b\"]"));
    String challenger =
        answer(labels("[2]", "[3,4]"), output("y", "BYTES", "[2]", "[\"a\",\"b\"]"));
    Verdict verdict = compare(pointing(FORMAT, "/outputs/1/data", null), champion, challenger);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.rows()).isEqualTo(2);
  }

  @Test
  void documentedExamples_areRead() {
    String specification = fixture("open-inference/specification.json");
    Verdict verdict = compare(FORMAT, specification, specification);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.rows()).isEqualTo(3);
    String asPrinted = fixture("open-inference/specification-as-printed.txt");
    assertThat(compare(FORMAT, asPrinted, asPrinted).outcome()).isEqualTo(Outcome.INCOMPARABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"no such model\"}",
        "[]",
        "{\"outputs\":{}}",
        "{\"outputs\":[1]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[-1],\"data\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1.5],\"data\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[99999999999],"
            + "\"data\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[2147483647,2147483647,4],"
            + "\"data\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"data\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"shape\":[1],\"data\":[1]}]}",
        "{\"outputs\":[{\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[{}]}]}",
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]},"
            + "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}",
      })
  void whatIsNoAnswerOfThisKind_isUnreadable(String body) {
    String good = answer(labels("[1]", "[1]"));
    assertThat(compare(FORMAT, body, good).outcome()).isEqualTo(Outcome.INCOMPARABLE);
    Verdict error = compare(FORMAT, good, body);
    assertThat(error.outcome()).isEqualTo(Outcome.CHALLENGER_ERROR);
    assertThat(conflict(error).reason()).startsWith("/outputs");
    assertThat(conflict(error).championLabel()).isEqualTo("1");
  }

  @Test
  void emptyDimensions_beforeHugeOnes_holdNothing() {
    String odd = answer(output("a", "FP32", "[2147483647,2147483647,0]", "[]"));
    assertThat(compare(FORMAT, odd, odd).outcome()).isEqualTo(Outcome.AGREE);
  }

  private static String answer(String... outputs) {
    return "{\"model_name\":\"m\",\"outputs\":[" + String.join(",", outputs) + "]}";
  }

  private static String labels(String shape, String data) {
    return output("label", "INT64", shape, data);
  }

  private static String vectors(String shape, String data) {
    return output("probabilities", "FP32", shape, data);
  }

  private static String output(String name, String datatype, String shape, String data) {
    return "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}"
        .formatted(name, datatype, shape, data);
  }
}
