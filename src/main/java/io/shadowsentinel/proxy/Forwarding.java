package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way to the champion and back: streams both ways, with backpressure, and lets
 * the mirror look on. It is sent once; only a connection that could not be made is tried elsewhere.
 * Bound to one event loop, and the only owner of its state.
 */
final class Forwarding extends Sweeper.Timed {
  private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

  /**
   * How much of a body waits for the champion's connection before the user is asked to wait too.
   */
  private static final int MAX_PENDING_BYTES = 256 << 10;

  private final Loop loop;
  private final RouteRuntime route;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String target;
  private final String requestId;
  private final long bodyLength;
  private final @Nullable MirrorExchange mirror;
  private final long startNanos;

  private @Nullable Buffer pending;
  private long received;
  private boolean requestEnded;
  private @Nullable HttpClientRequest upstream;
  private @Nullable HttpClientResponse answer;
  private long answerRemaining;
  private boolean answerPaused;
  private boolean upstreamPaused;
  private long activeNanos;
  private int attempts;
  private boolean done;

  Forwarding(
      Loop loop,
      RouteRuntime route,
      HttpServerRequest request,
      String target,
      String requestId,
      long bodyLength,
      @Nullable MirrorExchange mirror) {
    this.loop = loop;
    this.route = route;
    this.request = request;
    this.response = request.response();
    this.target = target;
    this.requestId = requestId;
    this.bodyLength = bodyLength;
    this.mirror = mirror;
    this.startNanos = loop.now();
    this.activeNanos = startNanos;
  }

  void start() {
    loop.sweeper().join(this);
    request.exceptionHandler(this::clientGone);
    response.exceptionHandler(this::clientGone);
    request.handler(this::requestChunk);
    request.endHandler(unused -> requestEnd());
    connect();
  }

  // To the champion

  private void connect() {
    UpstreamSet.Upstream to = route.champion.next(loop.now());
    attempts++;
    RequestOptions options =
        new RequestOptions()
            .setMethod(request.method())
            .setHost(to.host)
            .setPort(to.port)
            .setURI(target)
            .setConnectTimeout(route.connectTimeoutMillis);
    loop.champions()
        .of(to)
        .request(options)
        .onComplete(connected -> connected(to, connected), failure -> notConnected(to, failure));
  }

  private void connected(UpstreamSet.Upstream to, HttpClientRequest connected) {
    connected.exceptionHandler(this::championBroke);
    connected.response().onComplete(this::answerHead, this::championBroke);
    if (done) {
      connected.reset();
      return;
    }
    upstream = connected;
    touch();
    ChampionHeaders.copy(loop, request, requestId, to, connected);
    if (bodyLength < 0 && request.headers().contains("Transfer-Encoding")) {
      connected.setChunked(true);
    }
    if (request.headers().contains("Expect")) {
      connected.continueHandler(unused -> sendContinue());
      if (pending == null && !requestEnded) {
        prepareUnknownLength(connected);
        connected.sendHead();
      }
    }
    connected.earlyHintsHandler(this::earlyHints);
    Buffer waiting = pending;
    pending = null;
    if (requestEnded) {
      endUpstream(waiting);
    } else if (waiting != null) {
      writeUpstream(connected, waiting);
    }
    if (upstreamPaused && !requestEnded && !connected.writeQueueFull()) {
      resumeRequest();
    }
  }

  private void notConnected(UpstreamSet.Upstream to, Throwable failure) {
    if (done) {
      return;
    }
    if (failure instanceof ConnectionPoolTooBusyException) {
      fail(503, "Champion Busy", "too many requests wait for " + to, Answer.Fate.UNREACHABLE);
      return;
    }
    to.eject(loop.now());
    log.debug("route {}: no connection to {}: {}", route.name, to, failure.toString());
    if (attempts < route.champion.size()) {
      connect();
      return;
    }
    fail(
        502,
        "Champion Unreachable",
        "no connection to the champion's upstream " + to,
        Answer.Fate.UNREACHABLE);
  }

  private void requestChunk(Buffer chunk) {
    received += chunk.length();
    if (mirror != null) {
      mirror.requestChunk(chunk);
    }
    if (done) {
      return;
    }
    touch();
    boolean last = bodyLength > 0 && received == bodyLength;
    if (upstream == null) {
      pending = pending == null ? chunk : Buffer.buffer().appendBuffer(pending).appendBuffer(chunk);
      if (pending.length() > MAX_PENDING_BYTES) {
        pauseRequest();
      }
      if (last) {
        requestComplete();
      }
    } else if (last) {
      // Head and body in one write: the length says that nothing follows.
      requestEnded = true;
      endUpstream(chunk);
      mirrorNow();
    } else {
      writeUpstream(upstream, chunk);
    }
  }

  private void requestEnd() {
    if (requestEnded) {
      return;
    }
    requestComplete();
    if (!done && upstream != null) {
      endUpstream(null);
    }
  }

  private void requestComplete() {
    requestEnded = true;
    mirrorNow();
  }

  private void mirrorNow() {
    if (mirror != null) {
      mirror.send();
    }
  }

  private void writeUpstream(HttpClientRequest to, Buffer chunk) {
    prepareUnknownLength(to);
    to.write(chunk);
    if (to.writeQueueFull()) {
      pauseRequest();
      to.drainHandler(unused -> resumeRequest());
    }
  }

  private void prepareUnknownLength(HttpClientRequest to) {
    if (bodyLength < 0 && !to.isChunked() && to.version() != HttpVersion.HTTP_2) {
      to.setChunked(true);
    }
  }

  private void endUpstream(@Nullable Buffer last) {
    if (upstream == null) {
      return;
    }
    if (last == null) {
      upstream.end();
    } else {
      upstream.end(last);
    }
  }

  private void pauseRequest() {
    if (!upstreamPaused) {
      upstreamPaused = true;
      request.pause();
    }
  }

  private void resumeRequest() {
    if (upstreamPaused) {
      upstreamPaused = false;
      touch();
      request.resume();
    }
  }

  private void sendContinue() {
    if (!done && !response.headWritten()) {
      response.writeContinue();
    }
  }

  private void earlyHints(MultiMap hints) {
    if (!done && !response.headWritten() && request.version() != HttpVersion.HTTP_1_0) {
      response.writeEarlyHints(hints);
    }
  }

  // Back to the user

  private void answerHead(HttpClientResponse head) {
    if (done) {
      return;
    }
    answer = head;
    touch();
    head.exceptionHandler(this::championBroke);
    head.handler(this::answerChunk);
    head.endHandler(unused -> answerEnd());
    int status = head.statusCode();
    response.setStatusCode(status);
    if (request.version() != HttpVersion.HTTP_2
        && head.version() != HttpVersion.HTTP_2
        && !head.statusMessage().equals(response.getStatusMessage())) {
      response.setStatusMessage(head.statusMessage());
    }
    MultiMap headers = response.headers();
    HeaderRules.copyEndToEnd(head.headers(), headers);
    boolean bodiless = HttpMethod.HEAD.equals(request.method()) || status == 204 || status == 304;
    answerRemaining = bodiless ? 0 : HeaderRules.parseLength(headers.get("Content-Length"));
    if (answerRemaining < 0 && request.version() != HttpVersion.HTTP_1_0) {
      if (request.version() == HttpVersion.HTTP_1_1) {
        response.setChunked(true);
      }
      // The length being unknown, a first chunk may be long in coming: a stream's reader wants to
      // know
      // that it is open.
      response.writeHead();
    }
  }

  private void answerChunk(Buffer chunk) {
    if (done) {
      return;
    }
    touch();
    if (mirror != null) {
      mirror.championChunk(chunk);
    }
    if (answerRemaining > 0) {
      answerRemaining -= chunk.length();
      if (answerRemaining == 0) {
        finish(chunk);
        return;
      }
    }
    response.write(chunk);
    if (response.writeQueueFull()) {
      pauseAnswer();
    }
  }

  private void pauseAnswer() {
    HttpClientResponse from = answer;
    if (from == null || answerPaused) {
      return;
    }
    answerPaused = true;
    from.pause();
    response.drainHandler(
        unused -> {
          if (answerPaused) {
            answerPaused = false;
            touch();
            from.resume();
          }
        });
  }

  private void answerEnd() {
    if (done || answer == null) {
      return;
    }
    MultiMap trailers = answer.trailers();
    if (!trailers.isEmpty()) {
      response.trailers().addAll(trailers);
    }
    finish(null);
  }

  private void finish(@Nullable Buffer last) {
    HttpClientResponse from = answer;
    if (from == null) {
      return;
    }
    end(from.statusCode());
    if (last == null) {
      response.end();
    } else {
      response.end(last);
    }
    if (request.version() == HttpVersion.HTTP_1_0 && answerRemaining < 0) {
      // HTTP/1.0 knows the end of such a body by the connection's end only.
      request.connection().close();
    }
    long nanos = loop.now() - startNanos;
    route.meters.championAnswered(nanos);
    if (mirror != null) {
      if (requestEnded) {
        mirror.championComplete(from, nanos);
      } else {
        mirror.cancel();
      }
    }
    if (!requestEnded) {
      // Answered before it was all read: the champion has seen enough, and what the user still
      // sends
      // is read and dropped.
      if (upstream != null) {
        upstream.reset();
      }
      resumeRequest();
    }
  }

  // When something breaks

  private void championBroke(Throwable cause) {
    if (done) {
      return;
    }
    log.debug("route {}: the champion's connection broke: {}", route.name, cause.toString());
    fail(
        502,
        "Champion Failed",
        "the champion's connection broke before its answer was complete",
        Answer.Fate.BROKEN);
  }

  private void fail(int status, String title, String detail, Answer.Fate fate) {
    int seen = answer == null ? 0 : answer.statusCode();
    end(response.headWritten() ? seen : status);
    if (response.headWritten()) {
      // Part of the champion's answer is out; a broken connection says that the rest will not come.
      response.reset();
    } else {
      response.headers().clear();
      response.setChunked(false);
      Problem.send(response, status, title, detail);
    }
    if (upstream != null) {
      upstream.reset();
    }
    if (mirror != null) {
      if (requestEnded) {
        mirror.championFailed(fate, seen, loop.now() - startNanos);
      } else {
        mirror.cancel();
      }
    }
    resumeRequest();
  }

  private void clientGone(Throwable unused) {
    if (mirror != null && (!done || !requestEnded)) {
      mirror.cancel();
    }
    if (done) {
      return;
    }
    end(ProxyMeters.CLIENT_CLOSED);
    if (upstream != null) {
      upstream.reset();
    }
  }

  private void end(int code) {
    done = true;
    pending = null;
    loop.sweeper().leave(this);
    route.meters.answered(code, loop.now() - startNanos);
  }

  private void touch() {
    activeNanos = loop.now();
  }

  @Override
  boolean sweep(long nowNanos) {
    if (answer != null
        && !response.headWritten()
        && response.headers().contains("Content-Length")) {
      response.writeHead();
    }
    if (answerPaused || nowNanos - activeNanos < route.timeoutNanos) {
      return false;
    }
    if (requestEnded || upstreamPaused) {
      fail(
          504,
          "Champion Timed Out",
          "the champion was silent for " + route.timeoutNanos / 1_000_000 + " ms",
          Answer.Fate.TIMED_OUT);
    } else {
      fail(
          408,
          "Request Timed Out",
          "no more of the request came for " + route.timeoutNanos / 1_000_000 + " ms",
          Answer.Fate.BROKEN);
    }
    return true;
  }
}
