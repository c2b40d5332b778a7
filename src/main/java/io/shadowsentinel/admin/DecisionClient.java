package io.shadowsentinel.admin;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.decide.CommandResult;
import io.shadowsentinel.decide.HistoryReport;
import io.shadowsentinel.decide.InsightReport;
import io.shadowsentinel.decide.OperatorCommand;
import io.shadowsentinel.decide.Queries;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the decision verticle. Every future completes on the caller's context, and fails with a
 * {@link ProblemException} of status 503 when nobody answers in time.
 */
final class DecisionClient {

  /** A question is answered from memory: who has not answered by then will not. */
  private static final long QUESTION_SECONDS = 5;

  private final Vertx vertx;

  DecisionClient(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<Queries.StatusReport> status() {
    return ask(Queries.STATUS, new Queries.Status(), Queries.StatusReport.class);
  }

  Future<Queries.DecisionList> decisions(@Nullable String route, int limit, long afterSeq) {
    return ask(
        Queries.DECISIONS,
        new Queries.Decisions(route, limit, afterSeq),
        Queries.DecisionList.class);
  }

  Future<Queries.ConflictList> conflicts(@Nullable String route, int limit) {
    return ask(Queries.CONFLICTS, new Queries.Conflicts(route, limit), Queries.ConflictList.class);
  }

  /** Fails with a {@link ProblemException} of status 404 when there is no such route. */
  Future<InsightReport> insight(String route) {
    return ask(Queries.INSIGHT, new Queries.InsightOf(route), Queries.Insight.class)
        .map(
            insight -> {
              if (insight.report() == null) {
                throw new ProblemException(Problem.noSuchRoute(route));
              }
              return insight.report();
            });
  }

  Future<Queries.LatencyList> latencies() {
    return ask(Queries.LATENCIES, new Queries.Latencies(), Queries.LatencyList.class);
  }

  /** Fails with a {@link ProblemException} of status 404 when there is no such route. */
  Future<HistoryReport> history(Queries.HistoryOf query) {
    return ask(Queries.HISTORY, query, Queries.History.class)
        .map(
            history -> {
              if (history.report() == null) {
                throw new ProblemException(Problem.noSuchRoute(query.route()));
              }
              return history.report();
            });
  }

  /** Waits as long as the channel does: an action is on its way to the disk. */
  Future<CommandResult> act(OperatorCommand command) {
    return OperatorCommand.CHANNEL
        .request(vertx.eventBus(), command, CommandResult.class)
        .recover(DecisionClient::failed);
  }

  private <Q, R> Future<R> ask(Channel<Q> channel, Q question, Class<R> answer) {
    return channel
        .request(vertx.eventBus(), question, answer)
        .timeout(QUESTION_SECONDS, TimeUnit.SECONDS)
        .recover(DecisionClient::failed);
  }

  private static <T> Future<T> failed(Throwable cause) {
    boolean absent =
        cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
    boolean late =
        cause instanceof TimeoutException
            || (cause instanceof ReplyException reply
                && reply.failureType() == ReplyFailure.TIMEOUT);
    if (cause instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
      // Who failed has logged it.
      return Future.failedFuture(
          new ProblemException(Problem.of(500, "an unforeseen fault; the log has it")));
    }
    if (absent) {
      return Future.failedFuture(
          new ProblemException(
              Problem.unavailable("there is no routing table: starting up or shutting down")));
    }
    return late
        ? Future.failedFuture(
            new ProblemException(
                Problem.unavailable(
                    "no answer in time; whether an action was carried out is not known")))
        : Future.failedFuture(cause);
  }
}
