package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.Transition;
import io.shadowsentinel.table.Transitions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteLedgerTest {

  private static final Instant LATER = Given.NOON.plusSeconds(60);

  @ParameterizedTest
  @CsvSource({"160, 40, PROMOTE", "159, 41, ROLLBACK"})
  void fold_firstComesDueAtTheVerdictThatIsEnough(int agree, int disagree, Action due) {
    RouteLedger ledger = Given.shadowing(DecideSettings.DEFAULTS);
    List<Action> asked = new ArrayList<>();
    for (Verdict verdict : Given.verdicts("digits", "e1", agree, disagree)) {
      RouteLedger.Step step = step(ledger, verdict);
      asked.add(step.due());
      ledger = step.next();
    }
    assertThat(asked.subList(0, 199)).containsOnlyNulls();
    assertThat(asked.get(199)).isEqualTo(due);
    assertThat(ledger.experiment().rated()).isEqualTo(200);
  }

  @Test
  void fold_sameVerdictsTwice_givesTheSame() {
    List<Verdict> verdicts = Given.verdicts("digits", "e1", 170, 30);
    assertThat(fold(Given.shadowing(DecideSettings.DEFAULTS), verdicts))
        .isEqualTo(fold(Given.shadowing(DecideSettings.DEFAULTS), verdicts));
  }

  @Test
  void incomparableAndShed_doNotBringTheDecisionNearer() {
    RouteLedger ledger =
        fold(Given.shadowing(DecideSettings.DEFAULTS), Given.verdicts("digits", "e1", 199, 0));
    for (int i = 0; i < 50; i++) {
      RouteLedger.Step step = step(ledger, Given.verdict("digits", "e1", Outcome.INCOMPARABLE));
      assertThat(step.due()).isNull();
      ledger = step.next().plus(Given.shed("digits", "e1", ShedReason.BACKLOG, 3));
      assertThat(ledger.due()).isEmpty();
    }
    assertThat(ledger.experiment().rated()).isEqualTo(199);
    assertThat(ledger.experiment().incomparable()).isEqualTo(50);
    assertThat(ledger.experiment().shed()).isEqualTo(150);
  }

  @Test
  void notAuto_isNeverDue() {
    RouteLedger ledger =
        fold(
            Given.shadowing(Given.rule(200, "0.80", false)),
            Given.verdicts("digits", "e1", 300, 0));
    assertThat(ledger.due()).isEmpty();
    assertThat(ledger.withRule(DecideSettings.DEFAULTS).due()).contains(Action.PROMOTE);
  }

  @Test
  void decidedOrPaused_countsOnAndIsNotDueAgain() {
    RouteLedger enough =
        fold(Given.shadowing(DecideSettings.DEFAULTS), Given.verdicts("digits", "e1", 200, 0));
    for (Transition transition :
        List.of(
            Transitions.promote(enough.route()),
            Transitions.rollback(enough.route()),
            Transitions.pause(enough.route()))) {
      RouteLedger moved = enough.moveTo(((Transition.To) transition).route(), LATER);
      RouteLedger.Step step = step(moved, Given.verdict("digits", "e1", Outcome.DISAGREE));
      assertThat(step.due()).isNull();
      assertThat(step.next().experiment().rated()).isEqualTo(201);
    }
  }

  @Test
  void promoted_countsTheWatchApart_andRollbackDropsIt() {
    RouteLedger promoted = promoted();
    assertThat(promoted.counts("e1-watch")).isTrue();
    RouteLedger watched = fold(promoted, Given.verdicts("digits", "e1-watch", 1, 250));
    assertThat(watched.due()).isEmpty();
    assertThat(watched.watch().rated()).isEqualTo(251);
    assertThat(watched.experiment().rated()).isEqualTo(200);
    assertThat(watched.watchStartedAt()).isEqualTo(LATER);

    Route back = ((Transition.To) Transitions.rollback(watched.route())).route();
    RouteLedger after = watched.moveTo(back, LATER);
    assertThat(after.watch()).isEqualTo(Evidence.NONE);
    assertThat(after.watchStartedAt()).isNull();
    assertThat(after.counts("e1-watch")).isFalse();
    assertThat(after.experiment().rated()).isEqualTo(200);
  }

  @Test
  void pausedAndResumedWhenPromoted_keepsTheWatch() {
    RouteLedger watched = fold(promoted(), Given.verdicts("digits", "e1-watch", 5, 0));
    Route paused = ((Transition.To) Transitions.pause(watched.route())).route();
    Route resumed = ((Transition.To) Transitions.resume(paused)).route();
    RouteLedger after =
        watched.moveTo(paused, LATER.plusSeconds(1)).moveTo(resumed, LATER.plusSeconds(2));
    assertThat(after.watch().rated()).isEqualTo(5);
    assertThat(after.watchStartedAt()).isEqualTo(LATER);
  }

  @Test
  void restart_beginsWithNothing_andDoesNotCountTheOlderExperiment() {
    RouteLedger old =
        fold(Given.shadowing(DecideSettings.DEFAULTS), Given.verdicts("digits", "e1", 150, 0));
    Route again = ((Transition.To) Transitions.restart(old.route(), "e2")).route();
    RouteLedger fresh = old.moveTo(again, LATER);
    assertThat(fresh.experiment()).isEqualTo(Evidence.NONE);
    assertThat(fresh.experimentStartedAt()).isEqualTo(LATER);
    assertThat(fresh.counts("e1")).isFalse();
    assertThat(fresh.counts("e2")).isTrue();
  }

  @Test
  void evidence_addsUpToEligible_toTheLastOne() {
    EligibleCounts eligible = new EligibleCounts();
    eligible.counter("e1").add(20);
    RouteLedger ledger = Given.shadowing(DecideSettings.DEFAULTS);
    for (Outcome outcome : Outcome.values()) {
      ledger = step(ledger, Given.verdict("digits", "e1", outcome)).next();
    }
    ledger =
        ledger
            .plus(Given.shed("digits", "e1", ShedReason.IN_FLIGHT, 4))
            .plus(Given.shed("digits", "e1", ShedReason.CANCELLED, 1))
            .plus(Given.shed("digits", "e1", ShedReason.IN_FLIGHT, 2));

    Evidence evidence = ledger.experimentTrial(eligible).evidence();

    assertThat(evidence.rated()).isEqualTo(3);
    assertThat(evidence.incomparable()).isEqualTo(1);
    assertThat(evidence.shedByReason()).isEqualTo(Map.of("in_flight", 6L, "cancelled", 1L));
    assertThat(evidence.inFlight()).isEqualTo(9);
    assertThat(evidence.eligible()).isEqualTo(20);
    assertThat(evidence.coverage()).isEqualTo(0.15);
    assertThat(evidence.rowsRated()).isEqualTo(3);
    assertThat(evidence.rowsAgree()).isEqualTo(1);
    assertThat(evidence.confidenceGap()).isEqualTo(0.25);
    assertThat(evidence.confidenceGapCount()).isEqualTo(3);
    assertThat(evidence.highConfidenceConflicts()).isEqualTo(1);
  }

  @Test
  void inFlight_isNeverBelowZero() {
    assertThat(Given.evidence(5, 0, 0).ofEligible(3).inFlight()).isZero();
    assertThat(Given.evidence(5, 0, 0).ofEligible(5).inFlight()).isZero();
    assertThat(Given.evidence(5, 0, 0).ofEligible(6).inFlight()).isEqualTo(1);
  }

  private static RouteLedger promoted() {
    RouteLedger enough =
        fold(Given.shadowing(DecideSettings.DEFAULTS), Given.verdicts("digits", "e1", 200, 0));
    return enough.moveTo(((Transition.To) Transitions.promote(enough.route())).route(), LATER);
  }

  private static RouteLedger.Step step(RouteLedger ledger, Verdict verdict) {
    return ledger.step(verdict.scope(), Settlement.of(verdict));
  }

  private static RouteLedger fold(RouteLedger ledger, List<Verdict> verdicts) {
    RouteLedger next = ledger;
    for (Verdict verdict : verdicts) {
      next = step(next, verdict).next();
    }
    return next;
  }

  @Test
  void format_isThatOfTheLastVerdictThatNamesOne() {
    RouteLedger fresh = Given.shadowing(DecideSettings.DEFAULTS);
    assertThat(fresh.status(new EligibleCounts(), 1).format()).isNull();
    RouteLedger picked = fresh.withFormat("auto: tgi");
    assertThat(picked.withFormat(null).format()).isEqualTo("auto: tgi");
    assertThat(step(picked, Given.verdict("digits", "e1", Outcome.AGREE)).next().format())
        .isEqualTo("auto: tgi");
    assertThat(picked.withRule(DecideSettings.DEFAULTS).format()).isEqualTo("auto: tgi");
    assertThat(picked.withFormat("json").status(new EligibleCounts(), 1).format())
        .isEqualTo("json");
  }
}
