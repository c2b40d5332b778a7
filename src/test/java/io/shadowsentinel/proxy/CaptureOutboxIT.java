package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.CapturedBatch;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Await;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an event loop hands over, when nobody counts it. */
class CaptureOutboxIT {
  private final Vertx vertx = Vertx.vertx();
  private final List<CapturedBatch> batches = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    ProxyHarness.await(vertx.close());
  }

  @Test
  void shedOnesWithANumber_arePartOfTheBacklog_untilTheyAreCounted() {
    Channel.install(vertx.eventBus());
    CapturedBatch.CHANNEL.subscribe(vertx.eventBus(), batches::add);
    CaptureBudget budget = new CaptureBudget(1_000, 2);
    CaptureOutbox outbox = new CaptureOutbox(vertx, budget);
    vertx
        .getOrCreateContext()
        .runOnContext(
            unused -> {
              outbox.addShed("r", "e", ShedReason.CANCELLED, 7);
              outbox.addShed("r", "e", ShedReason.CANCELLED, 9);
              outbox.addShed("r", "e", ShedReason.CANCELLED);
            });

    Await.until("they go over", () -> batches.size() == 1);
    assertThat(batches.get(0).shed())
        .containsExactlyInAnyOrder(
            Shed.numbered("r", "e", ShedReason.CANCELLED, 7),
            Shed.numbered("r", "e", ShedReason.CANCELLED, 9),
            new Shed("r", "e", ShedReason.CANCELLED, 1));
    assertThat(budget.waiting()).isEqualTo(2);
    assertThat(budget.hasRoom()).isFalse();

    batches.get(0).release().run();
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void batchesUnderWay_areBounded_andNothingGatheredMeanwhileIsLost() {
    Channel.install(vertx.eventBus());
    CapturedBatch.CHANNEL.subscribe(vertx.eventBus(), batches::add);
    Context loop = vertx.getOrCreateContext();
    CaptureOutbox outbox = new CaptureOutbox(vertx, new CaptureBudget(1_000, 10));
    loop.runOnContext(
        unused -> {
          for (int i = 0; i < CaptureOutbox.MAX_IN_TRANSIT; i++) {
            outbox.addShed("r", "e", ShedReason.IN_FLIGHT);
            outbox.flush();
          }
          outbox.addShed("r", "e", ShedReason.BACKLOG);
          outbox.addShed("r", "e", ShedReason.BACKLOG);
        });
    Await.until("all places are taken", () -> batches.size() >= CaptureOutbox.MAX_IN_TRANSIT);
    // Well after the delay at which a batch is sent otherwise.
    ProxyHarness.await(vertx.timer(4 * CaptureOutbox.SHED_DELAY_MILLIS));
    assertThat(batches).hasSize(CaptureOutbox.MAX_IN_TRANSIT);

    batches.get(0).release().run();

    Await.until("one more goes out", () -> batches.size() == CaptureOutbox.MAX_IN_TRANSIT + 1);
    assertThat(batches.get(CaptureOutbox.MAX_IN_TRANSIT).shed())
        .containsExactly(new Shed("r", "e", ShedReason.BACKLOG, 2));
  }

  @Test
  void fullBatch_waitsForAPlaceToo_andGoesOutWithWhatCameMeanwhile() {
    Channel.install(vertx.eventBus());
    CapturedBatch.CHANNEL.subscribe(vertx.eventBus(), batches::add);
    Context loop = vertx.getOrCreateContext();
    CaptureBudget budget = new CaptureBudget(1_000, 100);
    CaptureOutbox outbox = new CaptureOutbox(vertx, budget);
    loop.runOnContext(
        unused -> {
          for (int i = 0; i < CaptureOutbox.MAX_IN_TRANSIT; i++) {
            outbox.addShed("r", "e", ShedReason.IN_FLIGHT);
            outbox.flush();
          }
          for (int i = 0; i <= CaptureOutbox.BATCH; i++) {
            outbox.add(exchange(), 1);
          }
        });
    Await.until("all places are taken", () -> batches.size() >= CaptureOutbox.MAX_IN_TRANSIT);

    batches.get(0).release().run();

    Await.until("one more goes out", () -> batches.size() > CaptureOutbox.MAX_IN_TRANSIT);
    CapturedBatch late = batches.get(CaptureOutbox.MAX_IN_TRANSIT);
    assertThat(late.exchanges()).hasSize(CaptureOutbox.BATCH + 1);
    assertThat(budget.waiting()).isEqualTo(CaptureOutbox.BATCH + 1);
    late.release().run();
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void pairs_goOutByTheBatch_andTheRestWithoutWaitingForOne() {
    Channel.install(vertx.eventBus());
    CapturedBatch.CHANNEL.subscribe(vertx.eventBus(), batches::add);
    CaptureBudget budget = new CaptureBudget(1_000, 100);
    CaptureOutbox outbox = new CaptureOutbox(vertx, budget);
    budget.tryTake(CaptureOutbox.BATCH + 1);
    vertx
        .getOrCreateContext()
        .runOnContext(
            unused -> {
              for (int i = 0; i <= CaptureOutbox.BATCH; i++) {
                outbox.add(exchange(), 1);
              }
            });

    Await.until("both batches are there", () -> batches.size() == 2);
    assertThat(batches.get(0).exchanges()).hasSize(CaptureOutbox.BATCH);
    assertThat(batches.get(1).exchanges()).hasSize(1);
    batches.get(0).release().run();
    assertThat(budget.bytes()).isEqualTo(1);
    batches.get(1).release().run();
    assertThat(budget.bytes()).isZero();
    assertThat(budget.waiting()).isZero();
  }

  private static Exchange exchange() {
    Answer answer = Answer.without(Answer.Fate.TIMED_OUT, 0, 1);
    return new Exchange("r", "e", "id", "/", 0, answer, answer);
  }
}
