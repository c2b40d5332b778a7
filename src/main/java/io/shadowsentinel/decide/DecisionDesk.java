package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.Decision.By;
import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RoutingTable;
import io.shadowsentinel.table.Transition;
import io.shadowsentinel.table.Transitions;
import io.shadowsentinel.text.OccasionalLog;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what happened and what is wished, decides, has it written down, and only then announces it;
 * but for a rollback, which is in force at once, written down or not. Knows nothing of the event
 * bus. One thread, but for what is asked of it: that is answered to any, and never waits for the
 * disk.
 */
final class DecisionDesk {

  /** Who is told. */
  interface Announcer {
    void tableChanged(RoutingTable table);

    /** It is on disk. */
    void decided(Decision decision);

    /** It is in force and could not be written down; told once, and {@link #decided} follows. */
    void unwritten(Decision decision);
  }

  /** Longer reasons are refused: each is one line that is read for as long as the log lives. */
  static final int MAX_REASON_CHARS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(DecisionDesk.class);
  private static final long RETRY_MILLIS = 1_000;

  /** How many decisions that are not written are named where somebody reads them. */
  private static final int MAX_NAMED = 10;

  /**
   * What a request may take beside twice the mirror's time until it is settled: to be patched and
   * compared, with all that stand before it, and a judge to be asked.
   */
  private static final Duration SETTLING = Duration.ofSeconds(60);

  private final StateStore store;
  private final EligibleCounts eligible;
  private final Clock clock;
  private final DecisionMeters meters;
  private final Announcer announcer;
  private final LedgerBook book;
  private final InsightsBook insights = new InsightsBook();
  private final HistoryBook history = new HistoryBook();
  private final ArrivalOrders orders;
  private final OccasionalLog faults =
      new OccasionalLog(LOG, Duration.ofSeconds(10), System::nanoTime);
  private final StorageHealth health;
  private boolean evidenceChanged;
  private long notStoredAtMillis = Long.MIN_VALUE / 2;

  /** The last decision of which it was told that it is not written. */
  private long toldUnwritten;

  DecisionDesk(
      StateStore store,
      EligibleCounts eligible,
      Clock clock,
      DecisionMeters meters,
      Announcer announcer) {
    this.store = store;
    this.eligible = eligible;
    this.clock = clock;
    this.meters = meters;
    this.announcer = announcer;
    this.book = new LedgerBook(store, eligible);
    this.orders = new ArrivalOrders(eligible);
    this.health = new StorageHealth(store.toString());
  }

  /**
   * Continues where the store was left, under the config as it now is.
   *
   * @throws IOException when what has changed cannot be written down, and nothing is forced
   * @throws IllegalArgumentException when a route that is to be rolled back does not exist, or the
   *     config contradicts itself
   */
  void open(Reconfigure initial, ForcedRollback forced) throws IOException {
    Instant now = now();
    List<String> names = initial.routes().stream().map(spec -> spec.name()).toList();
    if (forced.route() != null && !names.contains(forced.route())) {
      throw new IllegalArgumentException(
          "force-rollback: no route '" + forced.route() + "' (expected one of " + names + ")");
    }
    book.restore(initial);
    List<Decision> decisions = begin(initial, forced, now);
    List<Decision> rollbacks = new ArrayList<>();
    for (RouteLedger ledger : book.ledgers()) {
      if (forced.wants(ledger.name())
          && Transitions.rollback(ledger.route()) instanceof Transition.To to) {
        rollbacks.add(
            book.adopt(
                new Change(
                    ledger,
                    to.route(),
                    Action.ROLLBACK,
                    By.OPERATOR,
                    "rolled back at the start (--force-rollback)",
                    "command line"),
                now));
      }
    }
    announce(decisions, true);
    rollbacks.forEach(meters::count);
    writeDown();
    decideAllDue();
  }

  /** An emergency brake that needs a disk would be none: then the start itself is written later. */
  private List<Decision> begin(Reconfigure initial, ForcedRollback forced, Instant now)
      throws IOException {
    try {
      return reconcile(initial, now);
    } catch (IOException e) {
      if (forced.equals(ForcedRollback.NONE)) {
        throw e;
      }
      notWritten(e.toString());
      Reconciliation plan = plan(initial, now);
      book.adopt(plan.ledgers(), plan.changes(), now).forEach(meters::count);
      return List.of();
    }
  }

  /** The routes are to be as the config has them. */
  Reconfigure.Result reconfigure(Reconfigure config) {
    long versionBefore = book.table().version();
    try {
      List<Decision> decisions = reconcile(config, now());
      announce(decisions, book.table().version() != versionBefore);
      history.configApplied(now());
    } catch (IOException e) {
      notWritten(e.toString());
      return new Reconfigure.NotStored(e.toString());
    } catch (IllegalArgumentException e) {
      return new Reconfigure.NotApplied(String.valueOf(e.getMessage()));
    }
    // Less evidence may do now, or the rule be on again: what is enough is not kept waiting.
    decideAllDue();
    return new Reconfigure.Applied(book.table().version());
  }

  private List<Decision> reconcile(Reconfigure config, Instant now) throws IOException {
    Reconciliation plan = plan(config, now);
    if (plan.tableChanged() || book.table().version() == 0) {
      announceWritten(book.flush());
      return book.commit(plan.ledgers(), plan.changes(), now);
    }
    plan.ledgers().forEach(book.board()::put);
    return List.of();
  }

  private Reconciliation plan(Reconfigure config, Instant now) {
    return Reconciliation.of(
        book.ledgers(), book, config, now, name -> book.newExperiment(name, now));
  }

  /** Does what an operator wishes, if the route's state allows it. */
  CommandResult command(OperatorCommand command) {
    Optional<RouteLedger> found = book.find(command.route());
    if (found.isEmpty()) {
      return new CommandResult.NoSuchRoute(command.route());
    }
    RouteLedger ledger = found.get();
    if (command.reason().length() > MAX_REASON_CHARS) {
      return refused(
          ledger,
          "reason: %d characters (expected at most %d)"
              .formatted(command.reason().length(), MAX_REASON_CHARS));
    }
    Transition transition = transition(ledger.route(), command.action());
    if (transition instanceof Transition.Refused no) {
      return refused(ledger, "route " + ledger.name() + ": " + no.why());
    }
    Route after = ((Transition.To) transition).route();
    try {
      take(
          new Change(
              ledger,
              after,
              command.action(),
              By.OPERATOR,
              command.who(),
              command.reason(),
              command.origin()));
    } catch (IOException e) {
      notWritten(e.toString());
      return new CommandResult.NotStored(e.toString());
    }
    book.find(command.route()).ifPresent(this::decideIfDue);
    return new CommandResult.Done(status(book.find(command.route()).orElseThrow()));
  }

  private Transition transition(Route route, Action action) {
    return switch (action) {
      case PROMOTE -> Transitions.promote(route);
      case ROLLBACK -> Transitions.rollback(route);
      case PAUSE -> Transitions.pause(route);
      case RESUME -> Transitions.resume(route);
      case RESTART -> Transitions.restart(route, book.newExperiment(route.name(), now()));
      case RENAME -> new Transition.Refused("a name is the config's to give");
    };
  }

  private CommandResult refused(RouteLedger ledger, String why) {
    return new CommandResult.Refused(status(ledger), why);
  }

  /**
   * Takes in how requests ended. What there is to show of them is shown at once; as evidence they
   * count in the order in which they came, and a decision is taken at the first moment that one is
   * due. Whatever goes wrong with one costs no other.
   */
  void count(VerdictBatch batch) {
    List<Conflict> conflicts = new ArrayList<>();
    long nowMillis = clock.millis();
    for (Verdict verdict : batch.verdicts()) {
      Settlement how = Settlement.of(verdict);
      boolean counts = settle(verdict.scope(), verdict.number(), how);
      guarded(verdict.route(), () -> show(verdict, counts, nowMillis, conflicts));
      countWhoseTurnItIs(verdict.route(), verdict.scope(), verdict.number(), how);
    }
    for (Shed shed : batch.shed()) {
      guarded(shed.route(), () -> meters.count(shed));
      if (shed.number() == Arrivals.NO_NUMBER) {
        guarded(shed.route(), () -> count(shed));
      } else {
        Settlement how = Settlement.of(shed.reason());
        settle(shed.scope(), shed.number(), how);
        countWhoseTurnItIs(shed.route(), shed.scope(), shed.number(), how);
      }
    }
    guarded("all", () -> meters.countNotKept(store.conflicts().keep(conflicts, nowMillis)));
  }

  /** False when it is too late for that: it was given up, or its scope is long over. */
  private boolean settle(String scope, long number, Settlement how) {
    if (number == Arrivals.NO_NUMBER) {
      return true;
    }
    ArrivalOrder order = orders.of(scope);
    return order != null && order.settle(number, how);
  }

  private void show(Verdict verdict, boolean counts, long nowMillis, List<Conflict> conflicts) {
    RouteLedger ledger = book.board().counting(verdict.scope()).orElse(null);
    boolean late = !counts || ledger == null || !ledger.counts(verdict.scope());
    meters.count(verdict, late);
    if (verdict.conflict() != null && book.find(verdict.route()).isPresent()) {
      conflicts.add(verdict.conflict());
    }
    if (late || ledger == null) {
      LOG.debug("route {}: a verdict of {} came too late", verdict.route(), verdict.scope());
      return;
    }
    insights.add(verdict);
    history.add(verdict, nowMillis);
    if (verdict.format() != null && !verdict.format().equals(ledger.format())) {
      put(ledger.withFormat(verdict.format()));
    }
  }

  private void countWhoseTurnItIs(String route, String scope, long number, Settlement how) {
    if (number == Arrivals.NO_NUMBER) {
      guarded(route, () -> count(scope, how));
      return;
    }
    ArrivalOrder order = orders.of(scope);
    if (order != null) {
      countWhoseTurnItIs(route, scope, order);
    }
  }

  private void countWhoseTurnItIs(String route, String scope, ArrivalOrder order) {
    Settlement next = order.poll();
    if (next == null) {
      return;
    }
    while (next != null) {
      Settlement now = next;
      guarded(route, () -> count(scope, now));
      next = order.poll();
    }
    order.publish();
  }

  private void count(String scope, Settlement how) {
    RouteLedger ledger = book.board().counting(scope).orElse(null);
    if (ledger == null || !ledger.counts(scope)) {
      return;
    }
    RouteLedger.Step step = ledger.step(scope, how);
    put(step.next());
    if (step.due() != null) {
      decideIfDue(step.next());
    }
  }

  private void count(Shed shed) {
    book.board()
        .counting(shed.scope())
        .filter(ledger -> ledger.counts(shed.scope()))
        .ifPresent(ledger -> put(ledger.plus(shed)));
  }

  /** One that fails is a fault of ours, and costs none of the others. */
  private void guarded(String route, Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      faults.error("route " + route + ": a comparison was not counted in full", e);
    }
  }

  /** What is lost on its way here, which nothing should be, must not hold up the rest for ever. */
  private void giveUpWhatIsLost() {
    for (RouteLedger ledger : book.board().allLedgers()) {
      Duration longest = ledger.route().spec().mirror().timeout().multipliedBy(2).plus(SETTLING);
      for (String scope : ledger.scopes()) {
        ArrivalOrder order = orders.of(scope);
        int lost = order == null ? 0 : order.giveUp(clock.millis(), longest);
        if (order != null && lost > 0) {
          LOG.warn(
              "route {}: {} mirrored requests came to no outcome, and are counted as incomparable",
              ledger.name(),
              lost);
          meters.countLost(ledger.name(), lost);
          countWhoseTurnItIs(ledger.name(), scope, order);
        }
      }
    }
  }

  private void put(RouteLedger ledger) {
    book.board().put(ledger);
    meters.show(ledger);
    evidenceChanged = true;
  }

  private void decideAllDue() {
    book.ledgers().forEach(this::decideIfDue);
  }

  /**
   * Takes the decision that the rule asks for. One that cannot be written down is not taken: the
   * rule is asked again, of the evidence there is then, at a later verdict or tick.
   */
  private void decideIfDue(RouteLedger ledger) {
    Action due = ledger.due().orElse(null);
    if (due == null || book.find(ledger.name()).isEmpty()) {
      return; // one that has left the config counts what was under way, and decides nothing
    }
    if (Math.abs(clock.millis() - notStoredAtMillis) < RETRY_MILLIS) {
      return;
    }
    if (transition(ledger.route(), due) instanceof Transition.To to) {
      String reason = DecisionRule.explain(ledger.experiment(), ledger.rule());
      try {
        take(new Change(ledger, to.route(), due, By.AUTO, reason, null));
      } catch (IOException e) {
        notStoredAtMillis = clock.millis();
        notWritten(due + " of route " + ledger.name() + ": " + e);
      }
    }
  }

  private void take(Change change) throws IOException {
    if (change.action() == Action.ROLLBACK) {
      rollBack(change);
      return;
    }
    announceWritten(book.flush());
    announce(List.of(book.commit(change, now())), true);
  }

  /** The safe direction: in force at once, and written down as soon as it can be. */
  private void rollBack(Change change) {
    Decision decision = book.adopt(change, now());
    announce(List.of(), true);
    meters.count(decision);
    writeDown();
  }

  /** Writes down what is in force already, or says of it that it is not written. */
  private void writeDown() {
    try {
      announceWritten(book.flush());
    } catch (IOException e) {
      notWritten(e.toString());
      for (Decision decision : book.board().unwritten()) {
        if (decision.seq() > toldUnwritten) {
          toldUnwritten = decision.seq();
          LOG.warn(
              "decision {} ({} of route {}) is in force, but not written down: a restart before it"
                  + " is would undo it. It is tried again all the time",
              decision.seq(),
              decision.action(),
              decision.route());
          announcer.unwritten(decision);
        }
      }
    }
  }

  private void announceWritten(List<Decision> decisions) {
    String behind = book.board().unwritten().isEmpty() ? store.tableFault() : null;
    if (behind != null) {
      notWritten(behind);
    }
    for (Decision decision : decisions) {
      if (decision.seq() <= toldUnwritten) {
        LOG.info(
            "decision {} ({} of route {}) is written down now",
            decision.seq(),
            decision.action(),
            decision.route());
      }
      announcer.decided(decision);
    }
  }

  private void announce(List<Decision> decisions, boolean tableChanged) {
    meters.show(book.ledgers(), book.table().version());
    insights.retainOnly(book.ledgers());
    history.retainOnly(book.ledgers().stream().map(RouteLedger::name).toList());
    orders.forgetOld();
    evidenceChanged |= tableChanged;
    decisions.forEach(meters::count);
    if (tableChanged) {
      announcer.tableChanged(book.table());
    }
    announceWritten(decisions);
  }

  /** To be called at least once a second: what is only in memory goes to disk. */
  void tick() {
    giveUpWhatIsLost();
    try {
      announceWritten(book.flush());
      store.catchUp();
      if (evidenceChanged || health.fault() != null) {
        store.saveEvidence(book.board().allLedgers(), eligible);
        evidenceChanged = false;
      }
      health.recovered();
      meters.stateWritten();
    } catch (IOException e) {
      notWritten(e.toString());
    }
    decideAllDue();
  }

  /** The last call: what is in memory only goes to disk. */
  void close() {
    tick();
    for (Decision decision : book.board().unwritten()) {
      LOG.error(
          "decision {} ({} of route {}) was in force and is not written down: the next start knows"
              + " nothing of it",
          decision.seq(),
          decision.action(),
          decision.route());
    }
  }

  private void notWritten(String what) {
    health.failed(what, clock.millis());
    meters.stateNotWritten();
  }

  RoutingTable table() {
    return book.table();
  }

  Queries.StatusReport status() {
    Board board = book.board();
    return new Queries.StatusReport(
        board.table().version(),
        board.ledgers().stream().map(ledger -> status(board, ledger)).toList(),
        storageFault(board));
  }

  private RouteStatus status(RouteLedger ledger) {
    return status(book.board(), ledger);
  }

  private RouteStatus status(Board board, RouteLedger ledger) {
    return ledger
        .status(eligible, board.table().version())
        .with(insights.selfCheck(ledger.route()), board.isDurable(ledger.name()));
  }

  private @Nullable String storageFault(Board board) {
    String fault = health.fault();
    if (board.unwritten().isEmpty()) {
      return fault;
    }
    List<String> what =
        board.unwritten().stream().map(d -> d.action() + " of route " + d.route()).toList();
    return "in force, but not written down, so that a restart would undo it: "
        + String.join(", ", what.subList(0, Math.min(what.size(), MAX_NAMED)))
        + (what.size() > MAX_NAMED ? " and " + (what.size() - MAX_NAMED) + " more" : "")
        + (fault == null ? "" : " (" + fault + ")");
  }

  Queries.Insight insight(Queries.InsightOf query) {
    return new Queries.Insight(
        book.find(query.route()).map(ledger -> insights.report(ledger.route())).orElse(null));
  }

  Queries.LatencyList latencies() {
    return new Queries.LatencyList(
        book.ledgers().stream().map(ledger -> insights.latency(ledger.route())).toList());
  }

  Queries.History history(Queries.HistoryOf query) {
    return new Queries.History(
        book.find(query.route()).map(l -> history.report(query, clock.millis())).orElse(null));
  }

  Queries.DecisionList decisions(Queries.Decisions query) {
    // Asked before the log: what is written in between is in both, and taken from the log.
    Board board = book.board();
    List<Decision> found = store.decisions().find(query);
    long written = store.decisions().lastSeq();
    List<Decision> unwritten =
        board.unwritten().stream()
            .filter(decision -> decision.seq() > Math.max(written, query.afterSeq()))
            .filter(decision -> query.route() == null || query.route().equals(decision.route()))
            .sorted(Comparator.comparingLong(Decision::seq).reversed())
            .toList();
    return new Queries.DecisionList(found, unwritten, knows(board, query.route()));
  }

  Queries.ConflictList conflicts(Queries.Conflicts query) {
    return new Queries.ConflictList(
        store.conflicts().find(query), knows(book.board(), query.route()));
  }

  private boolean knows(Board board, @Nullable String route) {
    return route == null
        || board.find(route).isPresent()
        || board.away(route).isPresent()
        || store.decisions().knows(route);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
