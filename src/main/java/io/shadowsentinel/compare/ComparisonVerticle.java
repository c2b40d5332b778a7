package io.shadowsentinel.compare;

import io.shadowsentinel.exchange.CapturedBatch;
import io.shadowsentinel.exchange.Exchange;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Compares what the proxies captured and sends the verdicts on: one {@link VerdictBatch} for each
 * {@link CapturedBatch}, a verdict for each exchange in it whatever happens. Deploy it as a worker,
 * in as many instances as comparisons shall run side by side.
 */
public final class ComparisonVerticle extends VerticleBase {
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private final ComparatorTable table;
  private final OccasionalLog log =
      new OccasionalLog(
          LoggerFactory.getLogger(ComparisonVerticle.class), LOG_INTERVAL, System::nanoTime);

  /** A worker that looks its comparators up in a table that others change. */
  public ComparisonVerticle(ComparatorTable table) {
    this.table = table;
  }

  @Override
  public Future<?> start() {
    return CapturedBatch.CHANNEL.subscribe(vertx.eventBus(), this::compare).completion();
  }

  private void compare(CapturedBatch batch) {
    List<Verdict> verdicts = new ArrayList<>(batch.exchanges().size());
    for (Exchange exchange : batch.exchanges()) {
      verdicts.add(compare(exchange));
    }
    VerdictBatch.CHANNEL.send(
        vertx.eventBus(), new VerdictBatch(verdicts, batch.shed(), batch.release()));
  }

  /** Never throws: an exchange without a verdict would be in flight for ever. */
  private Verdict compare(Exchange exchange) {
    try {
      Comparator comparator = table.forRoute(exchange.route());
      return comparator == null
          ? AnswerComparator.incomparable(exchange)
          : comparator.compare(exchange);
    } catch (RuntimeException | Error e) {
      log.error(
          "request " + exchange.requestId() + " on route " + exchange.route() + " not compared", e);
      return AnswerComparator.incomparable(exchange);
    }
  }
}
