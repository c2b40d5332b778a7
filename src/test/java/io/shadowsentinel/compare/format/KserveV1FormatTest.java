package io.shadowsentinel.compare.format;

import static io.shadowsentinel.compare.Answers.compare;
import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.ignoring;
import static io.shadowsentinel.compare.Answers.pointing;
import static io.shadowsentinel.compare.Answers.tolerating;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KserveV1FormatTest {
  private static final String FORMAT = "kserve-v1";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[1, 1]; [1, 1.0]; 2; 2",
        "[1, 1]; [\"1\", 1]; 2; 2",
        "[1, 1]; [1, 2]; 2; 1",
        "[\"cat\"]; [\"cat\"]; 1; 1",
        "[\"cat\"]; [\"dog\"]; 1; 0",
        "[true]; [true]; 1; 1",
        "[[0.9, 0.1]]; [[0.6, 0.4]]; 1; 1",
        "[[0.9, 0.1]]; [[0.4, 0.6]]; 1; 0",
        "[[0.9, 0.1]]; [0]; 1; 1",
        "[[1], [0]]; [1, 0]; 2; 2",
        "[{\"label\": \"a\", \"score\": 0.9}]; [{\"label\": \"a\", \"score\": 0.8}]; 1; 1",
        "[{\"class\": 3}]; [{\"label\": \"3\"}]; 1; 1",
        "[{\"prediction\": [0.1, 0.9]}]; [1]; 1; 1",
        "[{\"probabilities\": {\"cat\": 0.2, \"dog\": 0.8}}]; [\"dog\"]; 1; 1",
        "[{\"logits\": [-3, 4.5, 1]}]; [1]; 1; 1",
        "[{\"label\": [\"a\"], \"score\": [0.5]}]; [\"a\"]; 1; 1",
        "[]; []; 0; 0",
      })
  void labels(String champion, String challenger, int rows, int rowsAgree) {
    Verdict verdict = compare(FORMAT, predictions(champion), predictions(challenger));
    assertThat(verdict.rows()).isEqualTo(rows);
    assertThat(verdict.rowsAgree()).isEqualTo(rowsAgree);
    assertThat(verdict.outcome()).isEqualTo(rows == rowsAgree ? Outcome.AGREE : Outcome.DISAGREE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[{\"label\": 1, \"score\": 0.75}]; [{\"label\": 1, \"score\": 0.5}]; 0.25",
        "[{\"label\": 1, \"probabilities\": [0.25, 0.75]}]; [[0.5, 0.5]]; 0.25",
        "[[0.25, 0.75], [1, 0]]; [[0.5, 0.5], [1, 0]]; 0.125",
        "[{\"label\": 1, \"score\": 0.75}]; [1]; NaN",
        "[{\"label\": 1, \"score\": 75}]; [{\"label\": 1, \"score\": 0.5}]; NaN",
        "[{\"label\": 1, \"score\": 0.75}, 2]; [{\"label\": 1, \"score\": 0.5}, 2]; 0.25",
      })
  void confidenceGap(String champion, String challenger, Double gap) {
    Verdict verdict = compare(FORMAT, predictions(champion), predictions(challenger));
    assertThat(verdict.confidenceGap()).isEqualTo(gap);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 3.49, AGREE",
    "0.5, 3.5, AGREE",
    "0.5, 3.51, DISAGREE",
    "0, 3, AGREE",
    "0, 4, DISAGREE",
    "1, 3.5, AGREE",
    "1, 4, AGREE",
    "1, 4.5, DISAGREE",
    "1, 5, DISAGREE",
    "0.99, 4, DISAGREE",
  })
  void regression_integersToo(double tolerance, String value, Outcome outcome) {
    Verdict verdict =
        compare(
            tolerating(FORMAT, tolerance), predictions("[1, 3]"), predictions("[1," + value + "]"));
    assertThat(verdict.outcome()).isEqualTo(outcome);
    assertThat(verdict.rows()).isEqualTo(2);
    assertThat(verdict.rowsAgree()).isEqualTo(outcome == Outcome.AGREE ? 2 : 1);
    if (outcome == Outcome.DISAGREE) {
      assertThat(conflict(verdict).paths()).containsExactly("/predictions/1");
      assertThat(conflict(verdict).row()).isEqualTo(1);
    }
  }

  @Test
  void freeObjects_areComparedRowByRow() {
    Verdict verdict =
        compare(
            FORMAT,
            predictions("[{\"x\":1.5},{\"x\":2.5}]"),
            predictions("[{\"x\":1.5},{\"x\":2.75}]"));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(verdict.rowsAgree()).isEqualTo(1);
    assertThat(conflict(verdict).paths()).containsExactly("/predictions/1/x");
    assertThat(conflict(verdict).row()).isEqualTo(1);
    Verdict ignored =
        compare(
            ignoring(FORMAT, "/predictions/*/x"),
            predictions("[{\"x\":1.5},{\"x\":2.5}]"),
            predictions("[{\"x\":1.5},{\"x\":2.75}]"));
    assertThat(ignored.outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void rows_ofAnotherNumber_disagree() {
    Verdict verdict = compare(FORMAT, predictions("[1,2]"), predictions("[1]"));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(conflict(verdict).reason()).isEqualTo("1 rows (expected 2, as the champion has)");
    assertThat(conflict(verdict).championLabel()).isEqualTo("2");
    assertThat(conflict(verdict).challengerLabel()).isNull();
  }

  @Test
  void predictions_thatAreNoArray_areOneRow() {
    assertThat(compare(FORMAT, predictions("{\"label\":1}"), predictions("[1]")).outcome())
        .isEqualTo(Outcome.AGREE);
    assertThat(compare(FORMAT, predictions("1.5"), predictions("1.5")).rows()).isEqualTo(1);
    assertThat(compare(FORMAT, predictions("1.5"), predictions("1.6")).outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  @Test
  void labelPath_namesTheElement() {
    Verdict verdict =
        compare(
            FORMAT,
            predictions("[{\"label\":1},[0.1,0.9],2]"),
            predictions("[{\"label\":2},[0.9,0.1],3]"));
    assertThat(conflict(verdict).paths())
        .containsExactly("/predictions/0/label", "/predictions/1/1", "/predictions/2");
  }

  @Test
  void documentedExamples_areRead() {
    Verdict flowers =
        compare(FORMAT, fixture("kserve-v1/tensorflow-flowers.json"), predictions("[0]"));
    assertThat(flowers.outcome()).isEqualTo(Outcome.AGREE);
    String flower = fixture("kserve-v1/tensorflow-flowers.json");
    assertThat(compare(FORMAT, flower, flower).confidenceGap()).isZero();
    assertThat(
            compare(
                    FORMAT,
                    fixture("kserve-v1/sklearn-iris.json"),
                    fixture("kserve-v1/sklearn-iris.json"))
                .rows())
        .isEqualTo(2);
    Verdict boosted =
        compare(FORMAT, fixture("kserve-v1/lightgbm-iris.json"), predictions("[[0.4, 0.5, 0.1]]"));
    assertThat(conflict(boosted).championLabel()).isEqualTo("0");
    assertThat(conflict(boosted).championConfidence()).isEqualTo(0.9);
    String printed = fixture("kserve-v1/pmml-iris-as-printed.txt");
    assertThat(compare(FORMAT, printed, printed).outcome()).isEqualTo(Outcome.INCOMPARABLE);
  }

  @Test
  void pointers_readWhatHasOtherNames() {
    Verdict verdict =
        compare(
            pointing(FORMAT, "/predictions/*/Species", "/predictions/*/Probability_setosa"),
            fixture("kserve-v1/pmml-iris.json"),
            predictions("[{\"Species\":\"virginica\",\"Probability_setosa\":0.25}]"));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(verdict.confidenceGap()).isEqualTo(0.75);
    assertThat(conflict(verdict).paths()).containsExactly("/predictions/0/Species");
    assertThat(conflict(verdict).championLabel()).isEqualTo("setosa");
    assertThat(conflict(verdict).challengerLabel()).isEqualTo("virginica");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[]", "1", "{\"error\":\"x\"}", "{\"predictions\":null}", "<html></html>"})
  void whatIsNoAnswerOfThisKind_isUnreadable(String body) {
    assertThat(compare(FORMAT, body, body).outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(compare(FORMAT, predictions("[1]"), body).outcome())
        .isEqualTo(Outcome.CHALLENGER_ERROR);
  }

  private static String predictions(String predictions) {
    return "{\"predictions\": " + predictions + "}";
  }
}
