package io.shadowsentinel.compare.text;

import static io.shadowsentinel.compare.Answers.compare;
import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.pointing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.Answers;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.diff.TextModes;
import io.shadowsentinel.compare.json.Numeric;
import io.shadowsentinel.compare.text.TextResult.Kind;
import io.shadowsentinel.compare.text.TextSettings.Mode;
import java.math.BigDecimal;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextComparisonTest {
  static TextSettings mode(Mode mode) {
    return new TextSettings(mode, null, null, TextSettings.DEFAULT_MIN_F1, null);
  }

  static TextSettings f1(String bar) {
    return new TextSettings(Mode.TOKEN_F1, null, null, new BigDecimal(bar), null);
  }

  static TextSettings regex(String pattern) {
    return new TextSettings(Mode.REGEX, null, pattern, TextSettings.DEFAULT_MIN_F1, null);
  }

  static TextSettings field(String pointer) {
    return new TextSettings(
        Mode.JSON_FIELD, JsonPointer.compile(pointer), null, TextSettings.DEFAULT_MIN_F1, null);
  }

  private static TextResult result(TextSettings settings, String champion, String challenger) {
    return TextModes.of(settings, new Numeric(0)).compare(champion, challenger);
  }

  @Test
  void exact_looksAtEveryCharacter() {
    assertThat(result(TextSettings.DEFAULTS, "a", "a").isSame()).isTrue();
    assertThat(result(TextSettings.DEFAULTS, "a", "A").isDifferent()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.85, SAME", "0.888, SAME", "0.889, DIFFERENT", "0.9, DIFFERENT"})
  void tokenF1_ofEightNinths_isHeldAgainstTheBarExactly(String bar, Kind kind) {
    TextResult result = result(f1(bar), "the request is approved", "The request is NOT approved.");
    assertThat(result.kind()).isEqualTo(kind);
    assertThat(result.similarity()).isEqualTo(8.0 / 9);
  }

  @ParameterizedTest
  @CsvSource({"0.8, DIFFERENT", "0.75, SAME", "0.750001, DIFFERENT", "0.749999, SAME"})
  void tokenF1_atTheBar_agrees(String bar, Kind kind) {
    assertThat(result(f1(bar), "a b c d", "a b c x").kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "a a b, a b b, 2, 6",
    "a, b, 0, 2",
    "'', a, 0, 1",
    "\u6771\u4EAC\u30BF\u30EF\u30FC, \u6771\u4EAC, 2, 7",
    "\u6771\u4EAC tower, tower \u6771\u4EAC, 3, 6"
  })
  void tokenF1_countsEachWordAsOftenAsItStands(String a, String b, long common, long total) {
    assertThat(TokenF1.of(a, b)).isEqualTo(new TokenF1(common, total));
  }

  @Test
  void tokenF1_ofNoWords_agrees() {
    assertThat(result(f1("1"), "...", "!").isSame()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "{\"a\":1,\"b\":[2]}; { \"b\": [2.0], \"a\": 1e0 }; SAME",
        "{\"a\":1}; ```json\\n{\"a\":1.0}\\n```; SAME",
        "{\"a\":1}; {\"a\":2}; DIFFERENT",
        "{\"a\":1}; a is 1; DIFFERENT",
        "a is 1; A is 1; DIFFERENT",
      })
  void json_isComparedAsJson_whereBothAre(String a, String b, Kind kind) {
    assertThat(result(mode(Mode.JSON), a, b.replace("\\n", "\n")).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "{\"d\":{\"x\":1},\"t\":1}; {\"d\":{\"x\":1.0},\"t\":2}; SAME",
        "{\"d\":\"yes\"}; {\"d\":\"no\"}; DIFFERENT",
        "{\"d\":[1,2]}; {\"d\":[1,2]}; SAME",
        "{\"d\":\"yes\"}; yes; DIFFERENT",
        "{\"d\":\"yes\"}; {}; DIFFERENT",
        "yes; {\"d\":\"yes\"}; UNDECIDED",
        "{\"d\":null}; {\"d\":\"yes\"}; UNDECIDED",
      })
  void jsonField_decidesAlone(String a, String b, Kind kind) {
    assertThat(result(field("/d"), a, b).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "So: Answer: 5., Answer: 5, SAME",
    "Answer: 5, Answer: 6, DIFFERENT",
    "Answer: 5, five, DIFFERENT",
    "five, Answer: 5, UNDECIDED",
    "five, five, SAME"
  })
  void regex_comparesItsGroup(String a, String b, Kind kind) {
    assertThat(result(regex("Answer: (\\w+)"), a, b).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(a|aa)+$", "(.*)*b$", "(?:(?:a*)*)*(x)$"})
  void regex_thatWouldBacktrackForEver_ends(String bomb) {
    String text = "a".repeat(TextModes.MAX_PATTERN_INPUT - 1);
    assertThat(result(regex(bomb), text + "!", text + "?").kind()).isEqualTo(Kind.UNDECIDED);
  }

  @ParameterizedTest
  @CsvSource({"-1, SAME", "0, SAME", "1, UNDECIDED"})
  void regex_inATextOverTheCap_isNotLookedFor(int over, Kind kind) {
    String text = "x".repeat(TextModes.MAX_PATTERN_INPUT + over - 2);
    assertThat(result(regex("(z)"), "z1" + text, "z2").kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "(a)(b)", "(a", "(a\\1)", "((?:a{100}){100})", "(a{999}b{999}c{999})"})
  void regex_thatIsNotFit_isRefusedWithTheReason(String pattern) {
    assertThatThrownBy(() -> regex(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("pattern: ")
        .hasMessageContaining("(expected ");
  }

  @Test
  void settings_withoutWhatTheModeNeeds_areRefused() {
    assertThatThrownBy(() -> mode(Mode.JSON_FIELD)).hasMessageStartingWith("field: missing");
    assertThatThrownBy(() -> mode(Mode.REGEX)).hasMessageStartingWith("pattern: missing");
    assertThatThrownBy(() -> mode(Mode.JUDGE)).hasMessageStartingWith("judge: missing");
    assertThatThrownBy(() -> f1("1.01")).hasMessage("minF1: 1.01 (expected 0..1)");
  }

  @Test
  void labelThatIsAText_isComparedByTheMode() {
    CompareSettings settings = pointing("json", "/text", null).withText(mode(Mode.NORMALIZED));
    assertThat(compare(settings, "{\"text\":\"Yes.\"}", "{\"text\":\"yes\"}").outcome())
        .isEqualTo(Outcome.AGREE);
    Verdict verdict = compare(settings, "{\"text\":\"Yes.\"}", "{\"text\":\"no\"}");
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(conflict(verdict).paths()).containsExactly("/text");
  }

  @Test
  void labelThatIsANumber_isComparedAsBefore_inEveryMode() {
    CompareSettings settings = pointing("json", "/n", null).withText(f1("0.1"));
    assertThat(compare(settings, "{\"n\":1}", "{\"n\":\"1.0\"}").outcome())
        .isEqualTo(Outcome.AGREE);
    assertThat(compare(settings, "{\"n\":1}", "{\"n\":\"one\"}").outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  @Test
  void stringsAmongTheDifferences_areComparedByTheMode() {
    CompareSettings settings = Answers.settings("json").withText(f1("0.75"));
    assertThat(compare(settings, "{\"a\":[\"a b c d\"]}", "{\"a\":[\"a b c x\"]}").outcome())
        .isEqualTo(Outcome.AGREE);
    Verdict verdict = compare(settings, "{\"a\":[\"a b c d\"]}", "{\"a\":[\"a b x x\"]}");
    assertThat(conflict(verdict).paths()).containsExactly("/a/0");
    assertThat(conflict(verdict).reason()).isEqualTo("token F1 0.5000 (expected at least 0.75)");
  }

  @Test
  void championWithoutTheField_isIncomparable_unlessSomethingElseDiffers() {
    CompareSettings settings = Answers.settings("json").withText(field("/d"));
    assertThat(compare(settings, "{\"t\":\"yes\"}", "{\"t\":\"no\"}").outcome())
        .isEqualTo(Outcome.INCOMPARABLE);
    Verdict verdict = compare(settings, "{\"t\":\"yes\",\"n\":1}", "{\"t\":\"no\",\"n\":2}");
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(conflict(verdict).paths()).containsExactly("/n");
  }

  @Test
  void judge_thatNobodyAsks_isIncomparable_andNeverAgrees() {
    TextSettings judged =
        new TextSettings(
            Mode.JUDGE,
            null,
            null,
            TextSettings.DEFAULT_MIN_F1,
            JudgeSettings.at(URI.create("http://127.0.0.1:1/")));
    CompareSettings settings = Answers.settings("json").withText(judged);
    assertThat(compare(settings, "\"yes\"", "\"no\"").outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(compare(settings, "\"yes\"", "\"yes\"").outcome()).isEqualTo(Outcome.AGREE);
  }
}
