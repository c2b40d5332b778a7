package io.shadowsentinel.admin;

import io.shadowsentinel.decide.CommandResult;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.HistoryReport;
import io.shadowsentinel.decide.InsightReport;
import io.shadowsentinel.decide.OperatorCommand;
import io.shadowsentinel.decide.Queries;
import io.shadowsentinel.decide.RouteStatus;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Routes, the decision log, the conflicts, and what an operator can do. On the event loop. */
final class RoutesApi {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;

  private final DecisionClient decisions;

  RoutesApi(DecisionClient decisions) {
    this.decisions = decisions;
  }

  void routes(RoutingContext ctx) {
    decisions.status().onComplete(report -> Answers.json(ctx, report.routes()), ctx::fail);
  }

  void route(RoutingContext ctx) {
    String name = ctx.pathParam("name");
    decisions
        .status()
        .map(report -> find(report, name))
        .onComplete(route -> Answers.json(ctx, route), ctx::fail);
  }

  void decisions(RoutingContext ctx) {
    String route = routeFilter(ctx);
    int limit = limit(ctx);
    decisions
        .decisions(route, limit, 0)
        .onComplete(
            list -> {
              if (known(ctx, route, list.known())) {
                Answers.json(ctx, newestFirst(list, limit));
              }
            },
            ctx::fail);
  }

  private static List<Object> newestFirst(Queries.DecisionList list, int limit) {
    Stream<Object> unwritten = list.unwritten().stream().map(UnwrittenDecision::new);
    return Stream.concat(unwritten, list.decisions().stream()).limit(limit).toList();
  }

  private static boolean known(RoutingContext ctx, @Nullable String route, boolean known) {
    if (!known) {
      Answers.problem(ctx, Problem.unheardOf(String.valueOf(route)));
    }
    return known;
  }

  void conflicts(RoutingContext ctx) {
    String route = routeFilter(ctx);
    decisions
        .conflicts(route, limit(ctx))
        .onComplete(
            list -> {
              if (known(ctx, route, list.known())) {
                Answers.json(ctx, list.conflicts());
              }
            },
            ctx::fail);
  }

  /** Answers with a part of what the comparisons of the live trial have shown. */
  void insight(RoutingContext ctx, Function<InsightReport, Object> part) {
    decisions
        .insight(ctx.pathParam("name"))
        .onComplete(report -> Answers.json(ctx, part.apply(report)), ctx::fail);
  }

  /** Answers with the latency and errors of both models of every route. */
  void latencies(RoutingContext ctx) {
    decisions.latencies().onComplete(list -> Answers.json(ctx, list.latencies()), ctx::fail);
  }

  /** Answers with what the comparisons of a route came to over time. */
  void history(RoutingContext ctx) {
    decisions
        .history(new Queries.HistoryOf(ctx.pathParam("name"), resolution(ctx), since(ctx)))
        .onComplete(history -> Answers.json(ctx, history), ctx::fail);
  }

  /** Carries out an action; answers the route as it then is. */
  void act(RoutingContext ctx, Decision.Action action) {
    ActionBody body = ActionBody.parse(ctx.body().buffer());
    Caller caller = Caller.of(ctx);
    decisions
        .act(
            new OperatorCommand(
                ctx.pathParam("name"), action, body.reason(), caller.name(), caller.address()))
        .onComplete(result -> answer(ctx, result), ctx::fail);
  }

  private static void answer(RoutingContext ctx, CommandResult result) {
    if (result instanceof CommandResult.Done done) {
      Answers.json(ctx, done.route());
    } else if (result instanceof CommandResult.NoSuchRoute missing) {
      Answers.problem(ctx, Problem.noSuchRoute(missing.name()));
    } else if (result instanceof CommandResult.Refused refused) {
      Answers.problem(ctx, Problem.refused(refused.route().state(), refused.why()));
    } else if (result instanceof CommandResult.NotStored fault) {
      Answers.problem(ctx, Problem.notStored(fault.why()));
    }
  }

  private static RouteStatus find(Queries.StatusReport report, String name) {
    Optional<RouteStatus> found =
        report.routes().stream().filter(route -> route.name().equals(name)).findFirst();
    return found.orElseThrow(() -> new ProblemException(Problem.noSuchRoute(name)));
  }

  /** The only route wanted, or null. One that is not in the table may still be in the log. */
  private static @Nullable String routeFilter(RoutingContext ctx) {
    String route = single(ctx, "route");
    if (route != null && route.isEmpty()) {
      throw ProblemException.badRequest("route: empty (expected the name of a route)");
    }
    return route;
  }

  private static HistoryReport.Resolution resolution(RoutingContext ctx) {
    String text = single(ctx, "resolution");
    return switch (text == null ? "second" : text) {
      case "second" -> HistoryReport.Resolution.SECOND;
      case "minute" -> HistoryReport.Resolution.MINUTE;
      default ->
          throw ProblemException.badRequest("resolution: " + text + " (expected second or minute)");
    };
  }

  private static long since(RoutingContext ctx) {
    String text = single(ctx, "since");
    // At most twelve digits, so that it cannot overflow.
    if (text != null && !text.matches("[0-9]{1,12}")) {
      throw ProblemException.badRequest("since: " + text + " (expected whole seconds since 1970)");
    }
    return text == null ? 0 : Long.parseLong(text);
  }

  private static int limit(RoutingContext ctx) {
    String text = single(ctx, "limit");
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    // At most four digits, so that it cannot overflow.
    int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > MAX_LIMIT) {
      throw ProblemException.badRequest(
          "limit: " + text + " (expected a whole number, 1.." + MAX_LIMIT + ")");
    }
    return limit;
  }

  private static @Nullable String single(RoutingContext ctx, String name) {
    List<String> values = ctx.queryParam(name);
    if (values.size() > 1) {
      throw ProblemException.badRequest(name + ": given " + values.size() + " times (expected 1)");
    }
    return values.isEmpty() ? null : values.get(0);
  }
}
