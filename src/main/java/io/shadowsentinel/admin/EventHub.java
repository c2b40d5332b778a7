package io.shadowsentinel.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Queries;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event stream. One question about the routes each {@value #POLL_MILLIS} ms serves every
 * listener, and none is asked while nobody listens. On the admin's event loop.
 */
final class EventHub {

  /** Listeners at once; more are refused, since each holds buffers. */
  static final int MAX_CLIENTS = 256;

  /** Decisions that a returning listener is told, the newest ones. */
  static final int MAX_REPLAY = 500;

  static final long POLL_MILLIS = 250;
  static final long HEARTBEAT_MILLIS = 15_000;

  private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);

  private final Vertx vertx;
  private final DecisionClient decisions;
  private final LongSupplier nanoTime;
  private final EventMeters meters;
  private final RouteFrames frames = new RouteFrames();
  private final Map<EventClient, HttpServerResponse> clients = new LinkedHashMap<>();

  private volatile int clientCount;
  private boolean polling;
  private long pollTimer = -1;
  private long heartbeatTimer = -1;

  /**
   * @param nanoTime the clock of the throttle, {@link System#nanoTime()} in production
   */
  EventHub(Vertx vertx, DecisionClient decisions, MeterRegistry registry, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.decisions = decisions;
    this.nanoTime = nanoTime;
    this.meters = new EventMeters(registry, () -> clientCount);
  }

  /** Begins a stream; 503 when too many listen. */
  void accept(RoutingContext ctx) {
    if (clients.size() >= MAX_CLIENTS) {
      meters.refused.increment();
      ctx.response().putHeader("Retry-After", "10");
      Answers.problem(
          ctx, Problem.unavailable(MAX_CLIENTS + " listeners, which is as many as there may be"));
      return;
    }
    Long lastSeen = lastEventId(ctx.request().getHeader("Last-Event-ID"));
    HttpServerResponse response = ctx.response();
    EventClient client = new EventClient(response, this::letGo);
    ctx.addEndHandler(ended -> remove(client));
    // From here on it gets decisions, so that none falls between the question and its answer.
    add(client, response);
    decisions
        .decisions(null, lastSeen == null ? 1 : MAX_REPLAY, lastSeen == null ? 0 : lastSeen)
        .onComplete(
            list -> open(client, response, lastSeen, list),
            fault -> {
              remove(client);
              ctx.fail(fault);
            });
  }

  /** Tells every listener of a decision. */
  void decided(Decision decision) {
    if (clients.isEmpty()) {
      return;
    }
    tell(SseFrames.decision(decision));
  }

  /** Tells every listener of a decision that is in force, and in no log yet. */
  void unwritten(Decision decision) {
    if (!clients.isEmpty()) {
      tell(SseFrames.unwritten(decision));
    }
  }

  private void tell(Buffer frame) {
    List.copyOf(clients.keySet()).forEach(client -> client.decided(frame));
    poll();
  }

  /** Ends every stream; who may still listen comes back by itself. */
  void close() {
    stopTimers();
    List.copyOf(clients.values())
        .forEach(
            response ->
                response.end().onFailure(gone -> LOG.debug("listener left before the end", gone)));
    clients.clear();
    clientCount = 0;
  }

  private void open(
      EventClient client,
      HttpServerResponse response,
      @Nullable Long lastSeen,
      Queries.DecisionList list) {
    if (!clients.containsKey(client)) {
      return;
    }
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        // Asks nginx and its like not to collect events before passing them on.
        .putHeader("X-Accel-Buffering", "no");
    meters.opened.increment();
    if (lastSeen == null) {
      long newest = list.decisions().isEmpty() ? 0 : list.decisions().get(0).seq();
      client.open(List.of(), newest);
    } else {
      client.open(oldestFirst(list.decisions()), lastSeen);
    }
    poll();
  }

  private static List<Decision> oldestFirst(List<Decision> newestFirst) {
    return newestFirst.stream().sorted((a, b) -> Long.compare(a.seq(), b.seq())).toList();
  }

  private void poll() {
    if (polling || clients.isEmpty()) {
      return;
    }
    polling = true;
    decisions
        .status()
        .compose(report -> vertx.executeBlocking(() -> frames.update(report.routes())))
        .onComplete(this::deliver, this::missed);
  }

  private void deliver(List<RouteFrames.Frame> routes) {
    polling = false;
    long now = nanoTime.getAsLong();
    for (EventClient client : List.copyOf(clients.keySet())) {
      meters.updatesSkipped.increment(client.routes(routes, now));
    }
  }

  private void missed(Throwable fault) {
    polling = false;
    LOG.debug("no answer about the routes; asked again in {} ms", POLL_MILLIS, fault);
  }

  private void heartbeat() {
    List.copyOf(clients.keySet()).forEach(EventClient::heartbeat);
  }

  private void add(EventClient client, HttpServerResponse response) {
    clients.put(client, response);
    clientCount = clients.size();
    if (pollTimer < 0) {
      pollTimer = vertx.setPeriodic(POLL_MILLIS, unused -> poll());
      heartbeatTimer = vertx.setPeriodic(HEARTBEAT_MILLIS, unused -> heartbeat());
    }
  }

  private void remove(EventClient client) {
    clients.remove(client);
    clientCount = clients.size();
    if (clients.isEmpty()) {
      stopTimers();
    }
  }

  private void letGo(EventClient client) {
    HttpServerResponse response = clients.get(client);
    if (response == null) {
      return;
    }
    meters.tooSlow.increment();
    remove(client);
    response.reset().onFailure(gone -> LOG.debug("listener was gone already", gone));
  }

  private void stopTimers() {
    if (pollTimer >= 0) {
      vertx.cancelTimer(pollTimer);
      vertx.cancelTimer(heartbeatTimer);
      pollTimer = -1;
      heartbeatTimer = -1;
    }
  }

  private static @Nullable Long lastEventId(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      return null;
    }
    // At most 18 digits, so that it cannot overflow.
    if (!header.matches("[0-9]{1,18}")) {
      throw ProblemException.badRequest(
          "Last-Event-ID: " + header + " (expected the id of a decision event)");
    }
    return Long.valueOf(header);
  }
}
