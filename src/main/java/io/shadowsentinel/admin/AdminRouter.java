package io.shadowsentinel.admin;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.InsightReport;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
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

  private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";

  private final Router router;
  private final RequestGuard guard;

  private AdminRouter(Vertx vertx, RequestGuard guard) {
    this.router = Router.router(vertx);
    this.guard = guard;
  }

  /** The parts that answer. */
  record Parts(
      RequestGuard guard,
      RoutesApi routes,
      EventHub events,
      HealthApi health,
      MetricsApi metrics,
      Dashboard dashboard) {}

  static Router of(Vertx vertx, Parts parts) {
    return new AdminRouter(vertx, parts.guard()).build(parts);
  }

  private Router build(Parts parts) {
    router
        .route()
        .handler(AdminRouter::securityHeaders)
        .handler(guard::checkHost)
        .failureHandler(ctx -> Answers.failure(ctx, ctx.statusCode()));
    get("/api/v1/routes", parts.routes()::routes);
    get("/api/v1/routes/:name", parts.routes()::route);
    insight("differences", parts.routes(), InsightReport::differences);
    insight("confusion", parts.routes(), InsightReport::confusion);
    insight("latency", parts.routes(), InsightReport::latency);
    get("/api/v1/routes/:name/history", parts.routes()::history);
    get("/api/v1/latency", parts.routes()::latencies);
    for (Decision.Action action : Decision.Action.values()) {
      String verb = action.name().toLowerCase(Locale.ROOT);
      post("/api/v1/routes/:name/" + verb, ctx -> parts.routes().act(ctx, action));
    }
    get("/api/v1/decisions", parts.routes()::decisions);
    get("/api/v1/conflicts", parts.routes()::conflicts);
    stream("/api/v1/events", parts.events()::accept);
    get("/metrics", parts.metrics()::scrape);
    open("/health/live", parts.health()::live);
    open("/health/ready", parts.health()::ready);
    for (String path : parts.dashboard().paths()) {
      open(path, ctx -> parts.dashboard().answer(ctx, path));
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
    open(path, ctx -> guard.checkReader(ctx), handler);
  }

  /** For everyone: a probe has no token, and the page asks for one. */
  private void open(String path, Handler<RoutingContext> handler) {
    open(path, RoutingContext::next, handler);
  }

  private void open(String path, Handler<RoutingContext> check, Handler<RoutingContext> handler) {
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
    router.route(path).method(HttpMethod.GET).handler(guard::checkReader).handler(handler);
    others(path, List.of("GET"));
  }

  private void post(String path, Handler<RoutingContext> handler) {
    // A route of its own: vertx-web takes no body handler after another one within a route, and
    // nobody's body is read before it is known who calls.
    router.route(path).method(HttpMethod.POST).handler(guard::checkCaller);
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

  /** What every answer carries; the dashboard's loosens it for itself. */
  private static void securityHeaders(RoutingContext ctx) {
    HttpServerResponse response = ctx.response();
    response
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Content-Security-Policy", API_POLICY)
        .putHeader("Cache-Control", "no-store");
    ctx.next();
  }
}
