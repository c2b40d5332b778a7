package io.shadowsentinel.decide;

import io.shadowsentinel.table.RoutingTable;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How all routes stand, those that are in the table and those that have left it. Made anew with
 * every change of the table, so whoever has one has one moment's truth; only the totals of its
 * ledgers go on meanwhile. Written by one thread, read by any.
 */
final class Board {

  /** Before anything was read. */
  static final Board EMPTY =
      new Board(new RoutingTable(0, List.of()), List.of(), Map.of(), List.of());

  /** A place for a route's ledger, in which each count puts the next one. */
  private static final class Seat {
    volatile RouteLedger ledger;

    Seat(RouteLedger ledger) {
      this.ledger = ledger;
    }
  }

  /**
   * A route that is not in the table any more.
   *
   * @param leftAt when it left
   */
  record Absent(Instant leftAt, RouteLedger ledger) {}

  private record Leave(Instant leftAt, Seat seat) {}

  private final RoutingTable table;
  private final Map<String, Seat> present = new LinkedHashMap<>();
  private final Map<String, Leave> absent = new LinkedHashMap<>();
  private final Map<String, Seat> byScope = new LinkedHashMap<>();
  private final List<Decision> unwritten;

  /**
   * @param ledgers of the table's routes, in its order
   * @param away routes that have left, by name, the first that left first
   * @param unwritten decisions that are in force and not on disk yet, the oldest first
   */
  Board(
      RoutingTable table,
      List<RouteLedger> ledgers,
      Map<String, Absent> away,
      List<Decision> unwritten) {
    this.table = table;
    this.unwritten = List.copyOf(unwritten);
    ledgers.forEach(ledger -> present.put(ledger.name(), seat(ledger)));
    away.forEach((name, left) -> absent.put(name, new Leave(left.leftAt(), seat(left.ledger()))));
  }

  private Board(Board of, List<Decision> unwritten) {
    this.table = of.table;
    this.unwritten = List.copyOf(unwritten);
    present.putAll(of.present);
    absent.putAll(of.absent);
    byScope.putAll(of.byScope);
  }

  private Seat seat(RouteLedger ledger) {
    Seat seat = new Seat(ledger);
    ledger.scopes().forEach(scope -> byScope.put(scope, seat));
    return seat;
  }

  /** The same, on the same ledgers, with other decisions that are not on disk. */
  Board withUnwritten(List<Decision> decisions) {
    return new Board(this, decisions);
  }

  RoutingTable table() {
    return table;
  }

  /** The ledgers of the table's routes, in its order. */
  List<RouteLedger> ledgers() {
    return present.values().stream().map(seat -> seat.ledger).toList();
  }

  /** Those, and of the routes that have left. */
  List<RouteLedger> allLedgers() {
    return Stream.concat(present.values().stream(), absent.values().stream().map(Leave::seat))
        .map(seat -> seat.ledger)
        .toList();
  }

  /** Routes that have left, by name, the first that left first. */
  Map<String, Absent> absent() {
    Map<String, Absent> away = new LinkedHashMap<>();
    absent.forEach(
        (name, leave) -> away.put(name, new Absent(leave.leftAt(), leave.seat().ledger)));
    return Collections.unmodifiableMap(away);
  }

  /** The ledger of a route of the table. */
  Optional<RouteLedger> find(String route) {
    return Optional.ofNullable(present.get(route)).map(seat -> seat.ledger);
  }

  /** The ledger of a route that has left. */
  Optional<RouteLedger> away(String route) {
    return Optional.ofNullable(absent.get(route)).map(leave -> leave.seat().ledger);
  }

  /**
   * The ledger that counts comparisons of a scope. Also of a route that has left or is called
   * otherwise since: what was under way then is not lost.
   */
  Optional<RouteLedger> counting(String scope) {
    return Optional.ofNullable(byScope.get(scope)).map(seat -> seat.ledger);
  }

  /** Puts a ledger in the place of the one before it: for what is counted, not for decisions. */
  void put(RouteLedger ledger) {
    Leave leave = absent.get(ledger.name());
    Seat seat = leave == null ? present.get(ledger.name()) : leave.seat();
    if (seat != null) {
      seat.ledger = ledger;
    }
  }

  /** Decisions that are in force and not on disk yet, the oldest first. */
  List<Decision> unwritten() {
    return unwritten;
  }

  /** False when a restart now would undo the last decision about a route. */
  boolean isDurable(String route) {
    return unwritten.stream().noneMatch(decision -> decision.route().equals(route));
  }
}
