package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.exchange.ShedReason;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * The rule that decides an experiment: with {@code minRequests} rated comparisons or more, a rate
 * at or over {@code minAgreement} promotes, and anything lower rolls back. Pure.
 */
final class DecisionRule {
  private DecisionRule() {}

  /** What is due, {@code PROMOTE} or {@code ROLLBACK}; empty while the evidence is too little. */
  static Optional<Action> ask(Evidence evidence, DecideSettings settings) {
    if (evidence.rated() < settings.minRequests()) {
      return Optional.empty();
    }
    return Optional.of(meetsBar(evidence, settings) ? Action.PROMOTE : Action.ROLLBACK);
  }

  /**
   * agree / rated >= minAgreement, without the division: both sides are exact integers of the same
   * scale, so that 160 of 200 is 80 % to the last digit, and no count overflows.
   */
  private static boolean meetsBar(Evidence evidence, DecideSettings settings) {
    BigDecimal needed = settings.minAgreement().multiply(BigDecimal.valueOf(evidence.rated()));
    return BigDecimal.valueOf(evidence.agree()).compareTo(needed) >= 0;
  }

  /** The decision in words, for its log and alerts. */
  static String explain(Evidence evidence, DecideSettings settings) {
    // Rounded down, or 79.999 % would read as 80.00 % and yet be under the bar.
    BigDecimal percent =
        BigDecimal.valueOf(evidence.agree())
            .movePointRight(2)
            .divide(BigDecimal.valueOf(Math.max(1, evidence.rated())), 2, RoundingMode.DOWN);
    BigDecimal bar = settings.minAgreement().movePointRight(2).stripTrailingZeros();
    return "%d of %d agree (%s %%), %s the minimum of %s %%%s"
        .formatted(
            evidence.agree(),
            evidence.rated(),
            percent,
            meetsBar(evidence, settings) ? "at or over" : "under",
            bar.toPlainString(),
            notAsked(evidence));
  }

  /** While it does not answer, a challenger is not asked, and so cannot be wrong. */
  private static String notAsked(Evidence evidence) {
    long notAsked = evidence.shed(ShedReason.BREAKER_OPEN);
    return notAsked == 0
        ? ""
        : "; %d of %d were not asked, as the challenger did not answer those before them"
            .formatted(notAsked, evidence.counted());
  }
}
