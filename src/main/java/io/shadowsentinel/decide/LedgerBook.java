package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.route.Route;
import io.shadowsentinel.route.RouteSpec;
import io.shadowsentinel.route.RoutingTable;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
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

/**
 * The ledgers of all routes and the table they make, in memory and on disk: {@link #commit} changes
 * both, the disk first, or neither. One thread.
 */
final class LedgerBook {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerBook.class);
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final StateStore store;
  private final EligibleCounts eligible;
  private final Map<String, RouteLedger> ledgers = new LinkedHashMap<>();
  private RoutingTable table = new RoutingTable(0, List.of());
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
      DecideSettings rule = config.rules().getOrDefault(entry.name(), DecideSettings.DEFAULTS);
      RouteLedger ledger = restore(entry, specs.get(entry.name()), rule);
      prime(ledger.experimentTrial(eligible));
      prime(ledger.watchTrial(eligible));
      restored.add(ledger);
    }
    replaceAll(restored, store.table().version());
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
    return new RouteLedger(
        full,
        rule,
        entry.experimentStartedAt(),
        entry.watchStartedAt(),
        latest(
            store.restoredEvidence(experiment), store.decisions().last(route.name()), experiment),
        route.promoted()
            ? store.restoredEvidence(Route.watchOf(experiment)).ofEligible(0)
            : Evidence.NONE,
        ruling != null && experiment.equals(ruling.experiment()) ? ruling : null);
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

  RoutingTable table() {
    return table;
  }

  List<RouteLedger> ledgers() {
    return List.copyOf(ledgers.values());
  }

  Optional<RouteLedger> find(String route) {
    return Optional.ofNullable(ledgers.get(route));
  }

  /** Puts a ledger in its place in memory: for what is counted, not for what is decided. */
  void put(RouteLedger ledger) {
    ledgers.replace(ledger.name(), ledger);
  }

  /** An id that sorts by time and is never used again: no two tables have one version. */
  String newExperiment(String route, Instant now) {
    return "%s-%s-%06d".formatted(route, ID_TIME.format(now), table.version() + 1);
  }

  /** Changes one route. */
  Decision commit(Change change, Instant now) throws IOException {
    List<RouteLedger> next = new ArrayList<>();
    for (RouteLedger ledger : ledgers.values()) {
      next.add(
          ledger.name().equals(change.before().name())
              ? ledger.moveTo(change.after(), now)
              : ledger);
    }
    return commit(next, List.of(change), now).get(0);
  }

  /**
   * Makes the next table.
   *
   * @param next all routes as they will be
   * @param changes those among them that go into the decision log
   * @return the lines of the decision log
   * @throws IOException when it is not on disk; everything is as it was
   */
  List<Decision> commit(List<RouteLedger> next, List<Change> changes, Instant now)
      throws IOException {
    long version = table.version() + 1;
    long seq = store.decisions().lastSeq();
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
    store.commit(
        new StoredTable(version, seq, after.stream().map(StoredTable.Entry::of).toList()), lines);
    logTable(after, version);
    replaceAll(after, version);
    List<Decision> decisions = lines.stream().map(DecisionLog.Line::decision).toList();
    decisions.forEach(LedgerBook::log);
    return decisions;
  }

  private void replaceAll(List<RouteLedger> next, long version) {
    ledgers.clear();
    next.forEach(ledger -> ledgers.put(ledger.name(), ledger));
    table = new RoutingTable(version, next.stream().map(RouteLedger::route).toList());
    store.conflicts().retainOnly(ledgers.keySet());
    forgetScopes(next);
  }

  /** Requests of the scopes before these may still be under way, so they are kept once more. */
  private void forgetScopes(List<RouteLedger> next) {
    Set<String> now =
        next.stream().flatMap(ledger -> ledger.scopes().stream()).collect(Collectors.toSet());
    if (!now.equals(scopes)) {
      Set<String> kept = new HashSet<>(now);
      kept.addAll(scopes);
      eligible.retainOnly(kept);
      scopes = now;
    }
  }

  private void logTable(List<RouteLedger> next, long version) {
    LOG.info(
        "routing table {} -> {}: {} -> {}",
        table.version(),
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
    LOG.info(
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
