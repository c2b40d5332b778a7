package io.shadowsentinel.admin;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.InsightReport;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Which path is answered by whom. */
final class AdminRouter {

  /** The longest body that is read, in bytes. */
  static final int MAX_BODY = 16 * 1024;

  private final Router router;
  private final AdminConnections connections;
  private final RequestGuard guard;
  private final Audit audit;
  private final AnswerBudget budget = new AnswerBudget();

  private AdminRouter(Vertx vertx, Parts parts) {
    this.router = Router.router(vertx);
    this.connections = parts.connections();
    this.guard = parts.guard();
    this.audit = parts.audit();
  }

  /** The parts that answer. */
  record Parts(
      AdminConnections connections,
      RequestGuard guard,
      Audit audit,
      RoutesApi routes,
      EventHub events,
      HealthApi health,
      MetricsApi metrics,
      Dashboard dashboard) {}

  static Handler<HttpServerRequest> of(Vertx vertx, Parts parts) {
    Router router = new AdminRouter(vertx, parts).build(parts);
    return request -> {
      // Not by a route: the router itself refuses what is no request to it.
      SecurityHeaders.put(request);
      router.handle(request);
    };
  }

  private Router build(Parts parts) {
    router
        .route()
        .handler(this::begin)
        .handler(guard::checkHead)
        .failureHandler(ctx -> Answers.failure(ctx, ctx.statusCode()));
    get("/api/v1/routes", parts.routes()::routes);
    get("/api/v1/routes/:name", parts.routes()::route);
    insight("differences", parts.routes(), InsightReport::differences);
    insight("confusion", parts.routes(), InsightReport::confusion);
    insight("latency", parts.routes(), InsightReport::latency);
    get("/api/v1/routes/:name/history", parts.routes()::history);
    get("/api/v1/latency", parts.routes()::latencies);
    for (Decision.Action action : Decision.Action.OF_OPERATORS) {
      String verb = action.name().toLowerCase(Locale.ROOT);
      post("/api/v1/routes/:name/" + verb, verb, ctx -> parts.routes().act(ctx, action));
    }
    get("/api/v1/decisions", parts.routes()::decisions);
    get("/api/v1/conflicts", parts.routes()::conflicts);
    stream("/api/v1/events", parts.events()::accept);
    get("/metrics", guard::checkScraper, parts.metrics()::scrape);
    // For everyone: a probe has no token, and calls by whatever name it is told.
    get("/health/live", RoutingContext::next, parts.health()::live);
    get("/health/ready", RoutingContext::next, parts.health()::ready);
    for (String path : parts.dashboard().paths()) {
      get(path, guard::checkPage, ctx -> parts.dashboard().answer(ctx, path));
    }
    for (int status : List.of(400, 404, 405, 406, 413, 415, 500)) {
      router.errorHandler(status, ctx -> Answers.failure(ctx, status));
    }
    return router;
  }

  private void insight(String name, RoutesApi routes, Function<InsightReport, Object> part) {
    get("/api/v1/routes/:name/" + name, ctx -> routes.insight(ctx, part));
  }

  private void get(String path, Handler<RoutingContext> handler) {
    get(path, guard::checkReader, handler);
  }

  private void get(String path, Handler<RoutingContext> check, Handler<RoutingContext> handler) {
    router
        .route(path)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(check)
        .handler(handler);
    others(path, List.of("GET", "HEAD"));
  }

  /** Without HEAD, which would hold the connection for nothing. */
  private void stream(String path, Handler<RoutingContext> handler) {
    router
        .route(path)
        .method(HttpMethod.GET)
        .handler(guard::checkReader)
        .handler(
            ctx -> {
              connections.streams(ctx.request());
              handler.handle(ctx);
            });
    others(path, List.of("GET"));
  }

  private void post(String path, String action, Handler<RoutingContext> handler) {
    // A route of its own: vertx-web takes no body handler after another one within a route, and
    // nobody's body is read before it is known who calls.
    router
        .route(path)
        .method(HttpMethod.POST)
        .handler(ctx -> audit.follow(ctx, action))
        .handler(guard::checkOperator);
    router
        .route(path)
        .method(HttpMethod.POST)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(guard::checkContentType)
        .handler(handler);
    others(path, List.of("POST"));
  }

  private void others(String path, List<String> allowed) {
    router.route(path).handler(ctx -> Answers.methodNotAllowed(ctx, allowed));
  }

  private void begin(RoutingContext ctx) {
    budget.holdFor(ctx);
    connections.began(ctx.request());
    ctx.addEndHandler(ended -> connections.ended(ctx.request()));
    ctx.next();
  }
}
