package io.shadowsentinel.compare.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.Answers;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.diff.Differences;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.PlaceSettings;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.compare.text.TextResult;
import io.shadowsentinel.compare.text.TextSettings;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a champion's second answer teaches, and what it changes. */
class SelfCheckTest {
  private final Comparator json = Comparator.of(Answers.settings("json"));

  private static Verdict compare(
      Comparator comparator, String champion, String challenger, Answer again) {
    return comparator.compare(
        new Exchange("r", "e1", "r1", "/", 0, Answers.ok(champion), Answers.ok(challenger), again));
  }

  private static SelfCheck selfCheck(Verdict verdict) {
    return Objects.requireNonNull(seen(verdict).selfCheck());
  }

  private static Observation seen(Verdict verdict) {
    return Objects.requireNonNull(verdict.observation());
  }

  private void learn(String first, String second) {
    for (int i = 0; i < NoiseModel.MIN_DIFFERED; i++) {
      compare(json, first, first, Answers.ok(second));
    }
  }

  @Test
  void noise_isLearned_andThenLeftOut() {
    Verdict first =
        compare(json, "{\"t\":1,\"x\":7}", "{\"t\":9,\"x\":7}", Answers.ok("{\"t\":2,\"x\":7}"));
    assertThat(first.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(selfCheck(first).result()).isEqualTo(SelfCheck.Result.DISAGREE);

    Verdict second =
        compare(json, "{\"t\":3,\"x\":7}", "{\"t\":9,\"x\":7}", Answers.ok("{\"t\":4,\"x\":7}"));
    assertThat(selfCheck(second).noise().paths()).containsExactly("/t");

    Verdict third =
        compare(json, "{\"t\":5,\"x\":7}", "{\"t\":9,\"x\":7}", Answers.ok("{\"t\":6,\"x\":7}"));
    assertThat(third.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(third.rowsAgree()).isEqualTo(1);
    assertThat(seen(third).places()).isEmpty();
    assertThat(selfCheck(third).result()).isEqualTo(SelfCheck.Result.AGREE);
  }

  @Test
  void difference_besideTheNoise_counts_andIsTheOnlyOneTold() {
    learn("{\"t\":1,\"x\":7}", "{\"t\":2,\"x\":7}");
    Verdict verdict = compare(json, "{\"t\":1,\"x\":7}", "{\"t\":2,\"x\":8}", null);
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(Answers.conflict(verdict).paths()).containsExactly("/x");
    assertThat(seen(verdict).places()).containsExactly(new Observation.Place("/x", "/x"));
  }

  @Test
  void noise_beyondTheFirstTwentyDifferences_isFound() {
    String one = "{\"a\":[" + "1,".repeat(50) + "1],\"id\":1,\"x\":7}";
    String two = "{\"a\":[" + "2,".repeat(50) + "2],\"id\":2,\"x\":7}";
    learn(one, two);
    Verdict verdict = compare(json, one, two, null);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void noise_inTheRowsOfAnArray_isOnePath() {
    learn("{\"r\":[{\"t\":1,\"x\":7}]}", "{\"r\":[{\"t\":2,\"x\":7}]}");
    Verdict verdict =
        compare(
            json,
            "{\"r\":[{\"t\":1,\"x\":7},{\"t\":1,\"x\":7}]}",
            "{\"r\":[{\"t\":3,\"x\":7},{\"t\":4,\"x\":7}]}",
            null);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void answer_thatIsAllNoise_isStillCompared() {
    learn("{\"a\":[1,2]}", "{\"a\":[3,4]}");
    assertThat(compare(json, "{\"a\":[1,2]}", "{\"a\":[5,6]}", null).outcome())
        .isEqualTo(Outcome.DISAGREE);
    Verdict again = compare(json, "{\"a\":[1,2]}", "{\"a\":[1,2]}", Answers.ok("{\"a\":[9,2]}"));
    assertThat(again.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(selfCheck(again).result()).isEqualTo(SelfCheck.Result.DISAGREE);
  }

  @Test
  void ignoredRest_isNothingToCompare() {
    Comparator ignoring = Comparator.of(Answers.ignoring("json", "/id"));
    for (int i = 0; i < NoiseModel.MIN_DIFFERED; i++) {
      compare(
          ignoring, "{\"id\":1,\"t\":1}", "{\"id\":1,\"t\":1}", Answers.ok("{\"id\":1,\"t\":2}"));
    }
    assertThat(compare(ignoring, "{\"id\":1,\"t\":1}", "{\"id\":1,\"t\":2}", null).outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  @Test
  void label_isNeverNoise() {
    Comparator labelled = Comparator.of(Answers.pointing("json", "/label", null));
    Verdict verdict = null;
    for (int i = 0; i < 5; i++) {
      verdict =
          compare(
              labelled, "{\"label\":\"a\"}", "{\"label\":\"b\"}", Answers.ok("{\"label\":\"b\"}"));
    }
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(selfCheck(verdict).result()).isEqualTo(SelfCheck.Result.DISAGREE);
    assertThat(selfCheck(verdict).noise().paths()).isEmpty();
  }

  @Test
  void secondAnswer_thatFailed_teachesNothing_andIsHeldAgainstNobody() {
    for (Answer again :
        List.of(
            Answers.status(500), Answers.ok("{"), Answer.without(Answer.Fate.TIMED_OUT, 0, 1))) {
      Verdict verdict = compare(json, "{\"t\":1}", "{\"t\":1}", again);
      assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
      assertThat(selfCheck(verdict)).isEqualTo(new SelfCheck(SelfCheck.Result.FAILED, Noise.NONE));
    }
  }

  @Test
  void challengersError_doesNotHideTheSelfCheck() {
    Verdict verdict =
        json.compare(
            new Exchange(
                "r",
                "e1",
                "r1",
                "/",
                0,
                Answers.ok("{\"t\":1}"),
                Answers.status(500),
                Answers.ok("{\"t\":1}")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.CHALLENGER_ERROR);
    assertThat(seen(verdict).challengerError()).isEqualTo("status_500");
    assertThat(selfCheck(verdict).result()).isEqualTo(SelfCheck.Result.AGREE);
  }

  @Test
  void observation_ofAgreeingRows_tellsTheirLabelsOnce() {
    Comparator labelled = Comparator.of(Answers.pointing("json", "/labels", null));
    Observation seen =
        seen(compare(labelled, "{\"labels\":[1,\"b\"]}", "{\"labels\":[\"1.0\",\"b\"]}", null));
    assertThat(seen.championLabels()).containsExactly("1", "b");
    assertThat(seen.challengerLabels()).isSameAs(seen.championLabels());
    assertThat(seen.championNanos()).isEqualTo(1_000_000);
  }

  @Test
  void observation_ofManyRows_isCutAndSaysSo() {
    Comparator labelled = Comparator.of(Answers.pointing("json", "/labels", null));
    String rows = "{\"labels\":[" + "1,".repeat(Observation.MAX_ROWS) + "1]}";
    Observation seen = seen(compare(labelled, rows, rows.replace("[1,", "[2,"), null));
    assertThat(seen.championLabels()).hasSize(Observation.MAX_ROWS);
    assertThat(seen.challengerLabels()).startsWith("2", "1").hasSize(Observation.MAX_ROWS);
    assertThat(seen.rowsBeyond()).isEqualTo(1);
    assertThat(seen.places()).containsExactly(new Observation.Place("/labels/*", "/labels/0"));
  }

  @Test
  void textForAJudge_isNoNoise_andTellsNothingOfTheChampion() {
    TextSettings texts =
        new TextSettings(
            TextSettings.Mode.JUDGE,
            null,
            null,
            TextSettings.DEFAULT_MIN_F1,
            JudgeSettings.at(URI.create("http://127.0.0.1:9/")));
    Comparator judged = Comparator.of(Answers.settings("json").withText(texts));
    Verdict verdict = null;
    for (int i = 0; i <= NoiseModel.MIN_DIFFERED; i++) {
      verdict =
          compare(
              judged,
              "{\"t\":1,\"x\":\"a\"}",
              "{\"t\":2,\"x\":\"b\"}",
              Answers.ok("{\"t\":3,\"x\":\"c\"}"));
    }
    assertThat(selfCheck(verdict))
        .isEqualTo(
            new SelfCheck(
                SelfCheck.Result.FAILED, new Noise(NoiseModel.MIN_DIFFERED + 1, Set.of("/t"))));
    assertThat(verdict.outcome()).isEqualTo(Outcome.INCOMPARABLE);
  }

  @Test
  void undecidedText_thatIsNoise_isLeftOut() {
    Differences differences = Differences.beside(new Noise(2, Set.of("/t")));
    Json text = new Json.Text("a");
    differences.add(0, Path.ROOT.child("t"), text, text, TextResult.ASK);
    assertThat(differences.isSame()).isTrue();
    assertThat(differences.leftOut()).isEqualTo(1);
    assertThat(differences.rowsWithout(1)).isEqualTo(1);
  }

  @Test
  void labels_thatAreTheSameAsText_areOneClass() {
    TextSettings texts =
        new TextSettings(
            TextSettings.Mode.NORMALIZED, null, null, TextSettings.DEFAULT_MIN_F1, null);
    CompareSettings settings =
        new CompareSettings("json", JsonPointer.compile("/label"), null, List.of(), 0, 0.9)
            .withText(texts);
    Verdict verdict =
        compare(Comparator.of(settings), "{\"label\":\"Cat\"}", "{\"label\":\"cat\"}", null);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(seen(verdict).championLabels()).containsExactly("Cat");
    assertThat(seen(verdict).challengerLabels()).containsExactly("Cat");
  }

  @Test
  void elementWithoutAnOrder_thatIsNoise_leavesNothingOfItToCompare() {
    CompareSettings settings =
        Answers.settings("json")
            .withPlaces(new PlaceSettings(Map.of(), List.of("/items"), Map.of()));
    Comparator unordered = Comparator.of(settings);
    for (int i = 0; i < NoiseModel.MIN_DIFFERED; i++) {
      compare(
          unordered,
          "{\"items\":[{\"a\":1}]}",
          "{\"items\":[{\"a\":1}]}",
          Answers.ok("{\"items\":[{\"a\":2}]}"));
    }
    Verdict verdict =
        compare(unordered, "{\"items\":[{\"a\":1}]}", "{\"items\":[{\"a\":3}]}", null);
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
  }
}
