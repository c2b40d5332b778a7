package io.shadowsentinel.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Turns away what must not get through: a caller without the token or the role, a web page that
 * reaches the port by a name of its own (DNS rebinding), and a web page that acts in the name of
 * who looks at it. On the event loop.
 */
final class RequestGuard {
  private static final String SCHEME = "Bearer ";
  private static final String REALM = "Bearer realm=\"shadow-sentinel\"";

  private final FailedTokens failures;
  private final GuardMeters meters;
  private final Audit audit;
  private volatile AccessRules rules;

  RequestGuard(AccessRules rules, FailedTokens failures, GuardMeters meters, Audit audit) {
    this.rules = rules;
    this.failures = failures;
    this.meters = meters;
    this.audit = audit;
  }

  AccessRules rules() {
    return rules;
  }

  /** Replaces the rules, for calls that come from now on. */
  void use(AccessRules next) {
    rules = next;
  }

  /** For every request: there is one host. HTTP/1.0 may do without, which browsers never do. */
  void checkHead(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
    boolean optional = request.version() == HttpVersion.HTTP_1_0 && hosts == 0;
    if (hosts > 1 || (request.authority() == null && !optional)) {
      throw ProblemException.badRequest("Host: not one host and port");
    }
    ctx.next();
  }

  /** For the page itself, which tells nothing and asks for the token. */
  void checkPage(RoutingContext ctx) {
    checkHost(ctx.request(), rules);
    ctx.next();
  }

  /** For what shows how the routes are. */
  void checkReader(RoutingContext ctx) {
    AccessRules now = rules;
    checkReader(ctx, now, now.readsNeedToken());
  }

  /** For the metrics. */
  void checkScraper(RoutingContext ctx) {
    AccessRules now = rules;
    checkReader(ctx, now, now.metricsNeedToken());
  }

  /**
   * A token takes the place of a known host: a page that has rebound its name cannot have one, and
   * other machines may call us by any.
   */
  private void checkReader(RoutingContext ctx, AccessRules now, boolean needsToken) {
    HttpServerRequest request = ctx.request();
    String foreign = WebPages.refuseRead(request);
    if (foreign != null) {
      meters.origin().increment();
      throw new ProblemException(Problem.of(403, foreign));
    }
    boolean shown = request.getHeader(HttpHeaderNames.AUTHORIZATION) != null;
    if (needsToken || (shown && !now.tokens().isEmpty() && !knowsHost(request, now))) {
      identify(ctx, now);
    } else {
      checkHost(request, now);
    }
    ctx.next();
  }

  /** For what changes something: who calls first, then where the call comes from. */
  void checkOperator(RoutingContext ctx) {
    AccessRules now = rules;
    if (now.tokens().isEmpty()) {
      checkHost(ctx.request(), now);
    } else {
      requireOperator(ctx, identify(ctx, now));
    }
    String foreign = WebPages.refuseChange(ctx.request(), now.hosts());
    if (foreign != null) {
      meters.origin().increment();
      throw new ProblemException(Problem.of(403, foreign));
    }
    ctx.next();
  }

  /**
   * For what changes something. A web page can post without asking first only what a form can, and
   * JSON is not among it.
   */
  void checkContentType(RoutingContext ctx) {
    String type = ctx.request().getHeader(HttpHeaderNames.CONTENT_TYPE);
    boolean missing = type == null && ctx.body().length() > 0;
    if (missing || (type != null && !isJson(type))) {
      throw new ProblemException(
          Problem.of(
              415,
              "Content-Type: "
                  + (type == null ? "none" : type)
                  + " (expected application/json, or no body)"));
    }
    ctx.next();
  }

  private static boolean isJson(String type) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).trim().equalsIgnoreCase("application/json");
  }

  private void checkHost(HttpServerRequest request, AccessRules now) {
    if (!knowsHost(request, now)) {
      meters.host().increment();
      throw new ProblemException(
          Problem.of(
              403,
              "Host: "
                  + host(request)
                  + " (expected localhost, an address, or a name in admin.allowedHosts)"));
    }
  }

  private static boolean knowsHost(HttpServerRequest request, AccessRules now) {
    String host = host(request);
    return host == null || now.hosts().knows(host);
  }

  private static @Nullable String host(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    return authority == null ? null : authority.host();
  }

  private void requireOperator(RoutingContext ctx, AdminToken token) {
    if (token.role() == AdminToken.Role.OPERATOR) {
      return;
    }
    meters.forbidden().increment();
    ctx.response()
        .putHeader(
            "WWW-Authenticate", REALM + ", error=\"insufficient_scope\", scope=\"operator\"");
    throw new ProblemException(
        Problem.of(
            403,
            "token "
                + token.name()
                + ": a "
                + token.role().label()
                + "'s (expected an operator's)"));
  }

  private AdminToken identify(RoutingContext ctx, AccessRules now) {
    String address = Caller.address(ctx);
    long wait = failures.secondsToWait(address);
    if (wait > 0) {
      meters.slowed().increment();
      ctx.response().putHeader("Retry-After", Long.toString(wait));
      throw new ProblemException(
          Problem.of(
              429,
              "too many wrong tokens from " + address + " (expected a pause of " + wait + " s)"));
    }
    String header = ctx.request().getHeader(HttpHeaderNames.AUTHORIZATION);
    if (header == null) {
      meters.unauthorized().increment();
      ctx.response().putHeader("WWW-Authenticate", REALM);
      throw new ProblemException(Problem.of(401, "Authorization: none (expected Bearer <token>)"));
    }
    boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    AdminToken token = now.tokens().find(header.substring(bearer ? SCHEME.length() : 0).trim());
    if (token == null || !bearer) {
      failures.failed(address);
      meters.unauthorized().increment();
      audit.wrongToken(address);
      ctx.response().putHeader("WWW-Authenticate", REALM + ", error=\"invalid_token\"");
      throw new ProblemException(
          Problem.of(401, "Authorization: wrong (expected Bearer and a token of this instance)"));
    }
    Caller.identified(ctx, token);
    return token;
  }
}
