package io.shadowsentinel.admin;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns away what must not get through: a web page that reaches a loopback port by a name of its
 * own (DNS rebinding), a web page that posts to it, and a caller without the token. On the event
 * loop.
 */
final class RequestGuard {
  private static final Logger LOG = LoggerFactory.getLogger(RequestGuard.class);

  private static final String SCHEME = "Bearer ";

  private final boolean loopback;
  private static final String CALLER = "caller";
  private static final String REALM = "Bearer realm=\"shadow-sentinel\"";

  private final boolean readsNeedToken;
  private final TokenBook tokens;
  private final FailedTokens failures;
  private final GuardMeters meters;

  RequestGuard(
      AdminSettings settings, TokenBook tokens, FailedTokens failures, GuardMeters meters) {
    loopback = settings.isLoopback();
    readsNeedToken = settings.readsNeedToken();
    this.tokens = tokens;
    this.failures = failures;
    this.meters = meters;
  }

  /** For every request. One without {@code Host} passes: browsers always send it. */
  void checkHost(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    if (request.getHeader("Host") != null) {
      HostAndPort authority = request.authority();
      if (authority == null) {
        throw ProblemException.badRequest("Host: not a host and port");
      }
      if (loopback && !isLocalName(authority.host())) {
        meters.host().increment();
        throw new ProblemException(
            Problem.of(
                403, "Host: " + authority.host() + " (expected localhost or an IP address)"));
      }
    }
    ctx.next();
  }

  /** For requests that change something: the token first, then where the call comes from. */
  void checkCaller(RoutingContext ctx) {
    if (!tokens.isEmpty()) {
      TokenBook.Caller caller = caller(ctx);
      if (caller.role() != AdminToken.Role.OPERATOR) {
        meters.forbidden().increment();
        throw new ProblemException(
            Problem.of(
                403, "token " + caller.name() + ": a viewer's (expected that of an operator)"));
      }
    }
    checkOrigin(ctx.request());
    ctx.next();
  }

  /** For requests that show something, where that takes a token. */
  void checkReader(RoutingContext ctx) {
    if (readsNeedToken && !tokens.isEmpty()) {
      caller(ctx);
    }
    ctx.next();
  }

  /** Who calls, as the decision log has it: by name, where it is known, and from where. */
  static String origin(RoutingContext ctx) {
    String name = ctx.get(CALLER);
    return name == null ? address(ctx) : name + "@" + address(ctx);
  }

  private static String address(RoutingContext ctx) {
    SocketAddress caller = ctx.request().remoteAddress();
    String address = caller == null ? null : caller.hostAddress();
    return address == null ? "unknown" : address;
  }

  /**
   * After the body was read. A web page can post without asking first only what a form can, and
   * JSON is not among it.
   */
  void checkContentType(RoutingContext ctx) {
    String type = ctx.request().getHeader("Content-Type");
    if (ctx.body().length() > 0 && (type == null || !isJson(type))) {
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

  private TokenBook.Caller caller(RoutingContext ctx) {
    String address = address(ctx);
    long wait = failures.secondsToWait(address);
    if (wait > 0) {
      meters.slowed().increment();
      ctx.response().putHeader("Retry-After", Long.toString(wait));
      throw new ProblemException(
          Problem.of(429, "too many wrong tokens from " + address + " (expected a pause)"));
    }
    String header = ctx.request().getHeader("Authorization");
    if (header == null) {
      meters.unauthorized().increment();
      ctx.response().putHeader("WWW-Authenticate", REALM);
      throw new ProblemException(Problem.of(401, "Authorization: none (expected Bearer <token>)"));
    }
    boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    TokenBook.Caller caller = tokens.find(header.substring(bearer ? SCHEME.length() : 0).trim());
    if (caller == null || !bearer) {
      failures.failed(address);
      meters.unauthorized().increment();
      LOG.debug("a wrong admin token from {}", address);
      ctx.response().putHeader("WWW-Authenticate", REALM + ", error=\"invalid_token\"");
      throw new ProblemException(
          Problem.of(401, "Authorization: wrong (expected Bearer and a token of this instance)"));
    }
    ctx.put(CALLER, caller.name());
    return caller;
  }

  private void checkOrigin(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    if (origin != null && !isSameOrigin(origin, request.authority())) {
      meters.origin().increment();
      throw new ProblemException(
          Problem.of(403, "Origin: " + origin + " (expected the host that was called)"));
    }
  }

  private static boolean isSameOrigin(String origin, @Nullable HostAndPort called) {
    try {
      URI uri = new URI(origin);
      if (called == null || uri.getHost() == null || uri.getScheme() == null) {
        return false;
      }
      int standard = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
      return uri.getHost().equalsIgnoreCase(called.host())
          && (uri.getPort() < 0 ? standard : uri.getPort())
              == (called.port() < 0 ? standard : called.port());
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isLocalName(String host) {
    return host.toLowerCase(Locale.ROOT).equals("localhost")
        || NetUtil.isValidIpV4Address(host)
        || NetUtil.isValidIpV6Address(host);
  }
}
