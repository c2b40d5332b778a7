package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.exchange.CapturedBatch;
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
}
