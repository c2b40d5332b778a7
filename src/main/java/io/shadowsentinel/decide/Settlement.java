package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.ShedReason;
import org.jspecify.annotations.Nullable;

/**
 * How an eligible request ended, as far as evidence knows it.
 *
 * @param outcome null when it was shed
 * @param shed null when it was not
 * @param rows see {@link Verdict#rows()}, as are the others
 */
record Settlement(
    @Nullable Outcome outcome,
    @Nullable ShedReason shed,
    int rows,
    int rowsAgree,
    double confidenceGap,
    boolean highConfidenceConflict) {

  /** Of a request of which nothing was ever heard. */
  static final Settlement LOST =
      new Settlement(Outcome.INCOMPARABLE, null, 0, 0, Double.NaN, false);

  static Settlement of(Verdict verdict) {
    return new Settlement(
        verdict.outcome(),
        null,
        verdict.rows(),
        verdict.rowsAgree(),
        verdict.confidenceGap(),
        verdict.highConfidenceConflict());
  }

  static Settlement of(ShedReason reason) {
    return new Settlement(null, reason, 0, 0, Double.NaN, false);
  }
}
