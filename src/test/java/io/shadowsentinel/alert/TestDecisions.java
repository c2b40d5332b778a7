package io.shadowsentinel.alert;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.table.RouteState;
import java.time.Instant;
import java.util.Map;

/** Decisions as the decision verticle makes them. */
final class TestDecisions {
  private TestDecisions() {}

  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static final Evidence EVIDENCE =
      new Evidence(159, 38, 3, 2, Map.of("in_flight", 4L), 1, 200, 159, 10.0, 200, 7);

  static Decision rollback(long seq, String route) {
    return rollback(seq, route, "agreement 79.5 % of 200 (expected 80 % or more)");
  }

  static Decision rollback(long seq, String route, String reason) {
    return new Decision(
        seq,
        NOON.plusSeconds(seq),
        route,
        Decision.Action.ROLLBACK,
        "exp-1",
        "digits-v1",
        "digits-v2",
        RouteState.SHADOWING,
        RouteState.ROLLED_BACK,
        Decision.By.AUTO,
        reason,
        null,
        EVIDENCE,
        seq + 1);
  }

  /** A restart that says, as a new experiment would, another experiment than the one it ends. */
  static Decision restart(long seq, String route) {
    return new Decision(
        seq,
        NOON.plusSeconds(seq),
        route,
        Decision.Action.RESTART,
        "exp-2",
        "digits-v1",
        "digits-v2",
        RouteState.ROLLED_BACK,
        RouteState.SHADOWING,
        Decision.By.OPERATOR,
        "fixed the tokenizer",
        "127.0.0.1",
        Evidence.NONE,
        seq + 1);
  }

  static Decision promote(long seq, String route) {
    return new Decision(
        seq,
        NOON.plusSeconds(seq),
        route,
        Decision.Action.PROMOTE,
        "exp-1",
        "digits-v1",
        "digits-v2",
        RouteState.SHADOWING,
        RouteState.PROMOTED,
        Decision.By.AUTO,
        "agreement 100 % of 200",
        null,
        EVIDENCE,
        seq + 1);
  }

  static Decision withTime(Decision d, Instant time) {
    return new Decision(
        d.seq(),
        time,
        d.route(),
        d.action(),
        d.experiment(),
        d.champion(),
        d.challenger(),
        d.from(),
        d.to(),
        d.by(),
        d.reason(),
        d.origin(),
        d.evidence(),
        d.tableVersion());
  }
}
