package io.shadowsentinel.admin;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns away what must not get through: a web page that reaches a loopback port by a name of its
 * own (DNS rebinding), a web page that posts to it, and a caller without the token. On the event
 * loop.
 */
final class RequestGuard {
  private static final String SCHEME = "Bearer ";

  private final boolean loopback;
  private final byte @Nullable [] token;

  RequestGuard(AdminSettings settings) {
    String secret = settings.token();
    loopback = settings.isLoopback();
    token = secret == null ? null : secret.getBytes(StandardCharsets.UTF_8);
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
        throw new ProblemException(
            Problem.of(
                403, "Host: " + authority.host() + " (expected localhost or an IP address)"));
      }
    }
    ctx.next();
  }

  /** For requests that change something: the token first, then where the call comes from. */
  void checkCaller(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    if (token != null) {
      checkToken(ctx, token, request.getHeader("Authorization"));
    }
    checkOrigin(request);
    ctx.next();
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

  private static void checkToken(RoutingContext ctx, byte[] token, @Nullable String header) {
    if (header == null) {
      ctx.response().putHeader("WWW-Authenticate", "Bearer realm=\"shadow-sentinel\"");
      throw new ProblemException(Problem.of(401, "Authorization: none (expected Bearer <token>)"));
    }
    boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    byte[] shown =
        header.substring(bearer ? SCHEME.length() : 0).trim().getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(token, shown) || !bearer) {
      ctx.response()
          .putHeader(
              "WWW-Authenticate", "Bearer realm=\"shadow-sentinel\", error=\"invalid_token\"");
      throw new ProblemException(
          Problem.of(401, "Authorization: wrong (expected Bearer and the token of this instance)"));
    }
  }

  private static void checkOrigin(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    if (origin != null && !isSameOrigin(origin, request.authority())) {
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
