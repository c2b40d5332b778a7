package io.shadowsentinel.alert;

import io.shadowsentinel.alert.AlertMetrics.Result;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Delivers what is in the outbox. Each channel and route is a lane: its alerts go one after
 * another, so that the end of an alert never overtakes the alert; lanes do not wait for each other.
 * One context.
 */
final class Dispatcher {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final Vertx vertx;
  private final Clock clock;
  private final AlertVerticle.Tuning tuning;
  private final Sender sender;
  private final Outbox outbox;
  private final AlertMetrics metrics;
  private final Map<LaneKey, Lane> lanes = new HashMap<>();
  private final NavigableSet<OutboxEntry> pending =
      new TreeSet<>(
          Comparator.comparingLong(OutboxEntry::seq)
              .thenComparing(OutboxEntry::channel)
              .thenComparing(OutboxEntry::id));
  private Map<String, Receiver> receivers = Map.of();
  private boolean stopped;

  /** A channel in use. The settings are for the log, which they show no secret. */
  record Receiver(ChannelSettings settings, AlertChannel channel) {}

  private record LaneKey(String channel, String route) {}

  private static final class Lane {
    final Deque<OutboxEntry> waiting = new ArrayDeque<>();
    int failures;
    boolean inFlight;
    @Nullable Long timer;
  }

  Dispatcher(
      Vertx vertx,
      Clock clock,
      AlertVerticle.Tuning tuning,
      Sender sender,
      Outbox outbox,
      AlertMetrics metrics) {
    this.vertx = vertx;
    this.clock = clock;
    this.tuning = tuning;
    this.sender = sender;
    this.outbox = outbox;
    this.metrics = metrics;
  }

  /**
   * Replaces the channels, by id, and drops what waits for one that is gone; what is in flight to
   * it may still arrive.
   *
   * @return how many were dropped
   */
  int receivers(Map<String, Receiver> next) {
    receivers = Map.copyOf(next);
    List<OutboxEntry> orphans =
        pending.stream()
            .filter(entry -> !receivers.containsKey(entry.channel()) && !isInFlight(entry))
            .toList();
    orphans.forEach(this::drop);
    return orphans.size();
  }

  /**
   * Takes an alert that is in the outbox, or will be. One that is here already is not taken twice.
   */
  void add(OutboxEntry entry) {
    if (!pending.add(entry)) {
      return;
    }
    Lane lane = lanes.computeIfAbsent(key(entry), key -> new Lane());
    lane.waiting.add(entry);
    if (!receivers.containsKey(entry.channel())) {
      drop(entry);
      return;
    }
    if (pending.size() > tuning.maxEntries()) {
      evictOldest();
    }
    metrics.pending(pending.size());
    next(lane);
  }

  /** True for an alert that is here and has come to no end. */
  boolean isPending(OutboxEntry entry) {
    return pending.contains(entry);
  }

  /** Ends delivery; what is in flight is delivered again after the next start. */
  void stop() {
    stopped = true;
    lanes.values().forEach(this::cancelTimer);
  }

  private void next(Lane lane) {
    OutboxEntry entry = lane.waiting.peek();
    if (stopped || lane.inFlight || lane.timer != null || entry == null) {
      return;
    }
    Receiver receiver = receivers.get(entry.channel());
    if (receiver == null) {
      // Its channel has gone, and it is the next to be dropped.
      return;
    }
    lane.inFlight = true;
    sender
        .send(receiver.channel().target(), receiver.settings().tls(), entry)
        .onSuccess(reply -> settle(lane, entry, receiver.settings(), reply))
        .onFailure(
            e -> settle(lane, entry, receiver.settings(), new Reply.Failed(e.toString(), null)));
  }

  private void settle(Lane lane, OutboxEntry entry, ChannelSettings receiver, Reply reply) {
    lane.inFlight = false;
    if (stopped) {
      return;
    }
    if (reply instanceof Reply.Failed failed) {
      failed(lane, entry, receiver, failed);
      return;
    }
    log.info(
        "alert {} for route {} delivered to {} after {} failed attempts",
        entry.id(),
        entry.route(),
        receiver,
        lane.failures);
    finish(entry, Result.DELIVERED);
  }

  private void failed(Lane lane, OutboxEntry entry, ChannelSettings to, Reply.Failed reply) {
    if (!receivers.containsKey(entry.channel())) {
      drop(entry);
      return;
    }
    lane.failures++;
    Optional<Duration> wait =
        tuning
            .retry()
            .next(
                entry.id(), entry.enqueuedAt(), clock.instant(), lane.failures, reply.retryAfter());
    if (wait.isEmpty()) {
      log.error(
          "alert {} for route {} given up: not delivered to {} since {}, lately because {}",
          entry.id(),
          entry.route(),
          to,
          entry.enqueuedAt(),
          reply.why());
      finish(entry, Result.GIVEN_UP);
      return;
    }
    metrics.count(entry, Result.RETRIED);
    // Once for an alert: an hour of a receiver that is down is one line, not hundreds.
    log.atLevel(lane.failures == 1 ? Level.WARN : Level.DEBUG)
        .log(
            "alert {} for route {} not delivered to {} (attempt {}: {}); next attempt in {} ms",
            entry.id(),
            entry.route(),
            to,
            lane.failures,
            reply.why(),
            wait.get().toMillis());
    lane.timer =
        vertx.setTimer(
            Math.max(1, wait.get().toMillis()),
            id -> {
              lane.timer = null;
              next(lane);
            });
  }

  private void drop(OutboxEntry entry) {
    log.warn(
        "alert {} for route {} dropped: its channel is not in the config any more",
        entry.id(),
        entry.route());
    finish(entry, Result.DROPPED);
  }

  private void evictOldest() {
    pending.stream()
        .filter(entry -> !isInFlight(entry))
        .findFirst()
        .ifPresent(
            oldest -> {
              log.error(
                  "alert {} for route {} given up: the outbox holds more than {}",
                  oldest.id(),
                  oldest.route(),
                  tuning.maxEntries());
              finish(oldest, Result.GIVEN_UP);
            });
  }

  private boolean isInFlight(OutboxEntry entry) {
    Lane lane = lanes.get(key(entry));
    return lane != null && lane.inFlight && entry.equals(lane.waiting.peek());
  }

  /** Counts what became of an alert, takes it out everywhere, and goes on with its lane. */
  private void finish(OutboxEntry entry, Result result) {
    metrics.count(entry, result);
    pending.remove(entry);
    metrics.pending(pending.size());
    try {
      outbox.remove(entry);
    } catch (IOException e) {
      log.warn("alert {} cannot be taken out of the outbox, and may be told again", entry.id(), e);
    }
    Lane lane = lanes.get(key(entry));
    if (lane == null) {
      return;
    }
    boolean wasHead = entry.equals(lane.waiting.peek());
    lane.waiting.remove(entry);
    if (lane.waiting.isEmpty()) {
      cancelTimer(lane);
      lanes.remove(key(entry));
    } else if (wasHead) {
      cancelTimer(lane);
      lane.failures = 0;
      next(lane);
    }
  }

  private void cancelTimer(Lane lane) {
    if (lane.timer != null) {
      vertx.cancelTimer(lane.timer);
      lane.timer = null;
    }
  }

  private static LaneKey key(OutboxEntry entry) {
    return new LaneKey(entry.channel(), entry.route());
  }
}
