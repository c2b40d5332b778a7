package io.shadowsentinel.decide;

import io.shadowsentinel.compare.Verdict;
import io.shadowsentinel.route.Model;
import io.shadowsentinel.route.RouteState;
import java.math.BigDecimal;
import java.time.Instant;
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
    @Nullable String format) {

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
        null);
  }

  /** A scope in which comparisons are counted. */
  public record Trial(String id, Instant startedAt, Evidence evidence) {}

  /** See {@link DecideSettings}. */
  public record Rule(long minRequests, BigDecimal minAgreement, boolean auto) {}

  /** The trial that comparisons made now are counted in, or null. */
  public @Nullable Trial live() {
    return watch != null ? watch : experiment;
  }
}
