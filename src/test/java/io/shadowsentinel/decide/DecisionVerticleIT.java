package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.table.RouteState;
import io.shadowsentinel.table.RoutingTable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verticle on a real event bus, with a real directory. */
@Timeout(60)
class DecisionVerticleIT {

  private static final Reconfigure CONFIG = Given.config(Given.spec("digits", "v1", "v2"));

  @TempDir Path temp;
  private final BlockingQueue<RoutingTable> tables = new LinkedBlockingQueue<>();
  private final BlockingQueue<Decision> decisions = new LinkedBlockingQueue<>();
  private final BlockingQueue<Decision> unwritten = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private EventBus bus;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    bus = vertx.eventBus();
    Channel.install(bus);
    RoutingTable.CHANNEL.subscribe(bus, tables::add);
    Decision.CHANNEL.subscribe(bus, decisions::add);
    Decision.UNWRITTEN.subscribe(bus, unwritten::add);
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void verdicts_inBatches_promote() throws Exception {
    try (StateStore store = StateStore.open(temp)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      RoutingTable first = next(tables);
      send(first, 160, 40, 16);

      Decision decision = next(decisions);
      RoutingTable second = next(tables);

      assertThat(decision.action()).isEqualTo(Action.PROMOTE);
      assertThat(decision.evidence().rated()).isEqualTo(200);
      assertThat(second.version()).isEqualTo(first.version() + 1);
      assertThat(second.routes().get(0).champion().name()).isEqualTo("v2");
      assertThat(second.routes().get(0).mirrorTarget()).isEqualTo(Given.model("v1"));
      assertThat(current()).isEqualTo(second);
      assertThat(list(null)).containsExactly(decision);
    }
  }

  @Test
  void verdicts_oneTooFew_rollBack() throws Exception {
    try (StateStore store = StateStore.open(temp)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      send(next(tables), 159, 41, 7);
      assertThat(next(decisions).action()).isEqualTo(Action.ROLLBACK);
      assertThat(next(tables).routes().get(0).state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(status().routes().get(0).decision().evidence().agree()).isEqualTo(159);
      Queries.ConflictList conflicts =
          await(
              Queries.CONFLICTS.request(
                  bus, new Queries.Conflicts("digits", 5), Queries.ConflictList.class));
      assertThat(conflicts.conflicts()).hasSize(5);
    }
  }

  @Test
  void batch_isReleasedOnce_whenItIsCounted() throws Exception {
    try (StateStore store = StateStore.open(temp)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      String scope = next(tables).routes().get(0).comparisonScope();
      BlockingQueue<Long> ratedAtRelease = new LinkedBlockingQueue<>();
      for (int i = 0; i < 3; i++) {
        VerdictBatch one = Given.batch(Given.verdicts("digits", scope, 1, 0));
        VerdictBatch.CHANNEL.send(
            bus, new VerdictBatch(one.verdicts(), one.shed(), () -> ratedAtRelease.add(1L)));
      }

      assertThat(status().routes().get(0).experiment().evidence().rated()).isEqualTo(3);
      assertThat(ratedAtRelease).hasSize(3);
    }
  }

  @Test
  void olderScope_doesNotCount() throws Exception {
    try (StateStore store = StateStore.open(temp)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      RoutingTable first = next(tables);
      send(first, 199, 0, 16);
      assertThat(command("digits", Action.RESTART)).isInstanceOf(CommandResult.Done.class);
      send(first, 0, 200, 16);
      assertThat(status().routes().get(0).experiment().evidence()).isEqualTo(Evidence.NONE);
      assertThat(status().routes().get(0).state()).isEqualTo(RouteState.SHADOWING);
    }
  }

  @Test
  void commands_areAnsweredInEveryWay() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    StoreProbe probe =
        (step, file) -> {
          if (broken.get()) {
            throw new IOException("disk full");
          }
        };
    try (StateStore store = StateStore.open(temp, probe, ConflictLog.MAX_FILE_BYTES)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      assertThat(command("digits", Action.PROMOTE))
          .isInstanceOfSatisfying(
              CommandResult.Done.class,
              done -> assertThat(done.route().champion().name()).isEqualTo("v2"));
      assertThat(command("digits", Action.PROMOTE)).isInstanceOf(CommandResult.Refused.class);
      assertThat(command("nope", Action.PROMOTE)).isInstanceOf(CommandResult.NoSuchRoute.class);
      next(decisions);
      broken.set(true);
      assertThat(command("digits", Action.PAUSE)).isInstanceOf(CommandResult.NotStored.class);
      assertThat(status().storageFault()).contains("disk full");
      assertThat(status().routes().get(0).state()).isEqualTo(RouteState.PROMOTED);
      assertThat(command("digits", Action.ROLLBACK))
          .isInstanceOfSatisfying(
              CommandResult.Done.class, done -> assertThat(done.route().durable()).isFalse());
      assertThat(status().routes().get(0).state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(next(unwritten).action()).isEqualTo(Action.ROLLBACK);
      assertThat(list("digits")).extracting(Decision::action).containsExactly(Action.PROMOTE);
      broken.set(false);
      // By the verticle's own tick.
      assertThat(next(decisions).action()).isEqualTo(Action.ROLLBACK);
      assertThat(status().routes().get(0).durable()).isTrue();
      assertThat(list("digits"))
          .extracting(Decision::action)
          .containsExactly(Action.ROLLBACK, Action.PROMOTE);
    }
  }

  @Test
  void reconfigure_isAnsweredAndAnnounced() throws Exception {
    try (StateStore store = StateStore.open(temp)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      next(tables);
      Reconfigure other = Given.config(Given.spec("digits", "v1", "v3"));
      assertThat(await(Reconfigure.CHANNEL.request(bus, other, Reconfigure.Result.class)))
          .isEqualTo(new Reconfigure.Applied(2));
      assertThat(next(tables).routes().get(0).challenger()).isEqualTo(Given.model("v3"));
      assertThat(next(decisions).by()).isEqualTo(Decision.By.CONFIG);
    }
  }

  @Test
  void redeployment_onTheSameDirectory_continues() throws Exception {
    RoutingTable first;
    try (StateStore store = StateStore.open(temp)) {
      String id = deploy(store, CONFIG, ForcedRollback.NONE);
      first = next(tables);
      send(first, 150, 10, 16);
      assertThat(status().routes().get(0).experiment().evidence().rated()).isEqualTo(160);
      await(vertx.undeploy(id));
    }
    try (StateStore store = StateStore.open(temp)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      assertThat(next(tables)).isEqualTo(first);
      assertThat(status().routes().get(0).experiment().evidence().rated()).isEqualTo(160);
      send(first, 40, 0, 16);
      assertThat(next(decisions).evidence().agree()).isEqualTo(190);
    }
  }

  @Test
  void forcedRollback_isInTheFirstTable() throws Exception {
    try (StateStore store = StateStore.open(temp)) {
      deploy(store, CONFIG, ForcedRollback.ALL);
      assertThat(next(tables).routes().get(0).state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(next(decisions).by()).isEqualTo(Decision.By.OPERATOR);
      assertThat(tables).isEmpty();
    }
  }

  @Test
  void forcedRollback_ofAnUnknownRoute_failsTheDeployment() throws Exception {
    try (StateStore store = StateStore.open(temp)) {
      assertThatThrownBy(() -> deploy(store, CONFIG, ForcedRollback.of("nope")))
          .hasStackTraceContaining("no route 'nope' (expected one of [digits])");
      assertThat(tables).isEmpty();
    }
  }

  @Test
  void slowDisk_losesNoVerdictThatWaits() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    StoreProbe probe =
        (step, file) -> {
          if (file.equals("decisions.jsonl") && step == StoreProbe.Step.SYNC) {
            stuck.countDown();
            await(free);
          }
        };
    try (StateStore store = StateStore.open(temp, probe, ConflictLog.MAX_FILE_BYTES)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      RoutingTable first = next(tables);
      send(first, 0, 200, 200);
      await(stuck);
      send(first, 5_000, 0, 1);
      free.countDown();
      Evidence evidence = status().routes().get(0).experiment().evidence();
      assertThat(evidence.agree()).isEqualTo(5_000);
      assertThat(evidence.disagree()).isEqualTo(200);
      assertThat(decisions).hasSize(1);
    } finally {
      free.countDown();
    }
  }

  @Test
  void stuckDisk_everyQuestionIsAnsweredMeanwhile() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    StoreProbe probe =
        new StoreProbe() {
          @Override
          public void before(Step step, String file) {}

          @Override
          public void force(FileChannel channel, String file) throws IOException {
            if (file.equals("decisions.jsonl")) {
              stuck.countDown();
              await(free);
            }
            channel.force(true);
          }
        };
    try (StateStore store = StateStore.open(temp, probe, ConflictLog.MAX_FILE_BYTES)) {
      deploy(store, CONFIG, ForcedRollback.NONE);
      RoutingTable first = next(tables);
      send(first, 0, 200, 200);
      await(stuck);

      Queries.StatusReport status =
          await(Queries.STATUS.request(bus, new Queries.Status(), Queries.StatusReport.class));
      assertThat(status.routes().get(0).experiment().evidence().disagree()).isEqualTo(200);
      // In force, as a rollback is at once; the disk has not said that it has it.
      assertThat(status.routes().get(0).state()).isEqualTo(RouteState.ROLLED_BACK);
      assertThat(status.routes().get(0).durable()).isFalse();
      assertThat(list("digits")).isEmpty();
      assertThat(
              await(
                      Queries.LATENCIES.request(
                          bus, new Queries.Latencies(), Queries.LatencyList.class))
                  .latencies())
          .hasSize(1);
      assertThat(
              await(
                      Queries.INSIGHT.request(
                          bus, new Queries.InsightOf("digits"), Queries.Insight.class))
                  .report())
          .isNotNull();
      assertThat(
              await(
                      Queries.HISTORY.request(
                          bus,
                          new Queries.HistoryOf("digits", HistoryReport.Resolution.SECOND, 0),
                          Queries.History.class))
                  .report())
          .isNotNull();
      assertThat(
              await(
                      Queries.CONFLICTS.request(
                          bus, new Queries.Conflicts("digits", 5), Queries.ConflictList.class))
                  .known())
          .isTrue();
      assertThat(free.getCount()).isOne();

      free.countDown();
      assertThat(next(decisions).action()).isEqualTo(Action.ROLLBACK);
      assertThat(status().routes().get(0).durable()).isTrue();
    } finally {
      free.countDown();
    }
  }

  private String deploy(StateStore store, Reconfigure config, ForcedRollback forced) {
    return await(
        vertx.deployVerticle(
            new DecisionVerticle(
                store,
                new EligibleCounts(),
                config,
                forced,
                Clock.systemUTC(),
                new SimpleMeterRegistry()),
            DecisionVerticle.deployment()));
  }

  private void send(RoutingTable table, int agree, int disagree, int batchSize) {
    String scope = table.routes().get(0).comparisonScope();
    List<Verdict> verdicts = Given.verdicts("digits", scope, agree, disagree);
    for (int from = 0; from < verdicts.size(); from += batchSize) {
      int to = Math.min(from + batchSize, verdicts.size());
      VerdictBatch.CHANNEL.send(bus, Given.batch(verdicts.subList(from, to)));
    }
  }

  private CommandResult command(String route, Action action) {
    return await(
        OperatorCommand.CHANNEL.request(
            bus, new OperatorCommand(route, action, "by test", "test"), CommandResult.class));
  }

  /** After all that was sent before has been counted. */
  private Queries.StatusReport status() {
    current();
    return await(Queries.STATUS.request(bus, new Queries.Status(), Queries.StatusReport.class));
  }

  private RoutingTable current() {
    return await(RoutingTable.CURRENT.request(bus, new RoutingTable.Query(), RoutingTable.class));
  }

  private List<Decision> list(String route) {
    return await(
            Queries.DECISIONS.request(
                bus, new Queries.Decisions(route, 100, 0), Queries.DecisionList.class))
        .decisions();
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T value = queue.poll(30, TimeUnit.SECONDS);
    assertThat(value).as("announced within 30 s").isNotNull();
    return value;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
