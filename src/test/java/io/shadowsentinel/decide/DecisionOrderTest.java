package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.table.RouteState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is decided, when answers take as long as they like. */
class DecisionOrderTest {

  @TempDir Path temp;

  private static Verdict verdict(String scope, Outcome outcome, long number) {
    Verdict plain = Given.verdict("digits", scope, outcome);
    return new Verdict(
        plain.route(),
        plain.scope(),
        plain.outcome(),
        plain.rows(),
        plain.rowsAgree(),
        plain.confidenceGap(),
        plain.highConfidenceConflict(),
        plain.conflict(),
        null,
        null,
        number);
  }

  /** A request that came. */
  private static long arrive(DeskKit kit, String scope) {
    Arrivals arrivals = kit.eligible.arrivals(scope);
    arrivals.eligible().increment();
    return arrivals.take();
  }

  private static void settle(DeskKit kit, String scope, Outcome outcome, Long... numbers) {
    kit.desk.count(
        Given.batch(List.of(numbers).stream().map(n -> verdict(scope, outcome, n)).toList()));
  }

  private static Evidence evidence(DeskKit kit) {
    return kit.digits().experiment().evidence();
  }

  /** 40 % hang until they time out, 60 % agree at once. */
  @Test
  void challengerThatHangsOnFourOfTen_isRolledBack_howeverQuickTheOthersAre() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String scope = kit.scope();
      List<Long> hanging = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        long number = arrive(kit, scope);
        if (i % 5 < 2) {
          hanging.add(number);
        } else {
          settle(kit, scope, Outcome.AGREE, number);
        }
      }
      assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
      assertThat(evidence(kit).rated()).isZero();
      assertThat(evidence(kit).inFlight()).isEqualTo(500);

      settle(kit, scope, Outcome.CHALLENGER_ERROR, hanging.toArray(Long[]::new));

      assertThat(kit.decisions).extracting(Decision::action).containsExactly(Action.ROLLBACK);
      Evidence decided = kit.decisions.get(0).evidence();
      assertThat(decided.rated()).isEqualTo(200);
      assertThat(decided.agree()).isEqualTo(120);
      assertThat(decided.inFlight()).isEqualTo(300);
      assertThat(evidence(kit).rated()).isEqualTo(500);
      assertThat(evidence(kit).inFlight()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyInterleaving_decidesOnTheSameEvidence(long seed) throws IOException {
    Random random = new Random(seed);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int of = random.nextInt(10);
      outcomes.add(
          of < 6
              ? Outcome.AGREE
              : of < 7
                  ? Outcome.DISAGREE
                  : of < 8
                      ? Outcome.CHALLENGER_ERROR
                      : of < 9 ? Outcome.INCOMPARABLE : null); // null: shed
    }
    Evidence inOrder =
        decided(temp.resolve("a"), outcomes, IntStream.range(0, 400).boxed().toList());
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, 400).boxed().toList());
    Collections.shuffle(shuffled, random);

    assertThat(decided(temp.resolve("b"), outcomes, shuffled)).isEqualTo(inOrder);
    assertThat(inOrder.rated()).isEqualTo(200);
  }

  private static Evidence decided(Path state, List<Outcome> outcomes, List<Integer> settled)
      throws IOException {
    try (DeskKit kit = DeskKit.open(state)) {
      String scope = kit.scope();
      List<Long> numbers = outcomes.stream().map(unused -> arrive(kit, scope)).toList();
      for (int i : settled) {
        Outcome outcome = outcomes.get(i);
        if (outcome != null) {
          settle(kit, scope, outcome, numbers.get(i));
        } else {
          Shed shed = Shed.numbered("digits", scope, ShedReason.CANCELLED, numbers.get(i));
          kit.desk.count(new VerdictBatch(List.of(), List.of(shed), () -> {}));
        }
      }
      assertThat(kit.decisions).hasSize(1);
      assertThat(evidence(kit).inFlight()).isZero();
      return kit.decisions.get(0).evidence();
    }
  }

  @Test
  void requestThatIsShedBeforeItHasANumber_holdsUpNobody() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String scope = kit.scope();
      kit.eligible.counter(scope).increment();
      kit.desk.count(
          new VerdictBatch(
              List.of(), List.of(Given.shed("digits", scope, ShedReason.IN_FLIGHT, 1)), () -> {}));
      settle(kit, scope, Outcome.AGREE, arrive(kit, scope));

      assertThat(evidence(kit).agree()).isEqualTo(1);
      assertThat(evidence(kit).shed()).isEqualTo(1);
    }
  }

  @Test
  void whatWaits_isShownAtOnce_andIsNoEvidenceYet() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String scope = kit.scope();
      long slow = arrive(kit, scope);
      settle(kit, scope, Outcome.DISAGREE, arrive(kit, scope));

      assertThat(evidence(kit).disagree()).isZero();
      assertThat(evidence(kit).inFlight()).isEqualTo(2);
      assertThat(
              kit.registry
                  .get("shadow.sentinel.comparisons")
                  .tag("outcome", "disagree")
                  .counter()
                  .count())
          .isEqualTo(1);
      assertThat(kit.desk.conflicts(new Queries.Conflicts("digits", 10)).conflicts()).hasSize(1);

      settle(kit, scope, Outcome.AGREE, slow);
      assertThat(evidence(kit).rated()).isEqualTo(2);
    }
  }

  /** The watch has an order of its own, and what is left of the experiment goes on in its own. */
  @Test
  void promotion_leavesNobodyWaiting() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String experiment = kit.scope();
      List<Long> first = LongSequence.of(200, () -> arrive(kit, experiment));
      long slow = arrive(kit, experiment);
      long quick = arrive(kit, experiment);
      settle(kit, experiment, Outcome.AGREE, quick);
      settle(kit, experiment, Outcome.AGREE, first.toArray(Long[]::new));
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);

      String watch = kit.scope();
      settle(kit, watch, Outcome.AGREE, arrive(kit, watch));
      assertThat(kit.digits().watch().evidence().agree()).isEqualTo(1);
      assertThat(evidence(kit).agree()).isEqualTo(200);

      settle(kit, experiment, Outcome.CHALLENGER_ERROR, slow);
      assertThat(evidence(kit).agree()).isEqualTo(201);
      assertThat(evidence(kit).challengerError()).isEqualTo(1);
      assertThat(evidence(kit).inFlight()).isZero();
    }
  }

  @Test
  void restartOfTheExperiment_waitsForNothingOfTheOldOne() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String old = kit.scope();
      long slow = arrive(kit, old);
      kit.operator(Action.RESTART);
      String fresh = kit.scope();
      settle(kit, fresh, Outcome.AGREE, arrive(kit, fresh));
      settle(kit, old, Outcome.AGREE, slow);

      assertThat(evidence(kit).agree()).isEqualTo(1);
      assertThat(kit.registry.get("shadow.sentinel.late.comparisons").counter().count())
          .isEqualTo(1);
    }
  }

  @Test
  void restartOfTheProcess_waitsForNothingOfBefore() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      settle(kit, kit.scope(), Outcome.AGREE, arrive(kit, kit.scope()));
      arrive(kit, kit.scope());
      settle(kit, kit.scope(), Outcome.AGREE, arrive(kit, kit.scope()));
      kit.desk.tick();
    }
    try (DeskKit kit = DeskKit.open(temp)) {
      assertThat(evidence(kit).agree()).isEqualTo(1);
      assertThat(evidence(kit).inFlight()).isZero();

      settle(kit, kit.scope(), Outcome.AGREE, arrive(kit, kit.scope()));
      assertThat(evidence(kit).agree()).isEqualTo(2);
    }
  }

  /** A batch that never arrives, which nothing should ever cause. */
  @Test
  void lostRequests_areGivenUp_counted_andHoldUpNobodyForEver() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String scope = kit.scope();
      List<Long> lost = LongSequence.of(3, () -> arrive(kit, scope));
      settle(kit, scope, Outcome.AGREE, arrive(kit, scope));
      int ticks = 0;
      while (evidence(kit).agree() == 0 && ticks < 1_000) {
        kit.clock.advance(Duration.ofMillis(500));
        kit.desk.tick();
        ticks++;
      }

      assertThat(evidence(kit).agree()).isEqualTo(1);
      assertThat(evidence(kit).incomparable()).isEqualTo(3);
      assertThat(evidence(kit).inFlight()).isZero();
      assertThat(ticks / 2).isBetween(2 * 10 + 1, 2 * 10 + 120);
      assertThat(kit.registry.get("shadow.sentinel.lost.comparisons").counter().count())
          .isEqualTo(3);

      settle(kit, scope, Outcome.DISAGREE, lost.get(0));
      assertThat(evidence(kit).disagree()).as("after it was given up").isZero();
    }
  }

  @Test
  @SuppressWarnings("NullAway") // stands for any fault of ours in the middle of a batch
  void verdictThatCannotBeShown_costsTheRestOfItsBatchNothing_andCounts() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String scope = kit.scope();
      List<Long> numbers = LongSequence.of(3, () -> arrive(kit, scope));
      Verdict good = verdict(scope, Outcome.AGREE, numbers.get(0));
      Verdict bad =
          new Verdict(
              "digits",
              scope,
              Outcome.DISAGREE,
              1,
              0,
              0,
              false,
              null,
              null,
              new Observation(
                  null, 0, List.of(), List.of("1"), List.of(), 0, 0, 0, null, null, null),
              numbers.get(1));
      kit.desk.count(
          Given.batch(List.of(good, bad, verdict(scope, Outcome.AGREE, numbers.get(2)))));

      assertThat(evidence(kit).agree()).isEqualTo(2);
      assertThat(evidence(kit).disagree()).isEqualTo(1);
      assertThat(evidence(kit).inFlight()).isZero();
    }
  }

  @Test
  void decision_saysHowManyWereNotAsked() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      String scope = kit.scope();
      kit.eligible.counter(scope).add(484);
      kit.desk.count(
          new VerdictBatch(
              List.of(),
              List.of(Given.shed("digits", scope, ShedReason.BREAKER_OPEN, 484)),
              () -> {}));
      kit.reach(185, 15);

      assertThat(kit.decisions.get(0).reason())
          .startsWith("185 of 200 agree (92.50 %), at or over the minimum of 80 %")
          .contains("484 of 684 were not asked");
    }
  }

  /** So many numbers. */
  private static final class LongSequence {
    static List<Long> of(int count, LongSupplier next) {
      return LongStream.generate(next).limit(count).boxed().toList();
    }
  }
}
