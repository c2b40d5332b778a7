package io.shadowsentinel.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A protocol upgrade, to WebSocket for example: once the champion agrees, bytes go both ways until
 * either side ends. Never mirrored. Bound to one event loop.
 */
final class Tunnel {
  private static final Logger log = LoggerFactory.getLogger(Tunnel.class);

  private final Loop loop;
  private final RouteRuntime route;
  private final HttpServerRequest request;
  private final String target;
  private final String requestId;
  private final long startNanos;
  private int attempts;

  /** The champion's side, until it has answered. */
  private @Nullable HttpClientRequest asking;

  private boolean gone;

  Tunnel(
      Loop loop, RouteRuntime route, HttpServerRequest request, String target, String requestId) {
    this.loop = loop;
    this.route = route;
    this.request = request;
    this.target = route.rules.target(target);
    this.requestId = requestId;
    this.startNanos = loop.now();
  }

  void start() {
    request.pause();
    request.exceptionHandler(unused -> abandon());
    request.response().exceptionHandler(unused -> abandon());
    connect();
  }

  /** Its user left before the champion has answered: nobody waits for that any more. */
  private void abandon() {
    if (gone) {
      return;
    }
    gone = true;
    if (asking != null) {
      asking.reset();
    }
  }

  private void connect() {
    UpstreamSet.Upstream to = route.champion.next(loop.now());
    attempts++;
    RequestOptions options = to.request(request.method(), target, route.connectTimeoutMillis);
    loop.champions()
        .ofUpgrade(to)
        .request(options)
        .compose(upstream -> ask(to, upstream))
        .onComplete(this::answered, failure -> failed(to, failure));
  }

  private Future<HttpClientResponse> ask(UpstreamSet.Upstream to, HttpClientRequest upstream) {
    asking = upstream;
    if (gone) {
      upstream.reset();
      return Future.failedFuture("its user has left");
    }
    upstream.exceptionHandler(
        broken -> log.debug("route {}: upgrade broke: {}", route.name, broken.toString()));
    ChampionHeaders.of(loop, route.rules, request, requestId, to, false).addTo(upstream.headers());
    upstream.headers().set("Connection", "Upgrade");
    upstream.headers().set("Upgrade", String.join(", ", request.headers().getAll("Upgrade")));
    upstream.idleTimeout(Math.max(1, route.timeoutNanos / 1_000_000));
    attempts = route.champion.size();
    return upstream.connect();
  }

  private void answered(HttpClientResponse answer) {
    asking = null;
    loop.admission().ended();
    HttpServerResponse response = request.response();
    response.setStatusCode(answer.statusCode()).setStatusMessage(answer.statusMessage());
    HeaderRules.addEndToEnd(Fields.of(answer.headers()), response.headers());
    route.meters.answered(answer.statusCode(), loop.now() - startNanos);
    if (answer.statusCode() != 101) {
      refuse(answer, response);
      return;
    }
    response.headers().set("Connection", "Upgrade");
    if (answer.headers().contains("Upgrade")) {
      response.headers().set("Upgrade", String.join(", ", answer.headers().getAll("Upgrade")));
    }
    NetSocket champion = answer.netSocket();
    champion.pause();
    request
        .toNetSocket()
        .onComplete(
            user -> join(user, champion),
            failure -> {
              log.debug("route {}: the user's side was not upgraded", route.name, failure);
              champion.close();
            });
  }

  private static void join(NetSocket user, NetSocket champion) {
    // Each pipe ends its destination when its source ends, and that closes the other pipe's source.
    user.pipeTo(champion).onFailure(broken -> champion.close());
    champion.pipeTo(user).onFailure(broken -> user.close());
    user.closeHandler(closed -> champion.close());
    champion.closeHandler(closed -> user.close());
  }

  private void refuse(HttpClientResponse answer, HttpServerResponse response) {
    if (!response.headers().contains("Content-Length")) {
      response.setChunked(true);
    }
    request.resume();
    answer
        .pipeTo(response)
        .onFailure(
            broken -> {
              answer.request().reset();
              // Not now: the pipe may be about to look at the response that it could not write to.
              loop.vertx().runOnContext(unused -> response.reset());
            });
  }

  private void failed(UpstreamSet.Upstream to, Throwable cause) {
    Throwable failure = loop.champions().tls().failure(to, cause);
    log.debug("route {}: upgrade at {} failed: {}", route.name, to, failure.toString());
    asking = null;
    if (gone) {
      loop.admission().ended();
      route.meters.answered(ProxyMeters.CLIENT_CLOSED, loop.now() - startNanos);
      return;
    }
    if (attempts < route.champion.size()) {
      to.eject(loop.now());
      connect();
      return;
    }
    loop.admission().ended();
    request.resume();
    HttpServerResponse response = request.response();
    if (!response.headWritten() && !response.closed()) {
      Problem.send(
          response,
          502,
          "Champion Unreachable",
          TlsFailure.detail(failure, "the champion's upstream did not upgrade"));
    }
    route.meters.answered(502, loop.now() - startNanos);
  }
}
