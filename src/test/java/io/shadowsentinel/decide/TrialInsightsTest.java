package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Noise;
import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.SelfCheck;
import io.shadowsentinel.compare.core.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which trial an observation is told of. */
class TrialInsightsTest {

  @TempDir Path temp;

  private static void see(DeskKit kit, String scope) {
    Observation seen =
        new Observation(
            "r1",
            0,
            List.of(new Observation.Place("/t", "/t")),
            List.of("7"),
            List.of("1"),
            0,
            1,
            1,
            null,
            null,
            new SelfCheck(SelfCheck.Result.AGREE, new Noise(2, Set.of("/id"))));
    kit.count(
        List.of(
            new Verdict("digits", scope, Outcome.DISAGREE, 1, 0, Double.NaN, false, null, seen)));
  }

  private static InsightReport report(DeskKit kit) {
    return Objects.requireNonNull(kit.desk.insight(new Queries.InsightOf("digits")).report());
  }

  @Test
  void liveTrial_isTold_withTheNamesOfItsModels() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      assertThat(kit.digits().selfCheck()).isNull();
      see(kit, kit.scope());

      InsightReport report = report(kit);
      assertThat(report.differences().experiment()).isEqualTo(kit.scope());
      assertThat(report.differences().compared()).isEqualTo(1);
      assertThat(report.confusion().labels()).containsExactly("1", "7");
      assertThat(report.latency().champion().name()).isEqualTo("v1");
      assertThat(report.latency().challenger().name()).isEqualTo("v2");
      assertThat(kit.digits().selfCheck())
          .isEqualTo(new RouteStatus.SelfCheck(1, 1, 0, List.of("/id"), 1));
    }
  }

  @Test
  void restart_beginsAnew_andLateObservationsDoNotCount() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String before = kit.scope();
      see(kit, before);
      kit.operator(Decision.Action.RESTART);
      see(kit, before);

      assertThat(report(kit).differences().experiment())
          .isEqualTo(kit.scope())
          .isNotEqualTo(before);
      assertThat(report(kit).differences().compared()).isZero();
      assertThat(report(kit).latency().champion().requests()).isZero();
      assertThat(kit.digits().selfCheck()).isNull();
    }
  }

  @Test
  void promotion_tellsTheWatch_andARollbackTheExperimentAgain() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      see(kit, kit.scope());
      kit.operator(Decision.Action.PROMOTE);
      InsightReport watch = report(kit);
      assertThat(watch.differences().compared()).isZero();
      assertThat(watch.latency().champion().name()).isEqualTo("v2");
      assertThat(watch.latency().challenger().name()).isEqualTo("v1");

      kit.operator(Decision.Action.ROLLBACK);
      assertThat(report(kit).differences().compared()).isEqualTo(1);
    }
  }

  @Test
  void unknownRoute_hasNoReport() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      assertThat(kit.desk.insight(new Queries.InsightOf("nope")).report()).isNull();
    }
  }
}
