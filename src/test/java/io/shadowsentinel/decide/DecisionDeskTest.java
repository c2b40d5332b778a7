package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.Meter;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.RequestRewrite;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import io.shadowsentinel.table.RoutingTable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionDeskTest {

  @TempDir Path temp;

  @Test
  void enoughAgreement_promotes_onceAndAtTheFirstMoment() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String experiment = kit.scope();
      kit.reach(160, 39);
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
      // One batch: the last of these 200, and 30 that were in flight when it was decided.
      kit.count(Given.verdicts("digits", experiment, 0, 31));

      assertThat(kit.decisions).hasSize(1);
      Decision decision = kit.decisions.get(0);
      assertThat(decision.action()).isEqualTo(Action.PROMOTE);
      assertThat(decision.by()).isEqualTo(By.AUTO);
      assertThat(decision.evidence().rated()).isEqualTo(200);
      assertThat(decision.evidence().inFlight()).isEqualTo(30);
      assertThat(decision.experiment()).isEqualTo(experiment);
      assertThat(decision.champion()).isEqualTo("v1");
      assertThat(decision.challenger()).isEqualTo("v2");
      assertThat(decision.tableVersion()).isEqualTo(2);
      assertThat(decision.reason()).contains("160 of 200 agree (80.00 %)");
      RouteStatus status = kit.digits();
      assertThat(status.champion().name()).isEqualTo("v2");
      assertThat(status.standby()).isEqualTo(Given.model("v1"));
      assertThat(status.decision()).isEqualTo(decision);
      assertThat(status.experiment().evidence().rated()).isEqualTo(230);
      assertThat(status.experiment().evidence().inFlight()).isZero();
      assertThat(status.watch().evidence()).isEqualTo(Evidence.NONE);
      assertThat(kit.tables).extracting(RoutingTable::version).containsExactly(1L, 2L);
    }
  }

  @Test
  void tooLittleAgreement_rollsBack() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(159, 41);
      assertThat(kit.decisions).extracting(Decision::action).containsExactly(Action.ROLLBACK);
      assertThat(kit.route().state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(kit.route().champion().name()).isEqualTo("v1");
      assertThat(kit.route().mirrorTarget()).isNull();
    }
  }

  @Test
  void promotedThenRolledBack_putsTheFormerChampionBack() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(200, 0);
      kit.reach(0, 500);
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);
      assertThat(kit.digits().watch().evidence().disagree()).isEqualTo(500);

      assertThat(kit.operator(Action.ROLLBACK)).isInstanceOf(CommandResult.Done.class);

      assertThat(kit.route().champion().name()).isEqualTo("v1");
      Decision decision = kit.decisions.get(1);
      assertThat(decision.champion()).isEqualTo("v2");
      assertThat(decision.challenger()).isEqualTo("v1");
      assertThat(decision.from()).isEqualTo(RouteState.PROMOTED);
      assertThat(decision.origin()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void operatorWithAName_isInTheLog_alsoAfterARestart() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.desk.command(new OperatorCommand("digits", Action.PAUSE, "why", "olga", "10.0.0.1"));
      kit.operator(Action.RESUME);
    }
    try (DeskKit kit = DeskKit.open(temp)) {
      assertThat(kit.log()).extracting(Decision::who).containsExactly(null, "olga");
      assertThat(kit.log().get(1).origin()).isEqualTo("10.0.0.1");
      assertThat(kit.log().get(1).by()).isEqualTo(By.OPERATOR);
    }
    assertThat(Files.readString(temp.resolve("decisions.jsonl")))
        .contains("\"by\":\"operator\",\"who\":\"olga\",\"reason\":\"why\"");
  }

  @Test
  void olderExperiment_doesNotCount() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String first = kit.scope();
      kit.reach(199, 0);
      kit.operator(Action.RESTART);
      assertThat(kit.scope()).isNotEqualTo(first).isGreaterThan(first);

      kit.count(Given.verdicts("digits", first, 50, 50));
      kit.count(Given.verdicts("digits", kit.scope() + "-watch", 50, 50));
      kit.count(Given.verdicts("gone", first, 1, 1));

      assertThat(kit.digits().experiment().evidence()).isEqualTo(Evidence.NONE);
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
      assertThat(counter(kit, "late.comparisons")).isEqualTo(200);
    }
  }

  @Test
  void refusals_sayWhy_andChangeNothing() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.operator(Action.ROLLBACK);
      assertThat(kit.operator(Action.ROLLBACK))
          .isInstanceOfSatisfying(
              CommandResult.Refused.class,
              no -> assertThat(no.why()).contains("digits: already rolled back"));
      assertThat(
              kit.desk.command(
                  new OperatorCommand("digits", Action.RESTART, "x".repeat(2_001), "here")))
          .isInstanceOfSatisfying(
              CommandResult.Refused.class,
              no ->
                  assertThat(no.why())
                      .isEqualTo("reason: 2001 characters (expected at most 2000)"));
      assertThat(kit.desk.command(new OperatorCommand("nope", Action.PAUSE, "", "here")))
          .isEqualTo(new CommandResult.NoSuchRoute("nope"));
      assertThat(kit.decisions).hasSize(1);
      assertThat(kit.desk.table().version()).isEqualTo(2);
    }
  }

  @Test
  void notAuto_waitsForTheOperator_andReloadDecidesAtOnce() throws IOException {
    Reconfigure manual =
        Given.config(Given.rule(200, "0.80", false), Given.spec("digits", "v1", "v2"));
    try (DeskKit kit = DeskKit.open(temp, StoreProbe.NONE, manual)) {
      kit.reach(150, 150);
      assertThat(kit.decisions).isEmpty();

      assertThat(kit.desk.reconfigure(Given.config(Given.spec("digits", "v1", "v2"))))
          .isEqualTo(new Reconfigure.Applied(2));
      assertThat(kit.decisions).extracting(Decision::action).containsExactly(Action.ROLLBACK);
      assertThat(kit.decisions.get(0).evidence().rated()).isEqualTo(300);
    }
  }

  @Test
  void promotedRoute_isRolledBack_whenItsChallengersBodiesComeToBePatched() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(200, 0);
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);

      kit.desk.reconfigure(Given.config(Given.rule(200, "0.80", false), patching()));

      assertThat(kit.route().state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(kit.route().champion().name()).isEqualTo("v1");
      Decision decision = kit.decisions.get(1);
      assertThat(decision.action()).isEqualTo(Action.ROLLBACK);
      assertThat(decision.by()).isEqualTo(By.CONFIG);
      assertThat(decision.reason()).contains("would send users' requests unpatched");
    }
  }

  @Test
  void challengerWhoseBodiesArePatched_isPromotedByNobody() throws IOException {
    Reconfigure config = Given.config(Given.rule(1, "0", true), patching());
    try (DeskKit kit = DeskKit.open(temp, StoreProbe.NONE, config)) {
      kit.reach(5, 0);
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);

      assertThat(kit.operator(Action.PROMOTE))
          .isInstanceOfSatisfying(
              CommandResult.Refused.class,
              no -> assertThat(no.why()).contains("digits: mirror.patchBody is set"));
      assertThat(kit.decisions).isEmpty();
    }
  }

  private static RouteSpec patching() {
    RouteSpec plain = Given.spec("digits", "v1", "v2");
    return new RouteSpec(
        plain.name(),
        plain.match(),
        plain.champion(),
        plain.challenger(),
        plain.timeout(),
        plain.connectTimeout(),
        MirrorSettings.DEFAULTS.withRewrite(
            new RequestRewrite(Map.of(), null, "[{\"op\":\"remove\",\"path\":\"/a\"}]")));
  }

  @Test
  void lowerMinimum_decidesAtOnce_andOnlyFromThere() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(100, 0);
      kit.desk.reconfigure(
          Given.config(Given.rule(101, "0.80", true), Given.spec("digits", "v1", "v2")));
      assertThat(kit.decisions).isEmpty();
      kit.desk.reconfigure(
          Given.config(Given.rule(100, "0.80", true), Given.spec("digits", "v1", "v2")));
      assertThat(kit.decisions).extracting(Decision::action).containsExactly(Action.PROMOTE);
    }
  }

  @Test
  void enoughWhilePaused_isDecidedOnResume() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(199, 0);
      kit.operator(Action.PAUSE);
      kit.reach(5, 0);
      assertThat(kit.route().state()).isEqualTo(RouteState.PAUSED);
      kit.operator(Action.RESUME);
      assertThat(kit.decisions)
          .extracting(Decision::action)
          .containsExactly(Action.PAUSE, Action.RESUME, Action.PROMOTE);
    }
  }

  @Test
  void sameConfig_makesNoNewTable_alsoWhenPromoted() throws IOException {
    Reconfigure same = Given.config(Given.spec("digits", "v1", "v2"));
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(200, 0);
      assertThat(kit.desk.reconfigure(same)).isEqualTo(new Reconfigure.Applied(2));
      assertThat(kit.tables).hasSize(2);
    }
    try (DeskKit kit = DeskKit.open(temp)) {
      assertThat(kit.desk.table().version()).isEqualTo(2);
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);
    }
  }

  @Test
  void otherMatch_makesATable_andKeepsStateAndEvidence() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(50, 50);
      Route before = kit.route();
      Match elsewhere = Match.path("/elsewhere/");
      kit.desk.reconfigure(Given.config(Given.spec("digits", elsewhere, "v1", "v2")));
      assertThat(kit.desk.table().version()).isEqualTo(2);
      assertThat(kit.route().experiment()).isEqualTo(before.experiment());
      assertThat(kit.route().spec().match()).isEqualTo(elsewhere);
      assertThat(kit.digits().experiment().evidence().rated()).isEqualTo(100);
      assertThat(kit.decisions).isEmpty();
    }
  }

  @Test
  void nextChallenger_opensAnExperiment_andSaysWhy() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(200, 0);
      String first = kit.route().experiment();
      kit.desk.reconfigure(Given.config(Given.spec("digits", "v2", "v3")));
      Decision decision = kit.decisions.get(1);
      assertThat(decision.action()).isEqualTo(Action.RESTART);
      assertThat(decision.by()).isEqualTo(By.CONFIG);
      assertThat(decision.experiment()).isEqualTo(first);
      assertThat(decision.reason())
          .contains("champion v1 [http://v1:9000] is now v2 [http://v2:9000]")
          .contains("challenger v2 [http://v2:9000] is now v3");
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
      assertThat(kit.digits().decision()).isNull();
      assertThat(kit.digits().experiment().evidence()).isEqualTo(Evidence.NONE);
    }
  }

  @Test
  void routesAndChallengers_comeAndGo() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.desk.reconfigure(
          Given.config(Given.spec("new", "a", null), Given.spec("digits", "v1", null)));
      assertThat(kit.desk.table().routes())
          .extracting(Route::name, Route::state)
          .containsExactly(
              tuple("new", RouteState.NO_CHALLENGER), tuple("digits", RouteState.NO_CHALLENGER));
      assertThat(kit.decisions).extracting(Decision::route).containsExactly("digits");

      kit.desk.reconfigure(Given.config(Given.spec("new", "a", "b")));
      assertThat(kit.desk.table().routes())
          .extracting(Route::name, Route::state)
          .containsExactly(tuple("new", RouteState.SHADOWING));
      assertThat(kit.decisions.get(1).from()).isEqualTo(RouteState.NO_CHALLENGER);
      assertThat(kit.decisions.get(1).experiment()).isNull();
    }
    try (DeskKit kit =
        DeskKit.open(temp, StoreProbe.NONE, Given.config(Given.spec("new", "a", "b")))) {
      assertThat(kit.tables).extracting(RoutingTable::version).containsExactly(3L);
      assertThat(kit.log()).hasSize(2);
    }
  }

  @Test
  void configChangedWhileStopped_isReconciledAtTheStart() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(200, 0);
    }
    Reconfigure next = Given.config(Given.spec("digits", "v2", "v3"));
    try (DeskKit kit = DeskKit.open(temp, StoreProbe.NONE, next)) {
      assertThat(kit.tables).extracting(RoutingTable::version).containsExactly(3L);
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
      assertThat(kit.decisions).extracting(Decision::by).containsExactly(By.CONFIG);
    }
  }

  @Test
  void badConfig_isNotApplied() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      Reconfigure ruleless = new Reconfigure(List.of(Given.spec("digits", "v1", "v2")), Map.of());
      assertThat(kit.desk.reconfigure(ruleless))
          .isEqualTo(
              new Reconfigure.NotApplied("route digits: no rule (expected one for each route)"));
      assertThat(kit.desk.table().version()).isEqualTo(1);
    }
  }

  @Test
  void diskRefusesTheConfig_oldTableStays() throws IOException {
    boolean[] broken = {false};
    try (DeskKit kit = DeskKit.open(temp, failing(broken))) {
      RoutingTable before = kit.desk.table();
      broken[0] = true;
      for (Reconfigure next :
          List.of(
              Given.config(Given.spec("digits", "v1", "v3")),
              Given.config(Given.spec("digits", Match.path("/x"), "v1", "v2")))) {
        assertThat(kit.desk.reconfigure(next)).isInstanceOf(Reconfigure.NotStored.class);
        assertThat(kit.desk.table()).isEqualTo(before);
      }
      assertThat(kit.tables).hasSize(1);
    }
  }

  @Test
  void diskRefusesTheDecision_itIsTakenWhenTheDiskObeys() throws IOException {
    boolean[] broken = {false};
    try (DeskKit kit = DeskKit.open(temp, failing(broken))) {
      kit.reach(160, 39);
      broken[0] = true;
      kit.reach(1, 0);
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
      assertThat(kit.desk.status().storageFault()).contains("disk full");

      broken[0] = false;
      kit.clock.advance(Duration.ofMillis(999));
      kit.reach(1, 0);
      assertThat(kit.decisions).isEmpty();
      kit.clock.advance(Duration.ofMillis(1));
      kit.reach(1, 0);
      assertThat(kit.decisions).extracting(Decision::action).containsExactly(Action.PROMOTE);
      assertThat(kit.decisions.get(0).evidence().rated()).isEqualTo(202);
      assertThat(kit.decisions.get(0).seq()).isEqualTo(1);
      kit.desk.tick();
      assertThat(kit.desk.status().storageFault()).isNull();
    }
  }

  @Test
  void diskRefusesTheDecision_aTickRetriesWithoutTraffic() throws IOException {
    boolean[] broken = {false};
    try (DeskKit kit = DeskKit.open(temp, failing(broken))) {
      broken[0] = true;
      kit.reach(200, 0);
      kit.clock.advance(Duration.ofSeconds(2));
      kit.desk.tick();
      assertThat(kit.desk.status().storageFault()).isNotNull();
      broken[0] = false;
      kit.clock.advance(Duration.ofSeconds(2));
      kit.desk.tick();
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);
    }
  }

  @Test
  void forcedRollback_isThereBeforeTheFirstTable() throws IOException {
    Reconfigure config =
        Given.config(
            Given.spec("digits", "v1", "v2"),
            Given.spec("other", "a", "b"),
            Given.spec("plain", "p", null));
    try (DeskKit kit = DeskKit.open(temp, StoreProbe.NONE, config)) {
      kit.reach(200, 0);
    }
    try (DeskKit kit = new DeskKit(temp, StoreProbe.NONE)) {
      kit.desk.open(config, ForcedRollback.of("digits"));
      assertThat(kit.tables).hasSize(1);
      assertThat(kit.route().state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(kit.desk.table().route("other").orElseThrow().state())
          .isEqualTo(RouteState.SHADOWING);
      assertThat(kit.decisions).extracting(Decision::by).containsExactly(By.OPERATOR);
    }
    try (DeskKit kit = new DeskKit(temp, StoreProbe.NONE)) {
      kit.desk.open(config, ForcedRollback.ALL);
      assertThat(kit.tables).hasSize(1);
      assertThat(kit.decisions).extracting(Decision::route).containsExactly("other");
    }
  }

  @Test
  void forcedRollback_ofAnUnknownRoute_failsTheStart() throws IOException {
    try (DeskKit kit = new DeskKit(temp, StoreProbe.NONE)) {
      assertThatThrownBy(
              () ->
                  kit.desk.open(
                      Given.config(Given.spec("digits", "v1", "v2")), ForcedRollback.of("digit")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("force-rollback: no route 'digit' (expected one of [digits])");
      assertThat(kit.tables).isEmpty();
      assertThat(temp.resolve("routing.json")).doesNotExist();
    }
  }

  @Test
  void experimentIds_neverRepeat_thoughTheClockStands() throws IOException {
    Set<String> ids = new HashSet<>();
    for (int run = 0; run < 3; run++) {
      try (DeskKit kit = DeskKit.open(temp)) {
        for (int i = 0; i < 5; i++) {
          kit.operator(Action.RESTART);
          assertThat(ids.add(kit.scope())).as(kit.scope()).isTrue();
        }
      }
    }
    assertThat(ids).hasSize(15);
  }

  @Test
  void accounting_addsUpAcrossARestart() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.eligible.counter(kit.scope()).add(5);
      kit.reach(20, 0);
      kit.desk.count(
          new VerdictBatch(
              List.of(),
              List.of(Given.shed("digits", kit.scope(), ShedReason.BREAKER_OPEN, 2)),
              () -> {}));
      Evidence evidence = kit.digits().experiment().evidence();
      assertThat(evidence.inFlight()).isEqualTo(3);
      assertThat(evidence.eligible()).isEqualTo(25);
      kit.desk.tick();
      assertThat(Files.readString(temp.resolve("evidence.json"))).contains("\"inFlight\" : 3");
    }
    try (DeskKit kit = DeskKit.open(temp)) {
      assertThat(kit.digits().experiment().evidence().inFlight()).isZero();
      assertThat(kit.digits().experiment().evidence().eligible()).isEqualTo(22);
      kit.eligible.counter(kit.scope()).increment();
      assertThat(kit.digits().experiment().evidence().inFlight()).isEqualTo(1);
      kit.reach(3, 0);
      assertThat(kit.digits().experiment().evidence().eligible()).isEqualTo(26);
    }
  }

  @Test
  void eligibleCounts_ofTheScopeBefore_areKeptOnceMore() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String first = kit.scope();
      kit.reach(3, 0);
      kit.operator(Action.RESTART);
      assertThat(kit.eligible.count(first)).isEqualTo(3);
      kit.operator(Action.PAUSE);
      assertThat(kit.eligible.count(first)).isEqualTo(3);
      kit.operator(Action.RESTART);
      assertThat(kit.eligible.count(first)).isZero();
    }
  }

  @Test
  void meters_existFromTheStart_showTheLiveTrial_andGoWithTheRoute() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      assertThat(kit.registry.getMeters())
          .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank())
          // But for those of the directory, which all routes share.
          .filteredOn(meter -> !meter.getId().getName().startsWith("shadow.sentinel.state."))
          .allSatisfy(meter -> assertThat(meter.getId().getTag("route")).isEqualTo("digits"));
      assertThat(kit.registry.get("shadow.sentinel.comparisons").counters()).hasSize(5);
      assertThat(kit.registry.get("shadow.sentinel.shed").counters())
          .hasSize(ShedReason.values().length);
      assertThat(kit.registry.get("shadow.sentinel.decisions").counters()).hasSize(18);
      assertThat(gauge(kit, "agreement.ratio")).isNaN();
      assertThat(gauge(kit, "routing.table.version")).isEqualTo(1);

      kit.reach(180, 20);
      kit.reach(1, 3);

      assertThat(gauge(kit, "agreement.ratio")).isEqualTo(0.25);
      assertThat(gauge(kit, "coverage.ratio")).isEqualTo(1);
      assertThat(gauge(kit, "rated.comparisons")).isEqualTo(4);
      assertThat(gauge(kit, "confidence.gap")).isEqualTo(0.25);
      assertThat(gauge(kit, "routing.table.version")).isEqualTo(2);
      assertThat(counter(kit, "high.confidence.conflicts")).isEqualTo(23);
      assertThat(kit.registry.get("shadow.sentinel.comparisons").tag("outcome", "agree").counter())
          .satisfies(agree -> assertThat(agree.count()).isEqualTo(181));
      assertThat(kit.registry.get("shadow.sentinel.route.state").gauges())
          .hasSize(5)
          .filteredOn(state -> state.value() == 1)
          .extracting(state -> state.getId().getTag("state"))
          .containsExactly("PROMOTED");
      assertThat(
              kit.registry
                  .get("shadow.sentinel.decisions")
                  .tags("decision", "PROMOTE", "by", "auto")
                  .counter()
                  .count())
          .isEqualTo(1);

      kit.desk.reconfigure(Given.config(Given.spec("other", "a", null)));
      assertThat(kit.registry.getMeters())
          .filteredOn(meter -> meter.getId().getType() == Meter.Type.GAUGE)
          .filteredOn(meter -> !meter.getId().getName().startsWith("shadow.sentinel.state."))
          .allSatisfy(meter -> assertThat(meter.getId().getTag("route")).isEqualTo("other"));
    }
  }

  @Test
  void conflicts_areKeptAndCountedWhenTooMany() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(0, 150);
      assertThat(kit.desk.conflicts(new Queries.Conflicts("digits", 500)).conflicts()).hasSize(100);
      assertThat(counter(kit, "conflicts.not.kept")).isEqualTo(50);
    }
  }

  @Test
  void otherUrlOfTheSameModel_opensAnExperiment() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String first = kit.scope();
      var spec = Given.spec("digits", "v1", "v2");
      var moved =
          new RouteSpec(
              spec.name(),
              spec.match(),
              new Model("v1", List.of(URI.create("https://v1:9443"))),
              spec.challenger(),
              spec.timeout(),
              spec.connectTimeout(),
              spec.mirror());
      kit.desk.reconfigure(Given.config(moved));
      assertThat(kit.scope()).isNotEqualTo(first);
    }
  }

  private static StoreProbe failing(boolean[] broken) {
    return (step, file) -> {
      if (broken[0] && step == StoreProbe.Step.SYNC) {
        throw new IOException("disk full");
      }
    };
  }

  private static double counter(DeskKit kit, String name) {
    return kit.registry.get("shadow.sentinel." + name).counter().count();
  }

  private static double gauge(DeskKit kit, String name) {
    return kit.registry.get("shadow.sentinel." + name).gauge().value();
  }
}
