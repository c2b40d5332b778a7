package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was decided for a route outlives its absence from the config, and its name. */
class AbsentRouteTest {
  private static final RouteSpec OTHER = Given.spec("other", "a", "b");
  private static final RouteSpec DIGITS = Given.spec("digits", "v1", "v2");
  private static final Reconfigure WITHOUT = Given.config(OTHER);
  private static final Reconfigure WITH = Given.config(OTHER, DIGITS);
  private static final Match SAME = DIGITS.match();

  @TempDir Path temp;

  private DeskKit open(Path state, Reconfigure config) throws IOException {
    return DeskKit.open(state, StoreProbe.NONE, config);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROMOTE", "ROLLBACK", "PAUSE", "none"})
  void routeThatLeavesAndComesBack_isAsItWas(String action) throws IOException {
    try (DeskKit kit = open(temp, WITH)) {
      kit.count(Given.verdicts("digits", kit.scope(), 90, 10));
      if (!action.equals("none")) {
        kit.operator(Action.valueOf(action));
      }
      RouteStatus before = kit.digits();
      int lines = kit.log().size();

      kit.desk.reconfigure(WITHOUT);
      assertThat(kit.desk.table().route("digits")).isEmpty();
      kit.desk.reconfigure(Given.config(OTHER, Given.spec("third", "x", "y")));
      kit.desk.reconfigure(WITH);

      assertThat(kit.digits())
          .usingRecursiveComparison()
          .ignoringFields("tableVersion")
          .isEqualTo(before);
      assertThat(kit.log()).hasSize(lines);
    }
  }

  @Test
  void routeThatIsAwayOverRestartsAndKills_isAsItWas() throws IOException {
    String experiment;
    try (DeskKit kit = open(temp, WITH)) {
      kit.count(Given.verdicts("digits", kit.scope(), 200, 0));
      kit.count(Given.verdicts("digits", kit.scope(), 3, 1));
      kit.desk.tick();
      experiment = kit.digits().experiment().id();
      kit.desk.reconfigure(WITHOUT);
    } // no tick: as kill -9 leaves it
    for (int restart = 0; restart < 3; restart++) {
      try (DeskKit kit = open(temp, WITHOUT)) {
        kit.count(
            List.of(Given.verdict("other", kit.status("other").experiment().id(), Outcome.AGREE)));
        kit.desk.tick();
      }
    }
    try (DeskKit kit = open(temp, WITH)) {
      assertThat(kit.digits().state()).isEqualTo(RouteState.PROMOTED);
      assertThat(kit.digits().experiment().id()).isEqualTo(experiment);
      assertThat(kit.digits().experiment().evidence().agree()).isEqualTo(200);
      assertThat(kit.digits().watch().evidence().rated()).isEqualTo(4);
      assertThat(kit.digits().decision().action()).isEqualTo(Action.PROMOTE);
      assertThat(kit.route().champion().name()).isEqualTo("v2");
    }
  }

  @Test
  void crash_atAnyStepOfLeavingAndReturning_losesNothing() throws IOException {
    List<Path> crashes = new ArrayList<>();
    boolean[] armed = {false};
    Path state = temp.resolve("state");
    StoreProbe probe =
        (step, file) -> {
          if (armed[0]) {
            crashes.add(DeskKit.copy(state, temp.resolve("crash" + crashes.size())));
          }
        };
    try (DeskKit kit = DeskKit.open(state, probe, WITH)) {
      kit.count(Given.verdicts("digits", kit.scope(), 200, 0));
      kit.desk.tick();
      armed[0] = true;
      kit.desk.reconfigure(WITHOUT);
      kit.desk.tick();
      kit.desk.reconfigure(WITH);
      kit.desk.tick();
    }
    assertThat(crashes).hasSizeGreaterThan(10);
    for (Path crash : crashes) {
      try (DeskKit kit = open(crash, WITH)) {
        assertThat(kit.digits().state()).as("%s", crash).isEqualTo(RouteState.PROMOTED);
        assertThat(kit.digits().experiment().evidence().agree()).isEqualTo(200);
        assertThat(kit.log()).hasSize(1);
      }
    }
  }

  @Test
  void whatWasUnderWayWhenItLeft_isCountedAllTheSame_andDecidesNothing() throws IOException {
    try (DeskKit kit = open(temp, WITH)) {
      String scope = kit.scope();
      kit.count(Given.verdicts("digits", scope, 150, 0));
      kit.eligible.counter(scope).add(60);
      kit.desk.reconfigure(WITHOUT);
      kit.desk.count(Given.batch(Given.verdicts("digits", scope, 60, 0)));
      assertThat(kit.decisions).isEmpty();

      kit.desk.reconfigure(WITH);

      assertThat(kit.decisions).extracting(Decision::action).containsExactly(Action.PROMOTE);
      assertThat(kit.digits().experiment().evidence().agree()).isEqualTo(210);
      assertThat(kit.digits().experiment().evidence().inFlight()).isZero();
    }
  }

  @Test
  void routeThatComesBackWithOtherModels_opensAnExperiment_andTheLogSaysSo() throws IOException {
    try (DeskKit kit = open(temp, WITH)) {
      kit.operator(Action.PROMOTE);
      kit.desk.reconfigure(WITHOUT);
      kit.desk.reconfigure(Given.config(OTHER, Given.spec("digits", "v1", "v3")));
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
      assertThat(kit.log())
          .extracting(Decision::action)
          .containsExactly(Action.RESTART, Action.PROMOTE);
      assertThat(kit.log().get(0).by()).isEqualTo(By.CONFIG);
      assertThat(kit.log().get(0).reason()).contains("is now v3");
    }
  }

  @Test
  void directoryOfAnEarlierRelease_whichKeptNoAbsentRoute_isReadFromItsLog() throws IOException {
    try (DeskKit kit = open(temp, WITH)) {
      kit.count(Given.verdicts("digits", kit.scope(), 200, 0));
      kit.desk.reconfigure(WITHOUT);
    }
    Path table = temp.resolve("routing.json");
    String text = Files.readString(table);
    int at = text.indexOf(",\n  \"absent\"");
    assertThat(at).isPositive();
    Files.writeString(table, text.substring(0, at) + "\n}");
    Files.deleteIfExists(temp.resolve("evidence.json")); // as old as may be
    try (DeskKit kit = open(temp, WITHOUT)) {
      kit.desk.reconfigure(WITH);
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);
      assertThat(kit.digits().experiment().evidence().agree()).isEqualTo(200);
      assertThat(kit.log()).hasSize(1);
    }
  }

  @Test
  void absentRoutes_areBounded_theFirstThatLeftGoesFirst() throws IOException {
    RouteSpec[] many = new RouteSpec[LedgerBook.MAX_ABSENT + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = Given.spec("r" + i, "v1", "v2");
    }
    try (DeskKit kit = open(temp, Given.config(many))) {
      String last = kit.desk.table().routes().get(many.length - 1).experiment();
      String first = kit.desk.table().routes().get(0).experiment();
      kit.operator("r1", Action.PROMOTE);
      kit.desk.reconfigure(WITHOUT);
      assertThat(kit.store.table().absent()).hasSize(LedgerBook.MAX_ABSENT);
      assertThat(kit.store.table().absent().get(0).route().name()).isEqualTo("r1");
      kit.desk.reconfigure(Given.config(many));
      assertThat(kit.status("r0").experiment().id()).isNotEqualTo(first);
      assertThat(kit.status("r1").state()).isEqualTo(RouteState.PROMOTED);
      assertThat(kit.status("r" + (many.length - 1)).experiment().id()).isEqualTo(last);
      assertThat(kit.store.table().absent()).extracting(a -> a.route().name()).contains("other");
    }
  }

  @Test
  void rename_keepsWhatWasDecided_andIsSaid() throws IOException {
    RouteSpec renamed = Given.spec("numbers", SAME, "v1", "v2");
    String scope;
    try (DeskKit kit = open(temp, WITH)) {
      kit.count(Given.verdicts("digits", kit.scope(), 200, 0));
      scope = kit.scope();
      kit.eligible.counter(scope).add(5);
      kit.desk.reconfigure(Given.config(OTHER, renamed));
      // Sent under the old name, and answered under the new.
      kit.desk.count(Given.batch(Given.verdicts("digits", scope, 5, 0)));

      assertRenamed(kit, scope);
      assertThat(kit.status("numbers").watch().evidence().rated()).isEqualTo(5);
      assertThat(kit.status("numbers").watch().evidence().inFlight()).isZero();
      assertThat(kit.decisions.get(1).by()).isEqualTo(By.CONFIG);
      assertThat(kit.desk.decisions(new Queries.Decisions("digits", 9, 0)).decisions())
          .extracting(Decision::action)
          .containsExactly(Action.RENAME, Action.PROMOTE);
      kit.desk.tick();
    }
    try (DeskKit kit = open(temp, Given.config(OTHER, renamed))) {
      assertRenamed(kit, scope);
      assertThat(kit.status("numbers").decision().action()).isEqualTo(Action.PROMOTE);
      // The old name is free: what comes under it is another route.
      kit.desk.reconfigure(Given.config(OTHER, renamed, DIGITS));
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
    }
  }

  private static void assertRenamed(DeskKit kit, String scope) {
    RouteStatus numbers = kit.status("numbers");
    assertThat(numbers.state()).isEqualTo(RouteState.PROMOTED);
    assertThat(Route.watchOf(numbers.experiment().id())).isEqualTo(scope);
    assertThat(numbers.experiment().evidence().agree()).isEqualTo(200);
    assertThat(kit.desk.table().route("digits")).isEmpty();
    Decision last = kit.log().get(0);
    assertThat(last.action()).isEqualTo(Action.RENAME);
    assertThat(last.route()).isEqualTo("numbers");
    assertThat(last.formerly()).isEqualTo("digits");
  }

  @Test
  void renameWhileStopped_isOneToo_andACrashLosesNothingOfIt() throws IOException {
    Path state = temp.resolve("state");
    try (DeskKit kit = open(state, WITH)) {
      kit.operator(Action.ROLLBACK);
    }
    List<Path> crashes = new ArrayList<>();
    boolean[] armed = {true};
    StoreProbe probe =
        (step, file) -> {
          if (armed[0]) {
            crashes.add(DeskKit.copy(state, temp.resolve("crash" + crashes.size())));
          }
        };
    Reconfigure next = Given.config(OTHER, Given.spec("numbers", SAME, "v1", "v2"));
    try (DeskKit kit = DeskKit.open(state, probe, next)) {
      armed[0] = false;
      assertThat(kit.status("numbers").state()).isEqualTo(RouteState.ROLLED_BACK);
    }
    assertThat(crashes).hasSizeGreaterThan(5);
    for (Path crash : crashes) {
      try (DeskKit kit = open(crash, next)) {
        assertThat(kit.status("numbers").state()).isEqualTo(RouteState.ROLLED_BACK);
        assertThat(kit.log())
            .extracting(Decision::action)
            .containsExactly(Action.RENAME, Action.ROLLBACK);
        assertThat(kit.desk.table().routes()).hasSize(2);
      }
    }
  }

  @Test
  void newNameWithAnotherMatch_orTwoAlike_isNoRename() throws IOException {
    try (DeskKit kit = open(temp, WITH)) {
      kit.operator(Action.PROMOTE);
      kit.desk.reconfigure(Given.config(OTHER, Given.spec("numbers", "v1", "v2")));
      assertThat(kit.status("numbers").state()).isEqualTo(RouteState.SHADOWING);
      kit.desk.reconfigure(WITH);
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);
      kit.desk.reconfigure(
          Given.config(
              OTHER, Given.spec("x", SAME, "v1", "v2"), Given.spec("y", SAME, "v1", "v2")));
      assertThat(kit.status("x").state()).isEqualTo(RouteState.SHADOWING);
      assertThat(kit.status("y").state()).isEqualTo(RouteState.SHADOWING);
      assertThat(kit.log()).extracting(Decision::action).containsExactly(Action.PROMOTE);
    }
  }

  @Test
  void nameOfARouteThatIsAway_isKnown_andNoOther() throws IOException {
    try (DeskKit kit = open(temp, WITH)) {
      kit.operator(Action.PAUSE);
      kit.desk.reconfigure(WITHOUT);
      for (String known : List.of("digits", "other")) {
        assertThat(kit.desk.decisions(new Queries.Decisions(known, 9, 0)).known()).isTrue();
        assertThat(kit.desk.conflicts(new Queries.Conflicts(known, 9)).known()).isTrue();
      }
      assertThat(kit.desk.decisions(new Queries.Decisions("nope", 9, 0)).known()).isFalse();
      assertThat(kit.desk.conflicts(new Queries.Conflicts("nope", 9)).known()).isFalse();
    }
  }
}
