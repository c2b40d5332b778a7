package io.shadowsentinel.compare.text;

import io.shadowsentinel.tls.ClientTls;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;

/**
 * The service that tells whether two texts say the same, and what it may cost.
 *
 * @param url {@code http} or {@code https}; user information is sent as HTTP Basic; taken for a
 *     secret
 * @param timeout for one answer, 1 ms or more; default 5 s
 * @param dailyBudget calls in a day, by UTC, 0 or more; default 1000. Counted from the start of the
 *     process
 * @param maxInFlight comparisons that are with the judge at once, 1 or more; default 4
 * @param minConfidence the confidence below which an answer counts for nothing, 0 to 1; default 0
 * @param tls how the connection is secured, where the URL is {@code https}
 */
public record JudgeSettings(
    URI url,
    Duration timeout,
    int dailyBudget,
    int maxInFlight,
    BigDecimal minConfidence,
    ClientTls tls) {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  public static final int DEFAULT_DAILY_BUDGET = 1_000;
  public static final int DEFAULT_MAX_IN_FLIGHT = 4;

  /** A judge whose certificate, if it has any, is known to the JVM. */
  public JudgeSettings(
      URI url, Duration timeout, int dailyBudget, int maxInFlight, BigDecimal minConfidence) {
    this(url, timeout, dailyBudget, maxInFlight, minConfidence, ClientTls.DEFAULTS);
  }

  /** A judge with all the defaults. */
  public static JudgeSettings at(URI url) {
    return new JudgeSettings(
        url, DEFAULT_TIMEOUT, DEFAULT_DAILY_BUDGET, DEFAULT_MAX_IN_FLIGHT, BigDecimal.ZERO);
  }

  /** Leaves the URL out: it may hold a password. */
  @Override
  public String toString() {
    return "JudgeSettings[timeout="
        + timeout
        + ", dailyBudget="
        + dailyBudget
        + ", maxInFlight="
        + maxInFlight
        + ", minConfidence="
        + minConfidence
        + "]";
  }
}
