package io.shadowsentinel.decide;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.compare.core.Conflict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked about decisions. Every answer is one moment's truth, made at once, whatever the
 * decision verticle waits for meanwhile: it may be as old as the last piece of work that was done.
 */
public final class Queries {
  private Queries() {}

  public static final Channel<Status> STATUS = new Channel<>("sentinel.query.status", Status.class);
  public static final Channel<Decisions> DECISIONS =
      new Channel<>("sentinel.query.decisions", Decisions.class);
  public static final Channel<Conflicts> CONFLICTS =
      new Channel<>("sentinel.query.conflicts", Conflicts.class);
  public static final Channel<InsightOf> INSIGHT =
      new Channel<>("sentinel.query.insight", InsightOf.class);

  public static final Channel<Latencies> LATENCIES =
      new Channel<>("sentinel.query.latencies", Latencies.class);
  public static final Channel<HistoryOf> HISTORY =
      new Channel<>("sentinel.query.history", HistoryOf.class);

  /** Asks how all routes are. Answered with a {@link StatusReport}. */
  public record Status() {}

  /**
   * How all routes are.
   *
   * @param tableVersion see {@code RoutingTable}
   * @param routes in table order
   * @param storageFault why the state directory cannot be written, or null when it can
   */
  public record StatusReport(
      long tableVersion, List<RouteStatus> routes, @Nullable String storageFault) {}

  /**
   * Asks for the decision log. Answered with a {@link DecisionList}.
   *
   * @param route only this route's; null for all
   * @param limit at most so many, 1 to 10,000
   * @param afterSeq only those with a higher {@link Decision#seq()}; 0 for all
   */
  public record Decisions(@Nullable String route, int limit, long afterSeq) {}

  /**
   * Newest first.
   *
   * @param decisions those in the log
   * @param unwritten those after them that are in force, and in no log yet: few, and not limited
   * @param known false when the route that was asked for is neither in the table nor in the log
   */
  public record DecisionList(List<Decision> decisions, List<Decision> unwritten, boolean known) {

    /** Nothing but what is on disk. */
    public DecisionList(List<Decision> decisions) {
      this(decisions, List.of(), true);
    }
  }

  /** Asks for the latest disagreements. Answered with a {@link ConflictList}. */
  public record Conflicts(@Nullable String route, int limit) {}

  /**
   * Newest first.
   *
   * @param known false when the route that was asked for is neither in the table nor in the
   *     decision log
   */
  public record ConflictList(List<Conflict> conflicts, boolean known) {

    /** Those of a route that is known, or of all. */
    public ConflictList(List<Conflict> conflicts) {
      this(conflicts, true);
    }
  }

  /**
   * Asks what the comparisons of a route's live trial have shown. Answered with an {@link Insight}.
   */
  public record InsightOf(String route) {}

  /**
   * What they have shown.
   *
   * @param report null when there is no such route
   */
  public record Insight(@Nullable InsightReport report) {}

  /** Asks how the models of all routes answer. Answered with a {@link LatencyList}. */
  public record Latencies() {}

  /** In table order. */
  public record LatencyList(List<InsightReport.Latency> latencies) {}

  /**
   * Asks how the comparisons of a route came out over time. Answered with a {@link History}.
   *
   * @param sinceSeconds only steps that begin then or later, in seconds since 1970; 0 for all
   */
  public record HistoryOf(String route, HistoryReport.Resolution resolution, long sinceSeconds) {}

  /**
   * How they came out.
   *
   * @param report null when there is no such route
   */
  public record History(@Nullable HistoryReport report) {}
}
