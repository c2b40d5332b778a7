package io.shadowsentinel.alert;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Queries;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Turns decisions into alerts in the outbox, each once and in order. A decision that is announced
 * is taken at once if it is the next; in every other case (a start, a gap, a full disk) the log is
 * asked for all after the cursor. The cursor moves only once the alerts are on the disk. A decision
 * that is in force and in no log yet is told from memory, and moves nothing. One context.
 */
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);
  private static final int PAGE = 10_000;

  private final Vertx vertx;
  private final Clock clock;
  private final RetryPolicy retry;
  private final Outbox outbox;
  private final Dispatcher dispatcher;
  private Map<String, Dispatcher.Receiver> receivers = Map.of();
  private Cursor cursor;

  /** By number, the alerts of decisions that are in no log yet: at most a few for each route. */
  private final Map<Long, List<OutboxEntry>> unwritten = new HashMap<>();

  private boolean logVerified;
  private boolean asking;
  private boolean askAgain;
  private int failures;
  private @Nullable Long timer;
  private boolean stopped;

  Intake(
      Vertx vertx,
      Clock clock,
      RetryPolicy retry,
      Outbox outbox,
      Dispatcher dispatcher,
      Cursor cursor) {
    this.vertx = vertx;
    this.clock = clock;
    this.retry = retry;
    this.outbox = outbox;
    this.dispatcher = dispatcher;
    this.cursor = cursor;
  }

  void receivers(Map<String, Dispatcher.Receiver> next) {
    receivers = Map.copyOf(next);
  }

  void stop() {
    stopped = true;
    cancelTimer();
  }

  /** A decision was announced. */
  void announced(Decision decision) {
    boolean upToDate = logVerified && !asking && timer == null;
    if (!upToDate || decision.seq() > cursor.lastSeq() + 1) {
      catchUp();
    } else if (decision.seq() == cursor.lastSeq() + 1) {
      try {
        take(List.of(decision));
      } catch (IOException | RuntimeException e) {
        tryLater(e);
      }
    }
  }

  /** A decision is in force, and in no log: its alerts cannot wait until there is room. */
  void unwritten(Decision decision) {
    List<OutboxEntry> entries = entries(decision);
    unwritten.put(decision.seq(), entries);
    entries.forEach(dispatcher::add);
  }

  /** Asks the log for what is after the cursor, until nothing is. */
  void catchUp() {
    if (asking) {
      askAgain = true;
      return;
    }
    cancelTimer();
    asking = true;
    askAgain = false;
    Queries.Decisions question =
        logVerified
            ? new Queries.Decisions(null, PAGE, cursor.lastSeq())
            : new Queries.Decisions(null, 1, 0);
    Queries.DECISIONS
        .request(vertx.eventBus(), question, Queries.DecisionList.class)
        .onSuccess(this::answered)
        .onFailure(this::tryLater);
  }

  private void answered(Queries.DecisionList answer) {
    asking = false;
    if (stopped) {
      return;
    }
    List<Decision> decisions =
        answer.decisions().stream().sorted(Comparator.comparingLong(Decision::seq)).toList();
    try {
      if (!logVerified) {
        verify(decisions.isEmpty() ? 0 : decisions.get(0).seq());
        catchUp();
        return;
      }
      reportGap(decisions);
      take(decisions);
      failures = 0;
    } catch (IOException | RuntimeException e) {
      tryLater(e);
      return;
    }
    if (askAgain || decisions.size() >= PAGE) {
      catchUp();
    }
  }

  /** A log that is shorter than what was read of it is another log: the first was removed. */
  private void verify(long newestSeq) throws IOException {
    if (newestSeq < cursor.lastSeq()) {
      log.warn(
          "the decision log ends at {} but alerts were made up to {}: it was replaced, so it is"
              + " read from its beginning",
          newestSeq,
          cursor.lastSeq());
      cursor = cursor.rewound();
      outbox.writeCursor(cursor);
    }
    logVerified = true;
  }

  private void reportGap(List<Decision> decisions) {
    if (decisions.isEmpty() || cursor.isHistory(decisions.get(0))) {
      return;
    }
    long missing = decisions.get(0).seq() - cursor.lastSeq() - 1;
    if (missing > 0) {
      log.error(
          "{} decisions after number {} are not in the log any more: nobody was alerted of them",
          missing,
          cursor.lastSeq());
    }
  }

  private void take(List<Decision> decisions) throws IOException {
    boolean written = true;
    for (Decision decision : decisions) {
      if (decision.seq() <= cursor.lastSeq()) {
        continue;
      }
      List<OutboxEntry> entries = cursor.isHistory(decision) ? List.of() : untold(decision);
      for (OutboxEntry entry : entries) {
        outbox.write(entry);
      }
      Cursor next = cursor.after(decision);
      written = !entries.isEmpty();
      if (written) {
        outbox.writeCursor(next);
      }
      cursor = next;
      unwritten.remove(decision.seq());
      entries.forEach(dispatcher::add);
    }
    if (!written) {
      outbox.writeCursor(cursor);
    }
  }

  /** What is to be in the outbox for a decision; of one that was told from memory, what waits. */
  private List<OutboxEntry> untold(Decision decision) {
    List<OutboxEntry> told = unwritten.get(decision.seq());
    return told == null ? entries(decision) : told.stream().filter(dispatcher::isPending).toList();
  }

  private List<OutboxEntry> entries(Decision decision) {
    return receivers.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(receiver -> entry(decision, receiver.getKey(), receiver.getValue()))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<OutboxEntry> entry(
      Decision decision, String channelId, Dispatcher.Receiver receiver) {
    String id = Notice.id(decision, channelId);
    String known = decision.formerly() == null ? decision.route() : decision.formerly();
    Notice notice = new Notice(id, decision, cursor.firing(known));
    return receiver
        .channel()
        .render(notice)
        .map(
            message ->
                new OutboxEntry(
                    id,
                    decision.seq(),
                    channelId,
                    receiver.settings().type().label(),
                    decision.route(),
                    clock.instant(),
                    message.headers(),
                    message.body()));
  }

  private void tryLater(Throwable e) {
    asking = false;
    if (stopped) {
      return;
    }
    failures++;
    Duration wait =
        retry
            .next("catch-up", clock.instant(), clock.instant(), failures, null)
            .orElse(retry.cap());
    if (e instanceof ReplyException) {
      // The decision verticle may start after this one: the first time is no trouble yet.
      log.atLevel(failures == 1 ? Level.DEBUG : Level.WARN)
          .log("the decision log does not answer ({}); next attempt in {}", e.toString(), wait);
    } else {
      log.error("alerts cannot be put into the outbox; next attempt in {}", wait, e);
    }
    cancelTimer();
    timer =
        vertx.setTimer(
            Math.max(1, wait.toMillis()),
            id -> {
              timer = null;
              catchUp();
            });
  }

  private void cancelTimer() {
    if (timer != null) {
      vertx.cancelTimer(timer);
      timer = null;
    }
  }
}
