package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.Inquiry;
import io.shadowsentinel.compare.core.Judgement;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.compare.judge.Judge;
import io.shadowsentinel.compare.judge.JudgeAllowance;
import io.shadowsentinel.exchange.CapturedBatch;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.text.OccasionalLog;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsMaterial;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/**
 * Compares what the proxies captured and sends the verdicts on: one {@link VerdictBatch} for each
 * {@link CapturedBatch}, a verdict for each exchange in it whatever happens. Deploy it as a worker,
 * in as many instances as comparisons shall run side by side.
 *
 * <p>A worker never waits for a judge: workers are few, and other routes' answers stand in line
 * behind. The verdicts that need one follow in a second batch, and that one carries the release, so
 * that what is being judged stays part of the backlog. How much that can be is bounded by the
 * judge's {@code maxInFlight}.
 */
public final class ComparisonVerticle extends VerticleBase {
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private final ComparatorTable table;
  private final Judge judge;
  private final Set<Future<Void>> beingJudged = new HashSet<>();
  private final OccasionalLog log =
      new OccasionalLog(
          LoggerFactory.getLogger(ComparisonVerticle.class), LOG_INTERVAL, System::nanoTime);

  /** A worker that looks its comparators up in a table that others change. */
  public ComparisonVerticle(ComparatorTable table) {
    this(table, (route, result) -> {}, unused -> TlsMaterial.NONE);
  }

  /**
   * The same, and tells what comes of questions to judges.
   *
   * @param judged takes a route and a result; called from any thread
   * @param tls what the files of a judge's settings hold at the moment; any thread
   */
  public ComparisonVerticle(
      ComparatorTable table,
      BiConsumer<String, Judgement.Result> judged,
      Function<ClientTls, TlsMaterial> tls) {
    this.table = table;
    this.judge = new Judge(Clock.systemUTC(), judged, tls);
  }

  @Override
  public Future<?> start() {
    return CapturedBatch.CHANNEL.subscribe(vertx.eventBus(), this::compare).completion();
  }

  /** What is with a judge is cancelled, and counted as incomparable. */
  @Override
  public Future<?> stop() {
    judge.close();
    return beingJudged.isEmpty()
        ? Future.succeededFuture()
        : Future.join(new ArrayList<>(beingJudged));
  }

  private void compare(CapturedBatch batch) {
    List<Verdict> verdicts = new ArrayList<>(batch.exchanges().size());
    List<CompletableFuture<Verdict>> pending = new ArrayList<>();
    for (Exchange exchange : batch.exchanges()) {
      Inquiry inquiry = inquire(exchange);
      JudgeAllowance allowance =
          inquiry.questions().isEmpty() ? null : table.allowance(inquiry.route());
      if (allowance == null) {
        verdicts.add(verdict(exchange, inquiry));
      } else {
        pending.add(judged(exchange, inquiry, allowance));
      }
    }
    if (pending.isEmpty()) {
      send(new VerdictBatch(verdicts, batch.shed(), batch.release()));
      return;
    }
    send(new VerdictBatch(verdicts, batch.shed(), () -> {}));
    sendWhenJudged(pending, batch.release());
  }

  private void sendWhenJudged(List<CompletableFuture<Verdict>> pending, Runnable release) {
    Promise<Void> sent = Promise.promise();
    beingJudged.add(sent.future());
    Runnable send =
        () -> {
          send(
              new VerdictBatch(
                  pending.stream().map(CompletableFuture::join).toList(), List.of(), release));
          beingJudged.remove(sent.future());
          sent.complete();
        };
    CompletableFuture<?> unused =
        CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
            .whenComplete((done, failure) -> context.runOnContext(now -> send.run()));
  }

  private void send(VerdictBatch verdicts) {
    VerdictBatch.CHANNEL.send(vertx.eventBus(), verdicts);
  }

  /** Never throws: an exchange without a verdict would hold up all that came after it. */
  private Inquiry inquire(Exchange exchange) {
    try {
      Comparator comparator = table.forRoute(exchange.route());
      return comparator == null
          ? Inquiry.settled(AnswerComparator.incomparable(exchange))
          : comparator.inquire(exchange);
    } catch (RuntimeException | Error e) {
      return Inquiry.settled(notCompared(exchange, e));
    }
  }

  /** Never throws either. */
  private Verdict verdict(Exchange exchange, Inquiry inquiry) {
    try {
      return inquiry.verdict();
    } catch (RuntimeException | Error e) {
      return notCompared(exchange, e);
    }
  }

  /** Nor does this, and its future never fails. */
  private CompletableFuture<Verdict> judged(
      Exchange exchange, Inquiry inquiry, JudgeAllowance allowance) {
    try {
      return judge
          .verdict(inquiry, allowance)
          .handle((verdict, failure) -> failure == null ? verdict : failed(exchange, failure));
    } catch (RuntimeException | Error e) {
      return CompletableFuture.completedFuture(notCompared(exchange, e));
    }
  }

  /** On a thread of the judge's, where nothing is logged that another thread logs. */
  private Verdict failed(Exchange exchange, Throwable failure) {
    context.runOnContext(unused -> notCompared(exchange, failure));
    return Verdict.notCompared(exchange);
  }

  private Verdict notCompared(Exchange exchange, Throwable e) {
    log.error(
        "request " + exchange.requestId() + " on route " + exchange.route() + " not compared", e);
    return Verdict.notCompared(exchange);
  }
}
