package io.shadowsentinel.decide;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.exchange.ShedReason;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The running totals of an experiment at one moment, as the API, the decision log and alerts show
 * them. Eligible = rated + incomparable + shed + in flight, always.
 *
 * @param shedByReason the same by reason, as {@link ShedReason#label()} spells it; zero ones left
 *     out
 * @param inFlight eligible requests whose outcome is not known yet
 * @param confidenceGapSum sum over {@code confidenceGapCount} comparisons of their confidence gap
 */
@JsonPropertyOrder({
  "eligible",
  "rated",
  "agree",
  "disagree",
  "challengerError",
  "incomparable",
  "shed",
  "shedByReason",
  "inFlight",
  "rowsRated",
  "rowsAgree",
  "agreementRate",
  "coverage",
  "confidenceGap",
  "highConfidenceConflicts"
})
public record Evidence(
    long agree,
    long disagree,
    long challengerError,
    long incomparable,
    Map<String, Long> shedByReason,
    long inFlight,
    long rowsRated,
    long rowsAgree,
    double confidenceGapSum,
    long confidenceGapCount,
    long highConfidenceConflicts) {

  public static final Evidence NONE = new Evidence(0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0);

  public Evidence {
    // A sorted argument is copied in linear time, and nearly every argument is a former one of
    // ours.
    shedByReason = Collections.unmodifiableSortedMap(new TreeMap<>(shedByReason));
  }

  /** Comparisons that count in the agreement rate. */
  @JsonProperty
  public long rated() {
    return agree + disagree + challengerError;
  }

  @JsonProperty
  public long shed() {
    return shedByReason.values().stream().mapToLong(Long::longValue).sum();
  }

  @JsonProperty
  public long eligible() {
    return rated() + incomparable + shed() + inFlight;
  }

  /**
   * agree / rated, 0 to 1; null before the first rated comparison. For people, not for the rule.
   */
  @JsonProperty
  public @Nullable Double agreementRate() {
    return rated() == 0 ? null : (double) agree / rated();
  }

  /** rated / eligible, 0 to 1; null before the first eligible request. */
  @JsonProperty
  public @Nullable Double coverage() {
    return eligible() == 0 ? null : (double) rated() / eligible();
  }

  /** Mean confidence gap, 0 to 1; null when no comparison carried one. */
  @JsonProperty
  public @Nullable Double confidenceGap() {
    return confidenceGapCount == 0 ? null : confidenceGapSum / confidenceGapCount;
  }

  /** Requests whose outcome is known: all but those in flight. */
  long counted() {
    return rated() + incomparable + shed();
  }

  /** These totals and one request more. What is in flight stays as it is. */
  Evidence plus(Settlement how) {
    if (how.shed() != null) {
      return plus(how.shed(), 1);
    }
    boolean rated = how.outcome() != null && how.outcome().isRated();
    boolean gap = rated && Double.isFinite(how.confidenceGap());
    return new Evidence(
        agree + oneIf(how, Outcome.AGREE),
        disagree + oneIf(how, Outcome.DISAGREE),
        challengerError + oneIf(how, Outcome.CHALLENGER_ERROR),
        incomparable + oneIf(how, Outcome.INCOMPARABLE),
        shedByReason,
        inFlight,
        rowsRated + (rated ? how.rows() : 0),
        rowsAgree + (rated ? how.rowsAgree() : 0),
        confidenceGapSum + (gap ? how.confidenceGap() : 0),
        confidenceGapCount + (gap ? 1 : 0),
        highConfidenceConflicts + (how.highConfidenceConflict() ? 1 : 0));
  }

  /** These totals and more that was shed. What is in flight stays as it is. */
  Evidence plus(ShedReason reason, long count) {
    Map<String, Long> sum = new TreeMap<>(shedByReason);
    sum.merge(reason.label(), count, Long::sum);
    return with(sum, inFlight);
  }

  /** Requests that were shed for a reason. */
  long shed(ShedReason reason) {
    return shedByReason.getOrDefault(reason.label(), 0L);
  }

  /**
   * These totals with what is in flight reckoned from the number of eligible requests; never below
   * 0.
   */
  Evidence ofEligible(long eligibleRequests) {
    return with(shedByReason, Math.max(0, eligibleRequests - counted()));
  }

  private Evidence with(Map<String, Long> shed, long flying) {
    return new Evidence(
        agree,
        disagree,
        challengerError,
        incomparable,
        shed,
        flying,
        rowsRated,
        rowsAgree,
        confidenceGapSum,
        confidenceGapCount,
        highConfidenceConflicts);
  }

  private static int oneIf(Settlement how, Outcome outcome) {
    return how.outcome() == outcome ? 1 : 0;
  }
}
