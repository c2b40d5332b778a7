package io.shadowsentinel.decide;

import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.table.RoutingTable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The one place that rewrites the routing table. Counts the verdicts, decides, obeys operators and
 * the config. Deployed once, with {@link #deployment()}: on a worker thread, since every change
 * waits for the disk. {@link Queries} are answered on another one, which does not; {@link
 * RoutingTable#CURRENT} on this one, after all that was sent before it.
 *
 * <p>The start fails when the config contradicts itself, when a route that is to be rolled back
 * does not exist, or when the state directory cannot be written; nothing is announced then. The
 * store stays open, for whoever opened it to close.
 */
public final class DecisionVerticle extends VerticleBase implements DecisionDesk.Announcer {

  /**
   * Half of the second of evidence that a crash may cost, so that a late timer keeps the promise.
   */
  private static final long TICK_MILLIS = 500;

  private final StateStore store;
  private final Reconfigure initial;
  private final ForcedRollback forced;
  private final DecisionMeters meters;
  private final DecisionDesk desk;

  /**
   * Makes the verticle; nothing is read or written before it is deployed.
   *
   * @param initial the routes as the config has them
   * @param forced which of them are rolled back before the first table is announced
   * @param clock for the times in the log and in ids, and for rate limits
   */
  public DecisionVerticle(
      StateStore store,
      EligibleCounts eligible,
      Reconfigure initial,
      ForcedRollback forced,
      Clock clock,
      MeterRegistry registry) {
    this.store = store;
    this.initial = initial;
    this.forced = forced;
    this.meters = new DecisionMeters(registry, eligible);
    this.desk = new DecisionDesk(store, eligible, clock, meters, this);
  }

  /** The table as it is; one without a route before this has started. Any thread. */
  public RoutingTable table() {
    return desk.table();
  }

  /** How it is to be deployed. */
  public static DeploymentOptions deployment() {
    return new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER).setInstances(1);
  }

  @Override
  public Future<?> start() throws IOException {
    EventBus bus = vertx.eventBus();
    desk.open(initial, forced);
    List<MessageConsumer<?>> consumers = new ArrayList<>();
    consumers.add(VerdictBatch.CHANNEL.subscribe(bus, this::count));
    consumers.add(OperatorCommand.CHANNEL.answer(bus, desk::command));
    consumers.add(Reconfigure.CHANNEL.answer(bus, desk::reconfigure));
    consumers.add(RoutingTable.CURRENT.answer(bus, query -> desk.table()));
    vertx.setPeriodic(TICK_MILLIS, timer -> desk.tick());
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList())
        .compose(done -> vertx.deployVerticle(new Answering(desk), deployment()));
  }

  /** Answers what is asked about decisions, on a thread of its own. Goes when its parent goes. */
  private static final class Answering extends VerticleBase {
    private final DecisionDesk desk;

    Answering(DecisionDesk desk) {
      this.desk = desk;
    }

    @Override
    public Future<?> start() {
      EventBus bus = vertx.eventBus();
      List<MessageConsumer<?>> consumers = new ArrayList<>();
      consumers.add(Queries.STATUS.answer(bus, query -> desk.status()));
      consumers.add(Queries.DECISIONS.answer(bus, desk::decisions));
      consumers.add(Queries.CONFLICTS.answer(bus, desk::conflicts));
      consumers.add(Queries.LATENCIES.answer(bus, query -> desk.latencies()));
      consumers.add(Queries.HISTORY.answer(bus, desk::history));
      consumers.add(Queries.INSIGHT.answer(bus, desk::insight));
      return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
    }
  }

  private void count(VerdictBatch batch) {
    try {
      desk.count(batch);
    } finally {
      batch.release().run();
    }
  }

  @Override
  public Future<?> stop() {
    desk.close();
    meters.close();
    return Future.succeededFuture();
  }

  @Override
  public void tableChanged(RoutingTable table) {
    RoutingTable.CHANNEL.publish(vertx.eventBus(), table);
  }

  @Override
  public void decided(Decision decision) {
    Decision.CHANNEL.publish(vertx.eventBus(), decision);
  }

  @Override
  public void unwritten(Decision decision) {
    Decision.UNWRITTEN.publish(vertx.eventBus(), decision);
  }

  @Override
  public String toString() {
    return "DecisionVerticle of " + store;
  }
}
