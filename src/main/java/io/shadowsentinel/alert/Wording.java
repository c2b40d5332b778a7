package io.shadowsentinel.alert;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.table.RouteState;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** What happened, in words for people: plain text on one line, not escaped for anything. */
final class Wording {
  private Wording() {}

  private static final int MAX_REASON = 500;

  static String headline(Decision decision) {
    String route = "Route " + line(decision.route());
    String answering = line(decision.champion());
    String other = decision.challenger() == null ? "no model" : line(decision.challenger());
    return switch (decision.action()) {
      case ROLLBACK ->
          decision.from() == RouteState.PROMOTED
              ? "%s rolled back: %s answers again, %s is out".formatted(route, other, answering)
              : "%s rolled back: %s answers, %s is out".formatted(route, answering, other);
      case PROMOTE ->
          "%s promoted: %s answers, %s is on standby".formatted(route, other, answering);
      case PAUSE -> route + " paused: nothing is mirrored";
      case RESUME -> route + " resumed";
      case RESTART -> route + " restarted: a new experiment has begun";
      case RENAME -> "%s was called %s before".formatted(route, line(before(decision)));
    };
  }

  /**
   * For example {@code 159 of 200 comparisons agree (79.5 %)}; rounded down, so 79.999 is no 80.
   */
  static String agreement(Evidence evidence) {
    if (evidence.rated() == 0) {
      return "no rated comparisons";
    }
    BigDecimal percent =
        BigDecimal.valueOf(evidence.agree())
            .multiply(BigDecimal.valueOf(100))
            .divide(BigDecimal.valueOf(evidence.rated()), 2, RoundingMode.DOWN)
            .stripTrailingZeros();
    return "%d of %d comparisons agree (%s %%)"
        .formatted(evidence.agree(), evidence.rated(), percent.toPlainString());
  }

  /** The reason, cut at 500 characters; a dash when nobody gave one. */
  static String reason(Decision decision) {
    String reason = line(decision.reason());
    if (reason.isEmpty()) {
      return "-";
    }
    return reason.codePointCount(0, reason.length()) <= MAX_REASON
        ? reason
        : reason.substring(0, reason.offsetByCodePoints(0, MAX_REASON - 1)) + "…";
  }

  /** Who decided, by name where there is one. */
  static String by(Decision decision) {
    String label = decision.by().label();
    return decision.who() == null ? label : label + " (" + line(decision.who()) + ")";
  }

  private static String before(Decision decision) {
    return decision.formerly() == null ? "otherwise" : decision.formerly();
  }

  /** The text without line breaks and other control characters. */
  static String line(String text) {
    return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
  }
}
