package io.shadowsentinel.decide;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
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
    shedByReason = Collections.unmodifiableMap(new TreeMap<>(shedByReason));
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
}
