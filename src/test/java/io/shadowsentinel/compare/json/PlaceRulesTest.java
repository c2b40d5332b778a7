package io.shadowsentinel.compare.json;

import static io.shadowsentinel.compare.Answers.compare;
import static io.shadowsentinel.compare.Answers.conflict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.compare.Answers;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Explanation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceRulesTest {
  private static CompareSettings keyed(String key) {
    return Answers.settings("json")
        .withPlaces(new PlaceSettings(Map.of("/items", key), List.of(), Map.of()));
  }

  private static CompareSettings unordered(double tolerance) {
    return Answers.tolerating("json", tolerance)
        .withPlaces(new PlaceSettings(Map.of(), List.of("/tags"), Map.of()));
  }

  private static CompareSettings tolerating(Map<String, Double> tolerances) {
    return Answers.settings("json").withPlaces(new PlaceSettings(Map.of(), List.of(), tolerances));
  }

  private static String items(String... items) {
    return "{\"items\":[" + String.join(",", items) + "]}";
  }

  private static List<String> paths(CompareSettings settings, String champion, String challenger) {
    Verdict verdict = compare(settings, champion, challenger);
    return verdict.outcome() == Outcome.AGREE ? List.of() : conflict(verdict).paths();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        // another order
        "{\"id\":1,\"v\":1},{\"id\":2,\"v\":2}; {\"id\":2,\"v\":2},{\"id\":1.0,\"v\":1}; ||",
        // a value, at the champion's index
        "{\"id\":1,\"v\":1},{\"id\":2,\"v\":2}; {\"id\":2,\"v\":3},{\"id\":1,\"v\":1}; /items/1/v",
        // missing, and one too many
        "{\"id\":1},{\"id\":2}; {\"id\":2}; /items/0",
        "{\"id\":2}; {\"id\":1},{\"id\":2}; /items/-",
        "{\"id\":1}; {\"id\":2}; /items/0 /items/-",
        // a string is another key than a number
        "{\"id\":1}; {\"id\":\"1\"}; /items/0 /items/-",
        // duplicates, in their order
        "{\"id\":1,\"v\":1},{\"id\":1,\"v\":2}; {\"id\":1,\"v\":1},{\"id\":1,\"v\":3}; /items/1/v",
        "{\"id\":1},{\"id\":1}; {\"id\":1}; /items/1",
        // no key: among themselves, in their order
        "{\"v\":1},{\"id\":1}; {\"id\":1},{\"v\":1}; ||",
        "7,{\"id\":1}; {\"id\":1},8; /items/0",
        "{\"id\":null,\"v\":1}; {\"id\":[],\"v\":1}; /items/0/id",
      })
  void keys_alignElements(String champion, String challenger, String expected) {
    List<String> paths = paths(keyed("id"), items(champion), items(challenger));
    assertThat(String.join(" ", paths)).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void keys_mayStandDeeper() {
    assertThat(
            paths(
                keyed("/meta/id"),
                items("{\"meta\":{\"id\":1},\"v\":1}", "{\"meta\":{\"id\":2},\"v\":2}"),
                items("{\"meta\":{\"id\":2},\"v\":2}", "{\"meta\":{\"id\":1},\"v\":9}")))
        .containsExactly("/items/0/v");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "\"a\",\"b\"; \"b\",\"a\"; 0; ||",
        "\"a\",\"a\",\"b\"; \"a\",\"b\",\"b\"; 0; /tags/1",
        "\"a\",\"a\"; \"a\"; 0; /tags/1",
        "\"a\"; \"a\",\"a\"; 0; /tags/-",
        "1,2,2; 2,1,2.0; 0; ||",
        "1,2; 3,2; 1; ||",
        "1,2; 3,2; 0.99; /tags/0",
        "{\"x\":[1,2],\"y\":1}; {\"y\":1.0,\"x\":[1,2]}; 0; ||",
        "{\"x\":1},{\"x\":2}; {\"x\":2.4},{\"x\":1.4}; 0.5; ||",
        "{\"x\":1},{\"x\":2}; {\"x\":2.6},{\"x\":1.4}; 0.5; /tags/1",
        "[1],null,true; true,[1],null; 0; ||",
        "; ; 0; ||",
      })
  void ignoreOrder_comparesMultisets(
      String champion, String challenger, double tolerance, String expected) {
    String ours = "{\"tags\":[" + (champion == null ? "" : champion) + "]}";
    String theirs = "{\"tags\":[" + (challenger == null ? "" : challenger) + "]}";
    assertThat(String.join(" ", paths(unordered(tolerance), ours, theirs)))
        .isEqualTo(expected == null ? "" : expected);
  }

  /** Each would have to be held against each, which is 10^10 pairs. */
  @Test
  void ignoreOrder_ofManyElementsThatAllDiffer_isBounded() {
    Verdict verdict = compare(unordered(0.1), tags(100_000, 0), tags(100_000, 1_000_000));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(conflict(verdict).pathsTotal()).isEqualTo(100_000);
  }

  private static String tags(int count, int from) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> "{\"x\":" + i + "}")
        .collect(Collectors.joining(",", "{\"tags\":[", "]}"));
  }

  @ParameterizedTest
  @CsvSource({"0.009, AGREE", "0.01, AGREE", "0.011, DISAGREE"})
  void tolerance_ofAPlace_isInclusive(String by, Outcome outcome) {
    CompareSettings settings = tolerating(Map.of("/score", 0.01));
    assertThat(compare(settings, "{\"score\":0}", "{\"score\":" + by + "}").outcome())
        .isEqualTo(outcome);
    assertThat(compare(settings, "{\"other\":0}", "{\"other\":" + by + "}").outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  @Test
  void tolerance_holdsBelow_untilAMoreSpecificOneDoes() {
    CompareSettings settings =
        tolerating(Map.of("/items", 1.0, "/items/*/exact", 0.0, "/items/0/exact", 5.0));
    assertThat(
            paths(
                settings,
                items("{\"price\":1,\"exact\":1}", "{\"price\":1,\"exact\":1}"),
                items("{\"price\":2,\"exact\":6}", "{\"price\":2.5,\"exact\":1.5}")))
        .containsExactly("/items/1/price", "/items/1/exact");
  }

  @Test
  void tolerance_ofRows_hasAStarForTheRow() {
    CompareSettings settings =
        Answers.settings("kserve-v1")
            .withPlaces(new PlaceSettings(Map.of(), List.of(), Map.of("/predictions/*", 0.5)));
    assertThat(compare(settings, "{\"predictions\":[1.5,2]}", "{\"predictions\":[2,2]}").outcome())
        .isEqualTo(Outcome.AGREE);
    assertThat(
            compare(settings, "{\"predictions\":[1.5,2]}", "{\"predictions\":[2.1,2]}").outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  @Test
  void tolerance_ofATensor_holdsForItsData() {
    CompareSettings settings =
        Answers.settings("open-inference")
            .withPlaces(new PlaceSettings(Map.of(), List.of(), Map.of("/outputs/*/data", 0.5)));
    assertThat(compare(settings, tensor("[[1.5],[2.5]]"), tensor("[[2],[2.5]]")).outcome())
        .isEqualTo(Outcome.AGREE);
    assertThat(compare(settings, tensor("[[1.5],[2.5]]"), tensor("[[2.5],[2.5]]")).outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  private static String tensor(String data) {
    return "{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2,1],\"data\":"
        + data
        + "}]}";
  }

  @Test
  void settings_thatAreNoPointers_areRefused() {
    assertThatThrownBy(() -> new PlaceSettings(Map.of("items", "id"), List.of(), Map.of()))
        .hasMessage("keys: \"items\" (expected a JSON Pointer, such as /items)");
    assertThatThrownBy(() -> new PlaceSettings(Map.of(), List.of("tags"), Map.of()))
        .hasMessageStartingWith("ignoreOrder: ");
    assertThatThrownBy(() -> tolerating(Map.of("/a", -0.1)))
        .hasMessage("tolerances: /a: -0.1 (expected 0 or more)");
  }

  @Test
  void explanation_namesTheKey_andShowsBothValues() {
    Explanation seen =
        Comparator.of(keyed("id"))
            .explain(
                Answers.ok(items("{\"id\":7,\"v\":\"a\"}")),
                Answers.ok(items("{\"id\":8}", "{\"id\":7,\"v\":\"b\"}")));
    assertThat(seen.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(seen.differences())
        .containsExactly(
            new Explanation.Difference("/items/0/v", "\"a\"", "\"b\"", "key 7"),
            new Explanation.Difference("/items/-", null, "{\"id\":8}", "key 8"));
  }
}
