package io.shadowsentinel.compare.format;

import static io.shadowsentinel.compare.Answers.compare;
import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.ignoring;
import static io.shadowsentinel.compare.Answers.pointing;
import static io.shadowsentinel.compare.Answers.tolerating;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFormatTest {

  @Test
  void equalValues_writtenDifferently_agree() {
    Verdict verdict =
        compare("json", "{\"a\":[1, 2.0],\"b\":null}", "{ \"b\": null, \"a\": [1e0,2] }");
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.rows()).isEqualTo(1);
    assertThat(verdict.rowsAgree()).isEqualTo(1);
    assertThat(verdict.confidenceGap()).isNaN();
    assertThat(verdict.conflict()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      delimiter = ';',
      value = {
        "{\"a\":1}; {\"a\":2}; /a",
        "{\"a\":1}; {\"a\":\"1\"}; /a",
        "{\"a\":1}; {}; /a",
        "{}; {\"a\":1}; /a",
        "{\"a\":null}; {}; /a",
        "{\"a\":{}}; {\"a\":[]}; /a",
        "{\"a\":[1]}; {\"a\":1}; /a",
        "{\"a\":true}; {\"a\":false}; /a",
        "{\"a\":[1,2,3]}; {\"a\":[1,2]}; /a/2",
        "{\"a\":[1]}; {\"a\":[1,\"x\"]}; /a/1",
        "[{\"b\":{\"c\":[0,5]}}]; [{\"b\":{\"c\":[0,6]}}]; /0/b/c/1",
        "{\"a/b\":{\"m~n\":1}}; {\"a/b\":{\"m~n\":2}}; /a~1b/m~0n",
        "1; 2; ||",
        "{\"a\":9007199254740993}; {\"a\":9007199254740992}; /a",
      })
  void differentValues_disagreeAtTheirPath(String champion, String challenger, String path) {
    Verdict verdict = compare("json", champion, challenger);
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(verdict.rows()).isEqualTo(1);
    assertThat(verdict.rowsAgree()).isZero();
    assertThat(conflict(verdict).paths()).containsExactly(path);
    assertThat(conflict(verdict).pathsTotal()).isEqualTo(1);
    assertThat(conflict(verdict).outcome()).isEqualTo("disagree");
    assertThat(conflict(verdict).reason()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"19, 19", "20, 20", "21, 20", "5000, 20"})
  void differences_areCounted_andTheFirst20Kept(int count, int kept) {
    Verdict verdict = compare("json", numbers(count, 0), numbers(count, 1));
    assertThat(conflict(verdict).pathsTotal()).isEqualTo(count);
    assertThat(conflict(verdict).paths()).hasSize(kept).startsWith("/0", "/1");
  }

  @ParameterizedTest
  @CsvSource({"1.49, AGREE", "1.5, AGREE", "1.51, DISAGREE"})
  void tolerance_isInclusive(String challenger, Outcome outcome) {
    CompareSettings settings = tolerating("json", 0.5);
    assertThat(compare(settings, "{\"a\":1}", "{\"a\":" + challenger + "}").outcome())
        .isEqualTo(outcome);
    assertThat(compare(settings, "[1,1]", "[1," + challenger + "]").outcome()).isEqualTo(outcome);
    assertThat(compare(settings, "[1,\"x\"]", "[" + challenger + ",\"x\"]").outcome())
        .isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      delimiter = ';',
      value = {
        "/id; {\"id\":1,\"a\":1}; {\"id\":2,\"a\":1}; AGREE",
        "/id; {\"id\":1,\"a\":1}; {\"a\":1}; AGREE",
        "/id; {\"a\":1}; {\"id\":1,\"a\":1}; AGREE",
        "/id; {\"id\":{\"x\":[1]}}; {\"id\":null}; AGREE",
        "/id; {\"a\":{\"id\":1}}; {\"a\":{\"id\":2}}; DISAGREE",
        "/*/id; {\"a\":{\"id\":1}}; {\"a\":{\"id\":2}}; AGREE",
        "/*/id; {\"id\":1}; {\"id\":2}; DISAGREE",
        "/*/id; [{\"id\":1},{\"id\":1}]; [{\"id\":1},{\"id\":3}]; AGREE",
        "/*/id; [{\"id\":1,\"x\":1}]; [{\"id\":2,\"x\":2}]; DISAGREE",
        "/a/*; {\"a\":[1,2]}; {\"a\":[3,4,5]}; AGREE",
        "/a/1; {\"a\":[1,2,3]}; {\"a\":[1,9,3]}; AGREE",
        "/a/1; {\"a\":[1,2,3]}; {\"a\":[1,2,9]}; DISAGREE",
        "/a/1; {\"a\":[1,2]}; {\"a\":[1]}; AGREE",
        "/a/01; {\"a\":[1,2]}; {\"a\":[1,3]}; DISAGREE",
        "/a~1b/c~0d; {\"a/b\":{\"c~d\":1}}; {\"a/b\":{\"c~d\":2}}; AGREE",
        "/*/*; {\"a\":{\"b\":1}}; {\"a\":{\"c\":2}}; AGREE",
        "||; 1; {\"a\":2}; AGREE",
      })
  void ignore_leavesPartsOut(String ignore, String champion, String challenger, Outcome outcome) {
    String pointer = ignore == null ? "" : ignore;
    assertThat(compare(ignoring("json", pointer), champion, challenger).outcome())
        .isEqualTo(outcome);
  }

  @Test
  void ignore_starAndNameTogether_bothCount() {
    CompareSettings settings = ignoring("json", "/*/id", "/a/time", "/*/x/*");
    String champion = "{\"a\":{\"id\":1,\"time\":1,\"x\":[1]},\"b\":{\"id\":1,\"time\":1}}";
    assertThat(
            compare(
                settings,
                champion,
                "{\"a\":{\"id\":2,\"time\":2,\"x\":[2]},\"b\":{\"id\":2,\"time\":1}}"))
        .extracting(Verdict::outcome)
        .isEqualTo(Outcome.AGREE);
    Verdict verdict =
        compare(
            settings,
            champion,
            "{\"a\":{\"id\":2,\"time\":2,\"x\":[2]},\"b\":{\"id\":2,\"time\":2}}");
    assertThat(conflict(verdict).paths()).containsExactly("/b/time");
  }

  @Test
  void ignore_thatIsNoPointer_isRefused() {
    assertThatThrownBy(() -> Comparator.of(ignoring("json", "id")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ignore: \"id\" (expected a JSON Pointer");
  }

  @Test
  void labelPointer_decidesAlone() {
    CompareSettings settings = pointing("json", "/label", "/p");
    Verdict agree =
        compare(
            settings,
            "{\"label\":1,\"p\":0.75,\"id\":\"a\"}",
            "{\"label\":\"1\",\"p\":0.5,\"id\":\"b\"}");
    assertThat(agree.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(agree.confidenceGap()).isEqualTo(0.25);
    Verdict disagree = compare(settings, "{\"label\":1,\"p\":0.75}", "{\"label\":2,\"p\":0.75}");
    assertThat(disagree.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(conflict(disagree).paths()).containsExactly("/label");
    assertThat(conflict(disagree).championLabel()).isEqualTo("1");
    assertThat(conflict(disagree).challengerLabel()).isEqualTo("2");
    assertThat(conflict(disagree).championConfidence()).isEqualTo(0.75);
  }

  @Test
  void labelPointer_withNothingThere_isTheFaultOfWhoseAnswerItIs() {
    CompareSettings settings = pointing("json", "/label", null);
    assertThat(compare(settings, "{}", "{\"label\":1}").outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(compare(settings, "{}", "{}").outcome()).isEqualTo(Outcome.INCOMPARABLE);
    Verdict error = compare(settings, "{\"label\":1}", "{\"label\":null}");
    assertThat(error.outcome()).isEqualTo(Outcome.CHALLENGER_ERROR);
    assertThat(conflict(error).reason()).isEqualTo("there is no label at /label");
    Verdict object = compare(settings, "{\"label\":1}", "{\"label\":{}}");
    assertThat(conflict(object).reason())
        .isEqualTo("/label: expected a label, a string or a number");
  }

  @Test
  void confidencePointer_withoutLabel_isAGapAndNoDifference() {
    CompareSettings settings = pointing("json", null, "/p");
    Verdict agree = compare(settings, "{\"a\":1,\"p\":0.5}", "{\"a\":1,\"p\":0.25}");
    assertThat(agree.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(agree.confidenceGap()).isEqualTo(0.25);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0.0", "0, 0.5", "1, 0.5", "1.01, NaN", "-0.01, NaN", "\"high\", NaN"})
  void confidence_outsideZeroToOne_isNone(String challenger, Double gap) {
    Verdict verdict =
        compare(
            pointing("json", "/l", "/p"),
            "{\"l\":1,\"p\":0.5}",
            "{\"l\":1,\"p\":" + challenger + "}");
    assertThat(verdict.confidenceGap()).isEqualTo(gap);
  }

  @Test
  void ignoredConfidenceAndLabel_areStillRead() {
    CompareSettings settings =
        new CompareSettings(
            "json",
            JsonPointer.compile("/l"),
            JsonPointer.compile("/p"),
            List.of("/p", "/l"),
            0,
            0.9);
    Verdict verdict = compare(settings, "{\"l\":1,\"p\":0.5}", "{\"l\":2,\"p\":0.25}");
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(verdict.confidenceGap()).isEqualTo(0.25);
  }

  private static String numbers(int count, int from) {
    return IntStream.range(from, from + count)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
