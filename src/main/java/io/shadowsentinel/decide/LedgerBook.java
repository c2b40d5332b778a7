package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RoutingTable;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The ledgers of all routes and the table they make, in memory and on disk: {@link #commit} changes
 * both, the disk first, or neither; {@link #adopt} changes what is in memory, and {@link #flush}
 * writes that down. One thread, but for {@link #board()}.
 */
final class LedgerBook implements Reconciliation.Known {

  /**
   * How many routes that are not in the config are kept; the log keeps what was decided of more.
   */
  static final int MAX_ABSENT = 1_000;

  /** No fingerprint: the file that it would stand in is of an earlier release. */
  private static final String UNKNOWN = "";

  private static final Logger LOG = LoggerFactory.getLogger(LedgerBook.class);
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final StateStore store;
  private final EligibleCounts eligible;

  /** Of routes that were restored and are not in the config, what they matched. */
  private final Map<String, String> storedMatches = new HashMap<>();

  private volatile Board board = Board.EMPTY;
  private Set<String> scopes = Set.of();

  LedgerBook(StateStore store, EligibleCounts eligible) {
    this.store = store;
    this.eligible = eligible;
  }

  /**
   * Takes the ledgers from disk, as far as the config still has their routes; the rest of the
   * config is for {@link Reconciliation} to compare.
   */
  void restore(Reconfigure config) {
    Map<String, RouteSpec> specs =
        config.routes().stream().collect(Collectors.toMap(RouteSpec::name, s -> s, (a, b) -> a));
    List<RouteLedger> restored = new ArrayList<>();
    for (StoredTable.Entry entry : store.table().routes()) {
      RouteSpec spec = specs.get(entry.name());
      DecideSettings rule = config.rules().getOrDefault(entry.name(), DecideSettings.DEFAULTS);
      restored.add(restore(entry, spec, rule));
      if (spec == null) {
        storedMatches.put(entry.name(), entry.match() == null ? UNKNOWN : entry.match());
      }
    }
    Map<String, Board.Absent> absent = new LinkedHashMap<>();
    for (StoredTable.Absent left : store.table().absent()) {
      RouteLedger ledger = restore(left.route(), null, DecideSettings.DEFAULTS);
      absent.put(ledger.name(), new Board.Absent(left.leftAt(), ledger));
    }
    RoutingTable table =
        new RoutingTable(
            store.table().version(), restored.stream().map(RouteLedger::route).toList());
    show(new Board(table, restored, absent, List.of()));
  }

  private RouteLedger restore(
      StoredTable.Entry entry, @Nullable RouteSpec spec, DecideSettings rule) {
    Route route = entry.route();
    Route full = spec == null ? route : withStoredModels(route, spec);
    String experiment = route.experiment();
    if (experiment == null) {
      return RouteLedger.open(full, rule, Instant.EPOCH);
    }
    Decision ruling = store.decisions().lastRuling(route.name());
    RouteLedger ledger =
        new RouteLedger(
            full,
            rule,
            entry.experimentStartedAt(),
            entry.watchStartedAt(),
            latest(
                store.restoredEvidence(experiment),
                store.decisions().last(route.name()),
                experiment),
            route.promoted()
                ? store.restoredEvidence(Route.watchOf(experiment)).ofEligible(0)
                : Evidence.NONE,
            ruling != null && experiment.equals(ruling.experiment()) ? ruling : null);
    prime(ledger.experimentTrial(eligible));
    prime(ledger.watchTrial(eligible));
    return ledger;
  }

  /** The snapshot may be up to a second old; a decision's own is as old as the decision. */
  private static Evidence latest(Evidence snapshot, @Nullable Decision last, String experiment) {
    boolean behind =
        last != null
            && experiment.equals(last.experiment())
            && last.evidence().counted() > snapshot.counted();
    // What was in flight when the process ended never came to an outcome, and never will.
    return (behind ? last.evidence() : snapshot).ofEligible(0);
  }

  private static Route withStoredModels(Route stored, RouteSpec now) {
    RouteSpec spec =
        new RouteSpec(
            now.name(),
            now.match(),
            stored.spec().champion(),
            stored.spec().challenger(),
            now.timeout(),
            now.connectTimeout(),
            now.mirror());
    return new Route(spec, stored.state(), stored.promoted(), stored.experiment());
  }

  /** The proxies count on from what is known, or what is in flight would come out negative. */
  private void prime(RouteStatus.@Nullable Trial trial) {
    if (trial != null) {
      long missing = trial.evidence().counted() - eligible.count(trial.id());
      if (missing > 0) {
        eligible.counter(trial.id()).add(missing);
      }
    }
  }

  /** How all routes stand. Any thread. */
  Board board() {
    return board;
  }

  RoutingTable table() {
    return board.table();
  }

  List<RouteLedger> ledgers() {
    return board.ledgers();
  }

  Optional<RouteLedger> find(String route) {
    return board.find(route);
  }

  /**
   * One that left too long ago to be in the table's file, or under a release that kept none, is as
   * the last line about it in the decision log says.
   */
  @Override
  public @Nullable RouteLedger away(String route) {
    RouteLedger left = board.away(route).orElse(null);
    StoredTable.Entry decided = left == null ? store.decisions().standing(route) : null;
    return decided == null ? left : restore(decided, null, DecideSettings.DEFAULTS);
  }

  @Override
  public String match(RouteLedger ledger) {
    String stored = storedMatches.get(ledger.name());
    return stored == null ? StoredTable.Entry.fingerprint(ledger.route().spec().match()) : stored;
  }

  /** An id that sorts by time and is never used again: no two tables have one version. */
  String newExperiment(String route, Instant now) {
    return "%s-%s-%06d".formatted(route, ID_TIME.format(now), table().version() + 1);
  }

  /** Changes one route. */
  Decision commit(Change change, Instant now) throws IOException {
    return commit(after(change, now), List.of(change), now).get(0);
  }

  /** Changes one route in memory: for what is in force whether it can be written or not. */
  Decision adopt(Change change, Instant now) {
    return adopt(after(change, now), List.of(change), now).get(0);
  }

  private List<RouteLedger> after(Change change, Instant now) {
    return ledgers().stream()
        .map(
            ledger ->
                ledger.name().equals(change.before().name())
                    ? ledger.moveTo(change.after(), now)
                    : ledger)
        .toList();
  }

  /**
   * Makes the next table. Everything that was adopted must be on disk.
   *
   * @param next all routes as they will be
   * @param changes those among them that go into the decision log
   * @return the lines of the decision log
   * @throws IOException when it is not on disk; everything is as it was
   */
  List<Decision> commit(List<RouteLedger> next, List<Change> changes, Instant now)
      throws IOException {
    NextTable table = nextTable(next, changes, now);
    store.commit(table.stored(), table.lines());
    take(table, List.of());
    return table.decisions();
  }

  /** Makes the next table in memory, and leaves it to {@link #flush} to write it down. */
  List<Decision> adopt(List<RouteLedger> next, List<Change> changes, Instant now) {
    NextTable table = nextTable(next, changes, now);
    List<Decision> unwritten = new ArrayList<>(board.unwritten());
    unwritten.addAll(table.decisions());
    store.adopt(table.stored(), table.lines());
    take(table, unwritten);
    return table.decisions();
  }

  /**
   * Writes down what was adopted.
   *
   * @return the decisions that are on disk since, the oldest first
   * @throws IOException when none of them is
   */
  List<Decision> flush() throws IOException {
    List<Decision> written = store.flush();
    if (!written.isEmpty()) {
      board = board.withUnwritten(List.of());
    }
    return written;
  }

  private record NextTable(Board board, StoredTable stored, List<DecisionLog.Line> lines) {
    List<Decision> decisions() {
      return lines.stream().map(DecisionLog.Line::decision).toList();
    }
  }

  private NextTable nextTable(List<RouteLedger> next, List<Change> changes, Instant now) {
    long version = table().version() + 1;
    long seq = store.lastSeq();
    Map<String, RouteLedger> byName = new LinkedHashMap<>();
    next.forEach(ledger -> byName.put(ledger.name(), ledger));
    List<DecisionLog.Line> lines = new ArrayList<>();
    for (Change change : changes) {
      Decision decision = change.toDecision(++seq, now, version, eligible);
      RouteLedger after = byName.get(decision.route());
      if (after == null) {
        throw new IllegalStateException("a change of route " + decision.route() + " without it");
      }
      lines.add(new DecisionLog.Line(decision, StoredTable.Entry.of(after)));
      if (decision.action() == Action.PROMOTE || decision.action() == Action.ROLLBACK) {
        byName.put(after.name(), after.withDecision(decision));
      }
    }
    List<RouteLedger> after = List.copyOf(byName.values());
    Map<String, Board.Absent> absent = absent(byName.keySet(), changes, now);
    RoutingTable routes =
        new RoutingTable(version, after.stream().map(RouteLedger::route).toList());
    StoredTable stored =
        new StoredTable(
            version,
            seq,
            after.stream().map(StoredTable.Entry::of).toList(),
            absent.values().stream()
                .map(
                    left ->
                        new StoredTable.Absent(left.leftAt(), StoredTable.Entry.of(left.ledger())))
                .toList());
    return new NextTable(new Board(routes, after, absent, List.of()), stored, lines);
  }

  /** The routes that are not in the next table, and may be again. */
  private Map<String, Board.Absent> absent(Set<String> names, List<Change> changes, Instant now) {
    Map<String, Board.Absent> absent = new LinkedHashMap<>(board.absent());
    absent.keySet().removeAll(names);
    Set<String> renamed =
        changes.stream().map(change -> change.before().name()).collect(Collectors.toSet());
    for (RouteLedger ledger : ledgers()) {
      boolean leaves = !names.contains(ledger.name()) && !renamed.contains(ledger.name());
      if (leaves && ledger.route().experiment() != null) {
        absent.put(ledger.name(), new Board.Absent(now, ledger));
      }
    }
    Iterator<Board.Absent> oldest = absent.values().iterator();
    for (int over = absent.size() - MAX_ABSENT; over > 0; over--) {
      oldest.next();
      oldest.remove();
    }
    return absent;
  }

  private void take(NextTable next, List<Decision> unwritten) {
    logTable(next.board().ledgers(), next.board().table().version());
    logMoves(next.board());
    storedMatches.clear();
    show(unwritten.isEmpty() ? next.board() : next.board().withUnwritten(unwritten));
    next.decisions().forEach(LedgerBook::log);
  }

  private void show(Board next) {
    board = next;
    store
        .conflicts()
        .retainOnly(next.ledgers().stream().map(RouteLedger::name).collect(Collectors.toSet()));
    forgetScopes(next);
  }

  /** Requests of the scopes before these may still be under way, so they are kept once more. */
  private void forgetScopes(Board next) {
    Set<String> now =
        next.allLedgers().stream()
            .flatMap(ledger -> ledger.scopes().stream())
            .collect(Collectors.toSet());
    if (!now.equals(scopes)) {
      Set<String> kept = new HashSet<>(now);
      kept.addAll(scopes);
      eligible.retainOnly(kept);
      scopes = now;
    }
  }

  private void logMoves(Board next) {
    Map<String, Board.Absent> before = board.absent();
    Map<String, Board.Absent> after = next.absent();
    after.forEach(
        (name, left) -> {
          if (!before.containsKey(name)) {
            LOG.atLevel(left.ledger().route().promoted() ? Level.WARN : Level.INFO)
                .log(
                    "route {} left the config while {} with {} answering: it is so again when it"
                        + " comes back with the same models",
                    name,
                    left.ledger().route().state(),
                    left.ledger().route().champion().name());
          }
        });
    before.forEach(
        (name, left) -> {
          if (next.find(name).isEmpty() && !after.containsKey(name)) {
            LOG.warn(
                "route {} left the config at {}, and {} others since: its evidence is dropped; what"
                    + " was decided for it stays in {}",
                name,
                left.leftAt(),
                MAX_ABSENT,
                DecisionLog.FILE);
          }
        });
    for (RouteLedger ledger : next.ledgers()) {
      if (board.find(ledger.name()).isEmpty() && before.containsKey(ledger.name())) {
        LOG.info("route {} came back, {}", ledger.name(), ledger.route().state());
      }
    }
  }

  private void logTable(List<RouteLedger> next, long version) {
    LOG.info(
        "routing table {} -> {}: {} -> {}",
        table().version(),
        version,
        summary(ledgers()),
        summary(next));
  }

  private static List<String> summary(List<RouteLedger> ledgers) {
    return ledgers.stream()
        .map(l -> l.name() + " " + l.route().state() + " by " + l.route().champion().name())
        .toList();
  }

  private static void log(Decision decision) {
    Evidence evidence = decision.evidence();
    // A name is what operators, alerts and dashboards know a route by.
    LOG.atLevel(decision.action() == Action.RENAME ? Level.WARN : Level.INFO)
        .log(
            "decision {}: {} of route {} by {}: {} -> {}, table {}, experiment {}, rated {} (agree {},"
                + " disagree {}, challenger errors {}), incomparable {}, shed {}, in flight {}: {}",
            decision.seq(),
            decision.action(),
            decision.route(),
            actor(decision),
            decision.from(),
            decision.to(),
            decision.tableVersion(),
            decision.experiment(),
            evidence.rated(),
            evidence.agree(),
            evidence.disagree(),
            evidence.challengerError(),
            evidence.incomparable(),
            evidence.shed(),
            evidence.inFlight(),
            // What an operator typed must not be able to forge a line of the log.
            decision.reason().replaceAll("\\p{Cntrl}", " "));
  }

  /** Who it was, as far as it is known, and from where. */
  private static String actor(Decision decision) {
    String who = decision.who() == null ? "" : decision.who();
    String from = decision.origin() == null ? "" : "from " + decision.origin();
    String detail = (who + " " + from).strip().replaceAll("\\p{Cntrl}", " ");
    return decision.by().label() + (detail.isEmpty() ? "" : " (" + detail + ")");
  }
}
