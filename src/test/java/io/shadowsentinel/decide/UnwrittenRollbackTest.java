package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.RouteState;
import io.shadowsentinel.table.RoutingTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The safe direction needs no disk. */
class UnwrittenRollbackTest {
  private static final Reconfigure TWO =
      Given.config(Given.spec("digits", "v1", "v2"), Given.spec("other", "a", "b"));

  @TempDir Path temp;
  private final boolean[] broken = {false};
  private final StoreProbe probe =
      (step, file) -> {
        if (broken[0]) {
          throw new IOException("No space left on device");
        }
      };

  private void assertInForceAndUnwritten(DeskKit kit, By by) {
    assertThat(kit.route().state()).isEqualTo(RouteState.ROLLED_BACK);
    assertThat(kit.route().champion().name()).isEqualTo("v1");
    assertThat(kit.tables.get(kit.tables.size() - 1)).isEqualTo(kit.desk.table());
    assertThat(kit.digits().durable()).isFalse();
    assertThat(kit.digits().warning()).contains("a restart before that would undo it");
    assertThat(kit.digits().decision().by()).isEqualTo(by);
    assertThat(kit.desk.status().storageFault())
        .contains("not written down", "ROLLBACK of route digits", "No space left on device");
    assertThat(kit.unwritten).extracting(Decision::action).containsExactly(Action.ROLLBACK);
    Queries.DecisionList list = kit.desk.decisions(new Queries.Decisions("digits", 9, 0));
    assertThat(list.unwritten()).isEqualTo(kit.unwritten);
    assertThat(list.decisions()).doesNotContainAnyElementsOf(kit.unwritten);
  }

  @Test
  void operatorsRollback_isInForceAtOnce_andWrittenWhenItCanBe_inOrder() throws IOException {
    Path crash = temp.resolve("crash");
    Path state = temp.resolve("state");
    try (DeskKit kit = DeskKit.open(state, probe, TWO)) {
      kit.operator(Action.PROMOTE);
      broken[0] = true;
      assertThat(kit.operator(Action.ROLLBACK))
          .isInstanceOfSatisfying(
              CommandResult.Done.class, done -> assertThat(done.route().durable()).isFalse());
      assertInForceAndUnwritten(kit, By.OPERATOR);
      DeskKit.copy(state, crash);

      // Nothing else may pass it: neither another decision, nor the config.
      assertThat(kit.operator("other", Action.PROMOTE)).isInstanceOf(CommandResult.NotStored.class);
      assertThat(kit.operator(Action.RESTART)).isInstanceOf(CommandResult.NotStored.class);
      assertThat(kit.operator(Action.ROLLBACK)).isInstanceOf(CommandResult.Refused.class);
      assertThat(kit.desk.reconfigure(Given.config(Given.spec("digits", "v1", "v3"))))
          .isInstanceOf(Reconfigure.NotStored.class);
      assertThat(kit.operator("other", Action.ROLLBACK)).isInstanceOf(CommandResult.Done.class);
      kit.desk.tick();
      assertThat(kit.decisions).hasSize(1);
      assertThat(kit.unwritten).extracting(Decision::route).containsExactly("digits", "other");

      broken[0] = false;
      kit.desk.tick();
      assertThat(kit.decisions)
          .extracting(Decision::route)
          .containsExactly("digits", "digits", "other");
      assertThat(kit.digits().durable()).isTrue();
      assertThat(kit.digits().warning()).isNull();
      assertThat(kit.desk.status().storageFault()).isNull();
      assertThat(kit.operator("other", Action.RESTART)).isInstanceOf(CommandResult.Done.class);
      assertThat(kit.log()).extracting(Decision::seq).containsExactly(4L, 3L, 2L, 1L);
      assertThat(kit.tables).extracting(RoutingTable::version).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(
              kit.registry.get("shadow.sentinel.decisions").counters().stream()
                  .mapToDouble(counter -> counter.count())
                  .sum())
          .isEqualTo(4);
    }
    try (DeskKit kit = DeskKit.open(state, StoreProbe.NONE, TWO)) {
      assertThat(kit.route().state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(kit.desk.table().version()).isEqualTo(5);
    }
    try (DeskKit kit = DeskKit.open(crash, StoreProbe.NONE, TWO)) {
      assertThat(kit.route().state()).as("as it was told").isEqualTo(RouteState.PROMOTED);
      assertThat(kit.operator(Action.ROLLBACK)).isInstanceOf(CommandResult.Done.class);
      assertThat(kit.log()).extracting(Decision::seq).containsExactly(2L, 1L);
    }
  }

  @Test
  void rulesRollback_isInForceAtOnce() throws IOException {
    try (DeskKit kit = DeskKit.open(temp, probe, TWO)) {
      broken[0] = true;
      kit.count(Given.verdicts("digits", kit.scope(), 100, 100));
      assertInForceAndUnwritten(kit, By.AUTO);
      broken[0] = false;
      kit.clock.advance(Duration.ofSeconds(1));
      kit.desk.tick();
      assertThat(kit.decisions).extracting(Decision::by).containsExactly(By.AUTO);
      assertThat(kit.log().get(0).evidence().rated()).isEqualTo(200);
    }
  }

  @Test
  void laterDecision_writesItFirst_withoutATick() throws IOException {
    try (DeskKit kit = DeskKit.open(temp, probe, TWO)) {
      broken[0] = true;
      kit.operator(Action.ROLLBACK);
      broken[0] = false;
      assertThat(kit.operator("other", Action.PAUSE)).isInstanceOf(CommandResult.Done.class);
      assertThat(kit.decisions)
          .extracting(Decision::action)
          .containsExactly(Action.ROLLBACK, Action.PAUSE);
      assertThat(kit.digits().durable()).isTrue();
    }
  }

  @Test
  void forcedRollback_atTheStart_needsNoDisk_alsoNotForAnotherConfig() throws IOException {
    try (DeskKit kit = DeskKit.open(temp, probe, TWO)) {
      kit.operator(Action.PROMOTE);
    }
    Reconfigure changed =
        Given.config(
            Given.spec("digits", Match.path("/moved/"), "v1", "v2"), Given.spec("other", "a", "c"));
    for (Reconfigure config : List.of(TWO, changed)) {
      try (DeskKit kit = new DeskKit(temp, probe)) {
        broken[0] = true;
        kit.desk.open(config, ForcedRollback.of("digits"));
        assertThat(kit.tables).hasSize(1);
        assertThat(kit.tables.get(0).route("digits").orElseThrow().state())
            .isEqualTo(RouteState.ROLLED_BACK);
        assertThat(kit.tables.get(0).route("other").orElseThrow().state())
            .isEqualTo(RouteState.SHADOWING);
        assertThat(kit.digits().durable()).isFalse();
        assertThat(kit.decisions).isEmpty();
        if (config.equals(changed)) {
          broken[0] = false;
          kit.desk.tick();
          assertThat(kit.decisions)
              .extracting(Decision::action)
              .containsExactly(Action.RESTART, Action.ROLLBACK);
          assertThat(kit.desk.status().storageFault()).isNull();
        }
      } finally {
        broken[0] = false;
      }
    }
    try (DeskKit kit = DeskKit.open(temp, probe, changed)) {
      assertThat(kit.route().state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(kit.log()).hasSize(3);
    }
  }

  @Test
  void anotherConfigAtTheStart_withoutADisk_isRefusedUnlessARollbackIsForced() throws IOException {
    DeskKit.open(temp, probe, TWO).close();
    try (DeskKit kit = new DeskKit(temp, probe)) {
      broken[0] = true;
      assertThatThrownBy(
              () ->
                  kit.desk.open(
                      Given.config(Given.spec("digits", "v1", "v3")), ForcedRollback.NONE))
          .isInstanceOf(IOException.class);
      assertThat(kit.tables).isEmpty();
    }
  }

  @Test
  void crash_atAnyStepOfWritingItDown_leavesATableAndALogThatAgree() throws IOException {
    Path state = temp.resolve("state");
    List<Path> crashes = new ArrayList<>();
    List<String> steps = new ArrayList<>();
    boolean[] armed = {false};
    StoreProbe copying =
        (step, file) -> {
          probe.before(step, file);
          if (armed[0]) {
            steps.add(file + " " + step);
            crashes.add(DeskKit.copy(state, temp.resolve("crash" + crashes.size())));
          }
        };
    try (DeskKit kit = DeskKit.open(state, copying, TWO)) {
      kit.operator(Action.PROMOTE);
      kit.operator("other", Action.PROMOTE);
      broken[0] = true;
      kit.operator(Action.ROLLBACK);
      kit.operator("other", Action.ROLLBACK);
      broken[0] = false;
      armed[0] = true;
      kit.desk.tick();
      armed[0] = false;
    }
    assertThat(steps).startsWith("decisions.jsonl WRITE", "decisions.jsonl SYNC");
    for (int i = 0; i < crashes.size(); i++) {
      boolean written = i > 0; // whole as soon as the bytes are there, for a crash of the process
      try (DeskKit kit = DeskKit.open(crashes.get(i), StoreProbe.NONE, TWO)) {
        for (String route : List.of("digits", "other")) {
          assertThat(kit.status(route).state())
              .as("%s after a crash before %s", route, steps.get(i))
              .isEqualTo(written ? RouteState.ROLLED_BACK : RouteState.PROMOTED);
        }
        assertThat(kit.desk.table().version()).isEqualTo(written ? 5 : 3);
        assertThat(kit.log()).hasSize(written ? 4 : 2);
      }
    }
  }
}
