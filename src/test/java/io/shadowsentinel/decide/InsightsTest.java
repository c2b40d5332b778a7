package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Noise;
import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.SelfCheck;
import io.shadowsentinel.compare.core.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class InsightsTest {
  private final Insights insights = new Insights();

  private static Verdict verdict(Outcome outcome, Observation seen) {
    return new Verdict("r", "e1", outcome, 1, 0, Double.NaN, false, null, seen);
  }

  private static Observation at(long millis, String id, String... paths) {
    List<Observation.Place> places =
        Arrays.stream(paths)
            .map(path -> new Observation.Place(path, path.replace("*", "0")))
            .toList();
    return new Observation(
        id, millis, places, List.of(), List.of(), 0, 1_000_000, 2_000_000, null, null, null);
  }

  private static Observation labels(String ours, String theirs) {
    return new Observation(
        "r", 0, List.of(), List.of(ours), List.of(theirs), 0, 1, 1, null, null, null);
  }

  private static Observation checked(SelfCheck.Result result, Noise noise) {
    return new Observation(
        "r", 0, List.of(), List.of(), List.of(), 0, 1, 1, null, null, new SelfCheck(result, noise));
  }

  private static Observation answered(long championNanos, long challengerNanos, String error) {
    return new Observation(
        "r",
        0,
        List.of(),
        List.of(),
        List.of(),
        0,
        championNanos,
        challengerNanos,
        null,
        error,
        null);
  }

  @Test
  void path_thatDiffers_isCountedWithItsTimesAndLatestSamples() {
    insights.add(verdict(Outcome.AGREE, at(1_000, "a")));
    for (int i = 2; i <= 6; i++) {
      insights.add(verdict(Outcome.DISAGREE, at(i * 1_000, "id" + i, "/r/*/x")));
    }
    InsightReport.Differences report = insights.differences("r", "e1");
    assertThat(report.compared()).isEqualTo(6);
    assertThat(report.paths())
        .singleElement()
        .satisfies(
            path -> {
              assertThat(path.path()).isEqualTo("/r/*/x");
              assertThat(path.count()).isEqualTo(5);
              assertThat(path.overcount()).isZero();
              assertThat(path.rate()).isEqualTo(5 / 6.0);
              assertThat(path.firstSeen()).hasToString("1970-01-01T00:00:02Z");
              assertThat(path.lastSeen()).hasToString("1970-01-01T00:00:06Z");
              assertThat(path.samples())
                  .extracting(InsightReport.Sample::requestId)
                  .containsExactly("id6", "id5", "id4");
              assertThat(path.samples().get(0).pointer()).isEqualTo("/r/0/x");
            });
  }

  @Test
  void paths_beyondTheBound_neverLoseAFrequentOne() {
    for (int i = 0; i < 50; i++) {
      insights.add(verdict(Outcome.DISAGREE, at(i, "id", "/often")));
    }
    for (int i = 0; i < DifferenceCounts.MAX_PATHS - 1; i++) {
      insights.add(verdict(Outcome.DISAGREE, at(i, "id", "/rare" + i)));
    }
    assertThat(insights.differences("r", "e1").dropped()).isZero();

    insights.add(verdict(Outcome.DISAGREE, at(1, "id", "/new")));

    InsightReport.Differences report = insights.differences("r", "e1");
    assertThat(report.paths()).hasSize(DifferenceCounts.MAX_PATHS);
    assertThat(report.paths().get(0).path()).isEqualTo("/often");
    assertThat(report.dropped()).isEqualTo(1);
    assertThat(report.paths())
        .filteredOn(path -> path.path().equals("/new"))
        .singleElement()
        .satisfies(
            path -> {
              assertThat(path.count()).isEqualTo(2);
              assertThat(path.overcount()).isEqualTo(1);
            });
  }

  @Test
  void path_thatBecameNoise_isToldAsNoiseOnly() {
    insights.add(verdict(Outcome.DISAGREE, at(1, "id", "/t", "/x")));
    insights.add(
        verdict(
            Outcome.AGREE, checked(SelfCheck.Result.DISAGREE, new Noise(2, Set.of("/t", "/a")))));
    InsightReport.Differences report = insights.differences("r", "e1");
    assertThat(report.paths()).extracting(InsightReport.DifferingPath::path).containsExactly("/x");
    assertThat(report.noise()).containsExactly("/a", "/t");
  }

  @Test
  void longRequestId_isCut() {
    insights.add(verdict(Outcome.DISAGREE, at(1, "x".repeat(60_000), "/t")));
    assertThat(insights.differences("r", "e1").paths().get(0).samples().get(0).requestId())
        .hasSize(DifferenceCounts.MAX_ID_CHARS);
  }

  @Test
  void selfChecks_areCountedByResult_andTheLatestNoiseIsKept() {
    assertThat(insights.selfCheck()).isNull();
    insights.add(
        verdict(Outcome.AGREE, checked(SelfCheck.Result.DISAGREE, new Noise(2, Set.of("/t")))));
    insights.add(verdict(Outcome.AGREE, checked(SelfCheck.Result.AGREE, new Noise(1, Set.of()))));
    insights.add(verdict(Outcome.INCOMPARABLE, checked(SelfCheck.Result.FAILED, Noise.NONE)));
    RouteStatus.SelfCheck check = insights.selfCheck();
    assertThat(check).isEqualTo(new RouteStatus.SelfCheck(2, 1, 1, List.of("/t"), 1));
    assertThat(check.agreementRate()).isEqualTo(0.5);
  }

  @Test
  void confusion_countsRowsByBothLabels() {
    insights.add(verdict(Outcome.AGREE, labels("7", "7")));
    insights.add(verdict(Outcome.AGREE, labels("7", "7")));
    insights.add(verdict(Outcome.DISAGREE, labels("7", "1")));
    InsightReport.Confusion report = insights.confusion("r", "e1");
    assertThat(report.labels()).containsExactly("7", "1");
    assertThat(report.counts())
        .containsExactly(List.of(2L, 1L, 0L), List.of(0L, 0L, 0L), List.of(0L, 0L, 0L));
    assertThat(report.rows()).isEqualTo(3);
    assertThat(report.rowsAgree()).isEqualTo(2);
  }

  @Test
  void confusion_ofManyLabels_showsTheMostFrequentAndAddsUpTheRest() {
    for (int i = 0; i < ConfusionMatrix.MAX_LABELS + 10; i++) {
      int times = i >= ConfusionMatrix.MAX_LABELS - 1 ? 9 : i >= 100 && i < 149 ? 5 : 1;
      for (int n = 0; n < times; n++) {
        insights.add(verdict(Outcome.AGREE, labels("l" + i, "l" + i)));
      }
    }
    InsightReport.Confusion report = insights.confusion("r", "e1");
    assertThat(report.labels())
        .hasSize(ConfusionMatrix.MAX_SHOWN)
        .contains("l199", "l100", "l148")
        .doesNotContain("l0", "l200");
    long all = report.counts().stream().flatMap(List::stream).mapToLong(Long::longValue).sum();
    assertThat(all).isEqualTo(report.rows());
    assertThat(report.counts()).hasSize(51).allSatisfy(line -> assertThat(line).hasSize(51));
    assertThat(report.counts().get(50).get(50)).isEqualTo(150L + 10 * 9);
  }

  @Test
  void latency_isTheCompleteAnswers_andErrorsAreCountedByKind() {
    for (int i = 1; i <= 100; i++) {
      insights.add(verdict(Outcome.AGREE, answered(i * 1_000_000L, i * 2_000_000L, null)));
    }
    insights.add(
        verdict(Outcome.CHALLENGER_ERROR, answered(1_000_000, Observation.NO_ANSWER, "timed_out")));
    InsightReport.Latency report = insights.latency("r", "e1", "v1", "v2");
    InsightReport.ModelLatency challenger = report.challenger();
    assertThat(challenger.name()).isEqualTo("v2");
    assertThat(challenger.requests()).isEqualTo(101);
    assertThat(challenger.errors()).isEqualTo(1);
    assertThat(challenger.errorRate()).isEqualTo(1 / 101.0);
    assertThat(challenger.errorsByKind()).containsOnlyKeys("timed_out");
    assertThat(challenger.latencyMillis().count()).isEqualTo(100);
    assertThat(challenger.latencyMillis().p50()).isCloseTo(100, Offset.offset(1.0));
    assertThat(challenger.latencyMillis().p99()).isCloseTo(198, Offset.offset(2.0));
    assertThat(report.champion().errors()).isZero();
    assertThat(insights.latency("r", "e1", "v1", null).challenger()).isNull();
  }

  @Test
  void nothingSeen_isToldAsNothing() {
    assertThat(insights.differences("r", null).paths()).isEmpty();
    assertThat(insights.confusion("r", null).counts()).containsExactly(List.of(0L));
    InsightReport.ModelLatency champion = insights.latency("r", null, "v1", null).champion();
    assertThat(champion.errorRate()).isNull();
    assertThat(champion.latencyMillis()).isNull();
  }
}
