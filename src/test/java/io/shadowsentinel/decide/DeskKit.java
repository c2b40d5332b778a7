package io.shadowsentinel.decide;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RoutingTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A desk on a real directory, and all that it announced. */
final class DeskKit implements AutoCloseable, DecisionDesk.Announcer {

  final Given.ManualClock clock = new Given.ManualClock();
  final EligibleCounts eligible = new EligibleCounts();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final DecisionMeters meters = new DecisionMeters(registry, eligible);
  final List<RoutingTable> tables = new ArrayList<>();
  final List<Decision> decisions = new ArrayList<>();
  final List<Decision> unwritten = new ArrayList<>();
  final StateStore store;
  final DecisionDesk desk;

  DeskKit(Path directory, StoreProbe probe) throws IOException {
    store = StateStore.open(directory, probe, ConflictLog.MAX_FILE_BYTES);
    desk = new DecisionDesk(store, eligible, clock, meters, this);
  }

  /** Opens a directory with the route {@code digits}, v1 against v2, under the default rule. */
  static DeskKit open(Path directory) throws IOException {
    return open(directory, StoreProbe.NONE);
  }

  static DeskKit open(Path directory, StoreProbe probe) throws IOException {
    return open(directory, probe, Given.config(Given.spec("digits", "v1", "v2")));
  }

  static DeskKit open(Path directory, StoreProbe probe, Reconfigure config) throws IOException {
    DeskKit kit = new DeskKit(directory, probe);
    try {
      kit.desk.open(config, ForcedRollback.NONE);
      return kit;
    } catch (IOException | RuntimeException e) {
      kit.close();
      throw e;
    }
  }

  RouteStatus digits() {
    return status("digits");
  }

  RouteStatus status(String name) {
    return desk.status().routes().stream()
        .filter(route -> route.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  Route route() {
    return desk.table().route("digits").orElseThrow();
  }

  String scope() {
    return route().comparisonScope();
  }

  /** Requests that the proxy saw and the comparison answered. */
  void reach(int agree, int disagree) {
    count(Given.verdicts("digits", scope(), agree, disagree));
  }

  void count(List<Verdict> verdicts) {
    verdicts.forEach(verdict -> eligible.counter(verdict.scope()).increment());
    desk.count(Given.batch(verdicts));
  }

  CommandResult operator(Action action) {
    return operator("digits", action);
  }

  CommandResult operator(String route, Action action) {
    return desk.command(new OperatorCommand(route, action, "by test", "127.0.0.1"));
  }

  List<Decision> log() {
    return desk.decisions(new Queries.Decisions(null, 10_000, 0)).decisions();
  }

  @Override
  public void tableChanged(RoutingTable table) {
    tables.add(table);
  }

  @Override
  public void decided(Decision decision) {
    decisions.add(decision);
  }

  @Override
  public void unwritten(Decision decision) {
    unwritten.add(decision);
  }

  @Override
  public void close() throws IOException {
    store.close();
  }

  /** Copies a state directory as a crash at this moment would leave it. */
  static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
