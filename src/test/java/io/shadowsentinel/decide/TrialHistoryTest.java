package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.decide.Decision.Action;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a desk keeps of a route over time. */
class TrialHistoryTest {

  @TempDir Path temp;

  private static HistoryReport report(DeskKit kit, HistoryReport.Resolution resolution) {
    Queries.HistoryOf query = new Queries.HistoryOf("digits", resolution, 0);
    return Objects.requireNonNull(kit.desk.history(query).report());
  }

  @Test
  void history_afterARestart_goesOn() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(8, 2);
      kit.operator(Action.RESTART);
      kit.reach(5, 0);

      HistoryReport.Series told = report(kit, HistoryReport.Resolution.MINUTE).series();
      assertThat(told.stepSeconds()).isEqualTo(60);
      assertThat(told.kept()).isEqualTo(HistoryBook.MINUTES);
      assertThat(told.rated()).containsExactly(15);
      assertThat(told.agree()).containsExactly(13);
      assertThat(report(kit, HistoryReport.Resolution.SECOND).series().kept())
          .isEqualTo(HistoryBook.SECONDS);
    }
  }

  @Test
  void history_ofARouteThatTheConfigDrops_isForgotten() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(8, 2);
      kit.desk.reconfigure(Given.config(Given.spec("other", "v1", "v2")));
      assertThat(
              kit.desk
                  .history(new Queries.HistoryOf("digits", HistoryReport.Resolution.SECOND, 0))
                  .report())
          .isNull();

      kit.desk.reconfigure(Given.config(Given.spec("digits", "v1", "v2")));
      HistoryReport again = report(kit, HistoryReport.Resolution.SECOND);
      assertThat(again.series().times()).isEmpty();
      assertThat(again.configChanges()).hasSize(2);
    }
  }

  @Test
  void configChanges_beyondTheBound_loseTheOldest() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      for (int i = 0; i <= HistoryBook.MAX_CONFIG_CHANGES; i++) {
        kit.desk.reconfigure(Given.config(Given.spec("digits", "v1", "v2")));
      }
      assertThat(report(kit, HistoryReport.Resolution.SECOND).configChanges())
          .hasSize(HistoryBook.MAX_CONFIG_CHANGES);
    }
  }

  @Test
  void latencies_ofEveryRoute_areToldInTableOrder() throws IOException {
    Reconfigure two = Given.config(Given.spec("b", "v1", "v2"), Given.spec("a", "v3", null));
    try (DeskKit kit = DeskKit.open(temp, StoreProbe.NONE, two)) {
      assertThat(kit.desk.latencies().latencies())
          .extracting(InsightReport.Latency::route)
          .containsExactly("b", "a");
      assertThat(kit.desk.latencies().latencies().get(1).challenger()).isNull();
    }
  }
}
