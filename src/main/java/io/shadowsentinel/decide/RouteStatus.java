package io.shadowsentinel.decide;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.RouteState;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route as the API shows it; the components are the JSON members.
 *
 * @param experiment the one that runs, or that was decided last; null without a challenger
 * @param watch comparisons with the standby since the promotion; null unless promoted
 * @param decision the last {@code PROMOTE} or {@code ROLLBACK} of this experiment, or null
 * @param rule what the decision waits for
 * @param format how answers were read at the last comparison, see {@link Verdict#format()}; null
 *     before the first one since the start
 * @param selfCheck how the champion agrees with itself in the live trial; null before its first
 *     self check
 * @param durable false while what was decided last is in force and not written down: see {@link
 *     #warning()}
 */
public record RouteStatus(
    String name,
    RouteState state,
    Model champion,
    @Nullable Model challenger,
    @Nullable Model standby,
    @Nullable Trial experiment,
    @Nullable Trial watch,
    @Nullable Decision decision,
    Rule rule,
    long tableVersion,
    @Nullable String format,
    @Nullable SelfCheck selfCheck,
    boolean durable) {

  /** A route of which no answer was read yet. */
  public RouteStatus(
      String name,
      RouteState state,
      Model champion,
      @Nullable Model challenger,
      @Nullable Model standby,
      @Nullable Trial experiment,
      @Nullable Trial watch,
      @Nullable Decision decision,
      Rule rule,
      long tableVersion) {
    this(
        name,
        state,
        champion,
        challenger,
        standby,
        experiment,
        watch,
        decision,
        rule,
        tableVersion,
        null,
        null,
        true);
  }

  /** What somebody who relies on the state must know of it; null, and left out, when nothing. */
  @JsonProperty
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public @Nullable String warning() {
    return durable
        ? null
        : "in force, but not written down: the state directory cannot be written. It is written as"
            + " soon as it can be; a restart before that would undo it";
  }

  /** A scope in which comparisons are counted. */
  public record Trial(String id, Instant startedAt, Evidence evidence) {}

  /** See {@link DecideSettings}. */
  public record Rule(long minRequests, BigDecimal minAgreement, boolean auto) {}

  /**
   * What second calls of the champion showed.
   *
   * @param checked second calls that were compared with the first
   * @param agree those of them that said the same, judged as a challenger's answer is
   * @param failed second calls that brought nothing to compare; counted apart
   * @param noisePaths where the champion differs from itself, the first {@value #MAX_PATHS} in
   *     order
   * @param noisePathsTotal how many there are in all
   */
  @JsonPropertyOrder({
    "checked",
    "agree",
    "failed",
    "agreementRate",
    "noisePaths",
    "noisePathsTotal"
  })
  public record SelfCheck(
      long checked, long agree, long failed, List<String> noisePaths, int noisePathsTotal) {

    /** How many paths are shown here; a status is sent on every change. */
    public static final int MAX_PATHS = 20;

    public SelfCheck {
      noisePaths = List.copyOf(noisePaths);
    }

    /** agree / checked, 0 to 1; null before the first that could be compared. */
    @JsonProperty
    public @Nullable Double agreementRate() {
      return checked == 0 ? null : (double) agree / checked;
    }
  }

  RouteStatus with(@Nullable SelfCheck seen, boolean writtenDown) {
    return new RouteStatus(
        name,
        state,
        champion,
        challenger,
        standby,
        experiment,
        watch,
        decision,
        rule,
        tableVersion,
        format,
        seen,
        writtenDown);
  }

  /** The trial that comparisons made now are counted in, or null. */
  public @Nullable Trial live() {
    return watch != null ? watch : experiment;
  }
}
