package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.ok;
import static io.shadowsentinel.compare.Answers.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.CapturedBatch;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.exchange.ShedReason;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonVerticleIT {
  private static final int INSTANCES = 3;

  private final Vertx vertx = Vertx.vertx();
  private final ComparatorTable table = new ComparatorTable();
  private final BlockingQueue<VerdictBatch> verdicts = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> releases = new LinkedBlockingQueue<>();

  @BeforeEach
  void deploy() {
    Channel.install(vertx.eventBus());
    VerdictBatch.CHANNEL.subscribe(
        vertx.eventBus(),
        batch -> {
          verdicts.add(batch);
          batch.release().run();
        });
    table.replace(Map.of("digits", Answers.settings("json")));
    vertx
        .deployVerticle(
            () -> new ComparisonVerticle(table),
            new DeploymentOptions()
                .setInstances(INSTANCES)
                .setThreadingModel(ThreadingModel.WORKER))
        .await();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void batch_becomesVerdictsInItsOrder_andIsReleasedOnce() throws InterruptedException {
    Shed shed = new Shed("digits", "e1", ShedReason.IN_FLIGHT, 3);
    send(
        1,
        List.of(
            exchange(ok("1"), ok("1.0")),
            exchange(ok("1"), ok("2")),
            exchange(ok("1"), status(500)),
            exchange(ok("<html>"), ok("1"))),
        List.of(shed));
    VerdictBatch batch = next(verdicts);
    assertThat(batch.verdicts())
        .extracting(Verdict::outcome)
        .containsExactly(
            Outcome.AGREE, Outcome.DISAGREE, Outcome.CHALLENGER_ERROR, Outcome.INCOMPARABLE);
    assertThat(batch.shed()).containsExactly(shed);
    assertThat(next(releases)).isEqualTo(1);
  }

  @Test
  void batch_withNothingButShed_isPassedOn() throws InterruptedException {
    Shed shed = new Shed("digits", "e1", ShedReason.BACKLOG, 1);
    send(1, List.of(), List.of(shed));
    VerdictBatch batch = next(verdicts);
    assertThat(batch.verdicts()).isEmpty();
    assertThat(batch.shed()).containsExactly(shed);
    assertThat(next(releases)).isEqualTo(1);
  }

  @Test
  void route_thatIsGone_isIncomparable() throws InterruptedException {
    send(1, List.of(exchange("gone", ok("1"), ok("1"))), List.of());
    Verdict verdict = next(verdicts).verdicts().get(0);
    assertThat(verdict.outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(verdict.route()).isEqualTo("gone");
    assertThat(verdict.scope()).isEqualTo("e1");
  }

  @Test
  void fault_inOneComparison_costsThatOneAlone() throws InterruptedException {
    @SuppressWarnings(
        "NullAway") // a body that is not there stands for a bug anywhere in a comparison
    Answer broken = new Answer(Answer.Fate.COMPLETE, 200, null, null, null, 1);
    send(
        1,
        List.of(exchange(ok("1"), ok("1")), exchange(broken, ok("1")), exchange(ok("1"), ok("1"))),
        List.of());
    assertThat(next(verdicts).verdicts())
        .extracting(Verdict::outcome)
        .containsExactly(Outcome.AGREE, Outcome.INCOMPARABLE, Outcome.AGREE);
    assertThat(next(releases)).isEqualTo(1);
  }

  /** Whoever comes after it waits for its number. */
  @Test
  void number_isTheExchanges_alsoOfOneThatCannotBeCompared() throws InterruptedException {
    @SuppressWarnings("NullAway") // as above
    Answer broken = new Answer(Answer.Fate.COMPLETE, 200, null, null, null, 1);
    send(
        1,
        List.of(
            new Exchange("digits", "e1", "r", "/", 0, ok("1"), ok("1"), null, 7),
            new Exchange("digits", "e1", "r", "/", 0, broken, ok("1"), null, 8),
            new Exchange("gone", "e1", "r", "/", 0, ok("1"), ok("1"), null, 9),
            new Exchange("digits", "e1", "r", "/", 0, status(500), ok("1"), null, 10),
            new Exchange("digits", "e1", "r", "/", 0, ok("1"), ok("2"), null, 11)),
        List.of());
    assertThat(next(verdicts).verdicts())
        .extracting(Verdict::number)
        .containsExactly(7L, 8L, 9L, 10L, 11L);
  }

  @Test
  void manyBatches_loseNothing_whileTheTableChanges() throws InterruptedException {
    int batches = 300;
    for (int i = 0; i < batches; i++) {
      int number = i;
      List<Exchange> exchanges = List.of(exchange(ok("1"), ok("1")), exchange(ok("1"), ok("2")));
      AtomicInteger released = new AtomicInteger();
      CapturedBatch.CHANNEL.send(
          vertx.eventBus(),
          new CapturedBatch(
              exchanges,
              List.of(),
              () -> {
                assertThat(released.incrementAndGet()).isEqualTo(1);
                releases.add(number);
              }));
      table.replace(Map.of("digits", Answers.tolerating("json", i % 2 == 0 ? 0 : 0.5)));
    }
    for (int i = 0; i < batches; i++) {
      assertThat(next(verdicts).verdicts())
          .extracting(Verdict::outcome)
          .containsExactly(Outcome.AGREE, Outcome.DISAGREE);
      next(releases);
    }
    assertThat(releases).isEmpty();
  }

  private void send(int number, List<Exchange> exchanges, List<Shed> shed) {
    CapturedBatch.CHANNEL.send(
        vertx.eventBus(), new CapturedBatch(exchanges, shed, () -> releases.add(number)));
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T item = queue.poll(10, TimeUnit.SECONDS);
    assertThat(item).isNotNull();
    return item;
  }
}
