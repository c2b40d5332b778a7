package io.shadowsentinel.alert;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Queries;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** One run of a process: its own Vert.x, the decision log's side of the bus, and the alerts. */
final class Sentinel implements AutoCloseable {

  static final RetryPolicy QUICK =
      new RetryPolicy(Duration.ofMillis(5), Duration.ofMillis(40), Duration.ofHours(24));

  final Vertx vertx = Vertx.vertx();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Decision> decisions;
  private final Path outbox;
  private final Clock clock;
  final TlsStore tls = new TlsStore(Clock.systemUTC(), registry);
  private AlertVerticle.Tuning tuning =
      new AlertVerticle.Tuning(QUICK, Duration.ofSeconds(10), 10_000);

  /**
   * @param decisions the decision log, which outlives this run
   */
  Sentinel(List<Decision> decisions, Path outbox, Clock clock) {
    this.decisions = decisions;
    this.outbox = outbox;
    this.clock = clock;
    Channel.install(vertx.eventBus());
  }

  Sentinel tuned(Duration requestTimeout, int maxEntries) {
    tuning = new AlertVerticle.Tuning(QUICK, requestTimeout, maxEntries);
    return this;
  }

  Sentinel start(ChannelSettings... channels) {
    answerQueries();
    startAlerts(channels);
    return this;
  }

  void answerQueries() {
    Queries.DECISIONS.answer(vertx.eventBus(), this::query);
  }

  void startAlerts(ChannelSettings... channels) {
    Waits.get(
        vertx.deployVerticle(
            new AlertVerticle(List.of(channels), outbox, clock, registry, tls, tuning),
            AlertVerticle.deployment()));
  }

  private Queries.DecisionList query(Queries.Decisions question) {
    synchronized (decisions) {
      return new Queries.DecisionList(
          decisions.stream()
              .filter(d -> d.seq() > question.afterSeq())
              .sorted(Comparator.comparingLong(Decision::seq).reversed())
              .limit(question.limit())
              .toList());
    }
  }

  /** Writes down and announces, as the decision verticle does. */
  void decide(Decision decision) {
    writeDown(decision);
    Decision.CHANNEL.publish(vertx.eventBus(), decision);
  }

  void writeDown(Decision decision) {
    synchronized (decisions) {
      decisions.add(decision);
    }
  }

  double count(String result) {
    return registry.find("shadow.sentinel.alerts").tag("result", result).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  void awaitCount(String result, double atLeast) {
    Waits.until(result + " >= " + atLeast, () -> count(result) >= atLeast);
  }

  void awaitCursor(long seq) {
    Waits.until("cursor at " + seq, () -> cursor().contains("\"lastSeq\":" + seq + ","));
  }

  void awaitEmptyOutbox() {
    Waits.until("empty outbox", () -> waiting() == 0);
  }

  String cursor() {
    try {
      return Files.readString(outbox.resolve("cursor.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  long waiting() {
    try (Stream<Path> files = Files.list(outbox)) {
      return files.filter(f -> f.toString().matches(".*/\\d{12}-.*\\.json")).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    Waits.get(vertx.close());
  }

  /** A clock that stands until it is moved. */
  static final class ManualClock extends Clock {
    private volatile Instant now = TestDecisions.NOON;

    void advance(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
