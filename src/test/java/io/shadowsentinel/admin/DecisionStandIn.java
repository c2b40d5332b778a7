package io.shadowsentinel.admin;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.decide.CommandResult;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.decide.HistoryReport;
import io.shadowsentinel.decide.InsightReport;
import io.shadowsentinel.decide.OperatorCommand;
import io.shadowsentinel.decide.Queries;
import io.shadowsentinel.decide.RouteStatus;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.RouteState;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers the channels of the decision package on the real event bus, with its real records, and
 * keeps the state that operators change. It holds no rule: what is decided is said by the test.
 */
public final class DecisionStandIn {
  public static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  private final Vertx vertx;
  private final Map<String, RouteStatus> routes = new LinkedHashMap<>();
  private final List<Decision> decisions = new ArrayList<>();
  private final List<Decision> unwritten = new ArrayList<>();
  private final List<Conflict> conflicts = new ArrayList<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  public final AtomicInteger statusQuestions = new AtomicInteger();
  private @Nullable String storageFault;
  private long version = 1;

  public DecisionStandIn(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Begins to answer. */
  public DecisionStandIn start() {
    consumers.add(Queries.STATUS.answer(vertx.eventBus(), query -> status()));
    consumers.add(Queries.DECISIONS.answer(vertx.eventBus(), this::decisions));
    consumers.add(Queries.CONFLICTS.answer(vertx.eventBus(), this::conflicts));
    consumers.add(Queries.INSIGHT.answer(vertx.eventBus(), this::insight));
    consumers.add(Queries.LATENCIES.answer(vertx.eventBus(), query -> latencies()));
    consumers.add(Queries.HISTORY.answer(vertx.eventBus(), this::history));
    consumers.add(OperatorCommand.CHANNEL.answer(vertx.eventBus(), this::act));
    return this;
  }

  public synchronized DecisionStandIn with(RouteStatus route) {
    routes.put(route.name(), route);
    return this;
  }

  public synchronized void remove(String route) {
    routes.remove(route);
  }

  public synchronized void add(Conflict conflict) {
    conflicts.add(0, conflict);
  }

  public synchronized void failStorage(@Nullable String fault) {
    storageFault = fault;
  }

  public synchronized List<Decision> log() {
    return List.copyOf(decisions);
  }

  /** Takes a decision as the rule would, and announces it. */
  public void decide(String route, Decision.Action action, RouteState to) {
    CommandResult done;
    synchronized (this) {
      done = apply(route, action, to, Decision.By.AUTO, null, "the rule", null);
    }
    if (!(done instanceof CommandResult.Done)) {
      throw new IllegalStateException("cannot decide: " + done);
    }
  }

  public static RouteStatus shadowing(String name, Evidence evidence) {
    return new RouteStatus(
        name,
        RouteState.SHADOWING,
        new Model(name + "-v1", List.of(URI.create("http://127.0.0.1:9001"))),
        new Model(name + "-v2", List.of(URI.create("http://127.0.0.1:9002"))),
        null,
        new RouteStatus.Trial(name + "-1", START, evidence),
        null,
        null,
        new RouteStatus.Rule(200, new BigDecimal("0.80"), true),
        1);
  }

  public static RouteStatus alone(String name) {
    return new RouteStatus(
        name,
        RouteState.NO_CHALLENGER,
        new Model(name + "-v1", List.of(URI.create("http://127.0.0.1:9001"))),
        null,
        null,
        null,
        null,
        null,
        new RouteStatus.Rule(200, new BigDecimal("0.80"), true),
        1);
  }

  public static Evidence evidence(long agree, long disagree) {
    return new Evidence(
        agree,
        disagree,
        1,
        2,
        Map.of("in_flight", 3L, "cancelled", 1L),
        1,
        agree * 2,
        agree,
        0.5,
        10,
        4);
  }

  private synchronized Queries.Insight insight(Queries.InsightOf query) {
    if (!routes.containsKey(query.route())) {
      return new Queries.Insight(null);
    }
    InsightReport.Sample sample = new InsightReport.Sample(START, "req-1", "/items/3/price");
    InsightReport.ModelLatency model =
        new InsightReport.ModelLatency(
            "v1",
            4,
            1,
            0.25,
            Map.of("timed_out", 1L),
            new InsightReport.Percentiles(3, 1.5, 2, 3, 4));
    return new Queries.Insight(
        new InsightReport(
            new InsightReport.Differences(
                query.route(),
                "e1",
                4,
                List.of(
                    new InsightReport.DifferingPath(
                        "/items/*/price", 2, 0, 0.5, START, START, List.of(sample))),
                0,
                List.of("/id")),
            new InsightReport.Confusion(
                query.route(),
                "e1",
                3,
                2,
                0,
                List.of("7"),
                List.of(List.of(2L, 1L), List.of(0L, 0L))),
            new InsightReport.Latency(query.route(), "e1", model, null)));
  }

  private synchronized Queries.LatencyList latencies() {
    return new Queries.LatencyList(
        routes.keySet().stream()
            .map(name -> insight(new Queries.InsightOf(name)).report())
            .map(report -> Objects.requireNonNull(report).latency())
            .toList());
  }

  /** Tells the question back: one step that begins when it asks from, of the length it asks for. */
  private synchronized Queries.History history(Queries.HistoryOf query) {
    if (!routes.containsKey(query.route())) {
      return new Queries.History(null);
    }
    List<Float> none = Collections.singletonList(null);
    return new Queries.History(
        new HistoryReport(
            query.route(),
            new HistoryReport.Series(
                query.resolution() == HistoryReport.Resolution.MINUTE ? 60 : 1,
                360,
                List.of(query.sinceSeconds()),
                List.of(4),
                List.of(3),
                new HistoryReport.Percentiles(List.of(1.5f), List.of(3f)),
                new HistoryReport.Percentiles(none, none)),
            List.of(START)));
  }

  private synchronized Queries.StatusReport status() {
    statusQuestions.incrementAndGet();
    return new Queries.StatusReport(version, List.copyOf(routes.values()), storageFault);
  }

  private synchronized Queries.DecisionList decisions(Queries.Decisions query) {
    return new Queries.DecisionList(
        newestFirst(decisions)
            .filter(d -> query.route() == null || d.route().equals(query.route()))
            .filter(d -> d.seq() > query.afterSeq())
            .limit(query.limit())
            .toList(),
        newestFirst(unwritten)
            .filter(d -> query.route() == null || d.route().equals(query.route()))
            .toList(),
        isKnown(query.route()));
  }

  private boolean isKnown(@Nullable String route) {
    return route == null
        || routes.containsKey(route)
        || decisions.stream().anyMatch(d -> d.route().equals(route));
  }

  private static Stream<Decision> newestFirst(List<Decision> oldestFirst) {
    List<Decision> reversed = new ArrayList<>(oldestFirst);
    java.util.Collections.reverse(reversed);
    return reversed.stream();
  }

  private synchronized Queries.ConflictList conflicts(Queries.Conflicts query) {
    return new Queries.ConflictList(
        conflicts.stream()
            .filter(c -> query.route() == null || c.route().equals(query.route()))
            .limit(query.limit())
            .toList(),
        isKnown(query.route()));
  }

  private synchronized CommandResult act(OperatorCommand command) {
    RouteStatus route = routes.get(command.route());
    if (route == null) {
      return new CommandResult.NoSuchRoute(command.route());
    }
    RouteState to = target(route.state(), command.action());
    if (to == null) {
      return new CommandResult.Refused(
          route, command.route() + " is " + route.state() + ", which cannot " + command.action());
    }
    return storageFault == null || command.action() == Decision.Action.ROLLBACK
        ? apply(
            command.route(),
            command.action(),
            to,
            Decision.By.OPERATOR,
            command.who(),
            command.reason(),
            command.origin())
        : new CommandResult.NotStored(storageFault);
  }

  private static @Nullable RouteState target(RouteState from, Decision.Action action) {
    if (from == RouteState.NO_CHALLENGER) {
      return null;
    }
    return switch (action) {
      case PROMOTE -> from == RouteState.SHADOWING ? RouteState.PROMOTED : null;
      case ROLLBACK -> from == RouteState.ROLLED_BACK ? null : RouteState.ROLLED_BACK;
      case PAUSE -> from == RouteState.SHADOWING ? RouteState.PAUSED : null;
      case RESUME -> from == RouteState.PAUSED ? RouteState.SHADOWING : null;
      case RESTART -> RouteState.SHADOWING;
      case RENAME -> null;
    };
  }

  private CommandResult apply(
      String name,
      Decision.Action action,
      RouteState to,
      Decision.By by,
      @Nullable String who,
      String reason,
      @Nullable String origin) {
    RouteStatus was = routes.get(name);
    version++;
    Model first = was.standby() == null ? was.champion() : was.standby();
    Model second = was.standby() == null ? was.challenger() : was.champion();
    boolean promoted = to == RouteState.PROMOTED;
    Decision decision =
        new Decision(
            decisions.size() + unwritten.size() + 1L,
            START.plusSeconds(decisions.size() + unwritten.size()),
            name,
            action,
            was.experiment() == null ? null : was.experiment().id(),
            was.champion().name(),
            second == null ? null : second.name(),
            was.state(),
            to,
            by,
            who,
            reason,
            origin,
            was.experiment() == null ? Evidence.NONE : was.experiment().evidence(),
            version);
    RouteStatus now =
        new RouteStatus(
            name,
            to,
            promoted && second != null ? second : first,
            promoted ? null : second,
            promoted ? first : null,
            was.experiment(),
            null,
            decision,
            was.rule(),
            version,
            null,
            null,
            storageFault == null);
    routes.put(name, now);
    if (storageFault == null) {
      decisions.add(decision);
      Decision.CHANNEL.publish(vertx.eventBus(), decision);
    } else {
      unwritten.add(decision);
      Decision.UNWRITTEN.publish(vertx.eventBus(), decision);
    }
    return new CommandResult.Done(now);
  }
}
