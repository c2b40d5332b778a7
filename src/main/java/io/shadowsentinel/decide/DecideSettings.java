package io.shadowsentinel.decide;

import java.math.BigDecimal;

/**
 * When a route's experiment is decided.
 *
 * @param minRequests rated comparisons before the rule is asked, 1 or more; default 200
 * @param minAgreement the agreement rate that promotes, 0 to 1, at most six decimals; default 0.80
 * @param auto false leaves the decision to an operator; default true
 */
public record DecideSettings(long minRequests, BigDecimal minAgreement, boolean auto) {

  /** The default rule. */
  public static final DecideSettings DEFAULTS =
      new DecideSettings(200, new BigDecimal("0.80"), true);
}
