package io.shadowsentinel.alert;

import io.shadowsentinel.decide.Decision;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How far the decision log has been turned into alerts. A fold over the log: same cursor, same
 * decision, same result, so that a step which was not written down can be taken again.
 *
 * @param lastSeq the last decision whose alerts are in the outbox; 0 before the first
 * @param since when the outbox was made; what was decided earlier is history and not told
 * @param firing by route, the rollbacks that were told and are not over
 */
record Cursor(long lastSeq, Instant since, Map<String, Notice.Firing> firing) {

  Cursor {
    Objects.requireNonNull(since, "since");
    firing = Map.copyOf(firing);
  }

  static Cursor startingAt(Instant now) {
    // Decisions carry milliseconds; one made in this very millisecond is not history.
    return new Cursor(0, Instant.ofEpochMilli(now.toEpochMilli()), Map.of());
  }

  boolean isHistory(Decision decision) {
    return decision.time().isBefore(since);
  }

  Optional<Notice.Firing> firing(String route) {
    return Optional.ofNullable(firing.get(route));
  }

  /** The cursor once this decision's alerts are in the outbox. */
  Cursor after(Decision decision) {
    Map<String, Notice.Firing> next = new HashMap<>(firing);
    if (isHistory(decision)) {
      return new Cursor(decision.seq(), since, next);
    }
    if (decision.formerly() != null) {
      Notice.Firing moved = next.remove(decision.formerly());
      if (moved != null && !AlertmanagerChannel.ends(decision)) {
        next.put(decision.route(), moved);
      }
    } else if (decision.action() == Decision.Action.ROLLBACK) {
      String experiment = Objects.requireNonNullElse(decision.experiment(), "");
      next.put(decision.route(), new Notice.Firing(experiment, decision.time()));
    } else if (AlertmanagerChannel.ends(decision)) {
      next.remove(decision.route());
    }
    return new Cursor(decision.seq(), since, next);
  }

  /** The same for a log that begins anew. */
  Cursor rewound() {
    return new Cursor(0, since, firing);
  }
}
