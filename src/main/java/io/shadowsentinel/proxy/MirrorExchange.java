package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.ShedReason;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One mirrored request: captures the champion's side as it streams by, asks the challenger, and
 * hands the pair over. It holds a place in flight, bytes of the budget and perhaps the breaker's
 * probe, and gives each back once, in {@link #complete}. Nothing here can reach the user's answer.
 * Bound to one event loop.
 */
final class MirrorExchange extends Sweeper.Timed {
  private final Mirror mirror;
  private final Loop loop;
  private final Breaker.Pass pass;
  private final HttpServerRequest original;
  private final String target;
  private final String requestId;
  private final Capture requestBody;
  private final Capture championBody;
  private final Capture challengerBody;

  private @Nullable Answer championAnswer;
  private @Nullable Answer challengerAnswer;
  private @Nullable SelfCheckCall selfCheck;
  private boolean championTooLarge;
  private @Nullable HttpClientRequest challengerRequest;
  private @Nullable HttpClientResponse challengerResponse;
  private long sentAtNanos;
  private int attempts;
  private boolean complete;

  MirrorExchange(
      Mirror mirror,
      Breaker.Pass pass,
      HttpServerRequest original,
      String target,
      String requestId) {
    this.mirror = mirror;
    this.loop = mirror.loop;
    this.pass = pass;
    this.original = original;
    this.target = target;
    this.requestId = requestId;
    CaptureBudget budget = loop.shared().budget();
    long cap = mirror.settings.maxBodyBytes();
    this.requestBody = new Capture(budget, cap);
    this.championBody = new Capture(budget, cap);
    this.challengerBody = new Capture(budget, cap);
  }

  // The request

  void requestChunk(Buffer chunk) {
    if (complete) {
      return;
    }
    switch (requestBody.add(chunk)) {
      case KEPT -> {}
      case OVER_CAP -> abort(ShedReason.BODY_TOO_LARGE);
      case OVER_BUDGET -> abort(ShedReason.BACKLOG);
    }
  }

  /**
   * The whole request is captured, and on its way to the champion: now the challenger may have it.
   */
  void send() {
    if (complete) {
      return;
    }
    sentAtNanos = loop.now();
    loop.sweeper().join(this);
    connect();
  }

  private void connect() {
    UpstreamSet.Upstream upstream = mirror.upstreams.next(loop.now());
    attempts++;
    RequestOptions options =
        new RequestOptions()
            .setMethod(original.method())
            .setHost(upstream.host)
            .setPort(upstream.port)
            .setURI(target)
            .setConnectTimeout(mirror.connectTimeoutMillis);
    loop.challengers()
        .of(upstream)
        .request(options)
        .onComplete(
            request -> connected(upstream, request), failure -> notConnected(upstream, failure));
  }

  private void connected(UpstreamSet.Upstream upstream, HttpClientRequest request) {
    request.exceptionHandler(this::challengerBroke);
    request.response().onComplete(this::challengerHead, this::challengerBroke);
    if (complete || challengerAnswer != null) {
      request.reset();
      return;
    }
    challengerRequest = request;
    copyHeaders(upstream, request);
    Buffer body = requestBody.buffer();
    // Writes only fail with the connection, and that is told to the handlers above.
    if (body.length() > 0) {
      request.end(body);
    } else {
      request.end();
    }
  }

  private void copyHeaders(UpstreamSet.Upstream upstream, HttpClientRequest request) {
    MultiMap headers = request.headers();
    MultiMap from = original.headers();
    Set<String> remove = mirror.settings.removeHeaders();
    HeaderRules.copyEndToEnd(from, headers);
    headers.remove("Expect");
    for (String name : remove) {
      headers.remove(name);
    }
    String host = upstream.authority;
    if (mirror.settings.preserveHost() && original.authority() != null) {
      host = original.authority().toString();
    }
    RequestTarget.setHost(request, upstream, host);
    headers.set(HeaderRules.SHADOW_REQUEST, "true");
    headers.set(HeaderRules.REQUEST_ID, requestId);
  }

  private void notConnected(UpstreamSet.Upstream upstream, Throwable failure) {
    if (complete || challengerAnswer != null) {
      return;
    }
    if (failure instanceof ConnectionPoolTooBusyException) {
      abort(ShedReason.IN_FLIGHT);
      return;
    }
    upstream.eject(loop.now());
    if (attempts < mirror.upstreams.size()) {
      connect();
      return;
    }
    challengerEnded(Answer.without(Answer.Fate.UNREACHABLE, 0, sinceSent()));
  }

  // The challenger's answer

  private void challengerHead(HttpClientResponse response) {
    if (complete || challengerAnswer != null) {
      return;
    }
    challengerResponse = response;
    response.exceptionHandler(this::challengerBroke);
    response.handler(this::challengerChunk);
    response.endHandler(unused -> challengerComplete());
  }

  private void challengerChunk(Buffer chunk) {
    if (complete || challengerAnswer != null) {
      return;
    }
    switch (challengerBody.add(chunk)) {
      case KEPT -> {}
      case OVER_CAP -> {
        challengerEnded(Answer.without(Answer.Fate.TOO_LARGE, status(), sinceSent()));
        resetChallenger();
      }
      case OVER_BUDGET -> abort(ShedReason.BACKLOG);
    }
  }

  private void challengerComplete() {
    if (complete || challengerAnswer != null || challengerResponse == null) {
      return;
    }
    long nanos = sinceSent();
    mirror.meters.challengerAnswered(nanos);
    challengerEnded(answerOf(challengerResponse, challengerBody, nanos));
  }

  private void challengerBroke(Throwable unused) {
    if (complete || challengerAnswer != null) {
      return;
    }
    challengerEnded(Answer.without(Answer.Fate.BROKEN, status(), sinceSent()));
  }

  private void challengerEnded(Answer answer) {
    challengerAnswer = answer;
    loop.sweeper().leave(this);
    switch (answer.fate()) {
      case COMPLETE, TOO_LARGE -> mirror.breaker.succeeded();
      case TIMED_OUT, UNREACHABLE, BROKEN -> mirror.breaker.failed(pass, loop.now());
    }
    completeWhenBothEnded();
  }

  @Override
  boolean sweep(long nowNanos) {
    if (nowNanos - sentAtNanos < mirror.timeoutNanos) {
      return false;
    }
    challengerEnded(Answer.without(Answer.Fate.TIMED_OUT, status(), sinceSent()));
    resetChallenger();
    return true;
  }

  private int status() {
    return challengerResponse == null ? 0 : challengerResponse.statusCode();
  }

  private long sinceSent() {
    return loop.now() - sentAtNanos;
  }

  private void resetChallenger() {
    if (challengerRequest != null) {
      challengerRequest.reset();
    }
  }

  // The champion's answer

  void championChunk(Buffer chunk) {
    if (complete || championTooLarge) {
      return;
    }
    switch (championBody.add(chunk)) {
      case KEPT -> {}
      case OVER_CAP -> {
        championTooLarge = true;
        championBody.drop();
      }
      case OVER_BUDGET -> abort(ShedReason.BACKLOG);
    }
  }

  void championComplete(HttpClientResponse response, long nanos) {
    if (complete || championAnswer != null) {
      return;
    }
    championAnswer =
        championTooLarge
            ? Answer.without(Answer.Fate.TOO_LARGE, response.statusCode(), nanos)
            : answerOf(response, championBody, nanos);
    if (championAnswer.isSuccess()) {
      checkChampion();
    }
    completeWhenBothEnded();
  }

  /** The user has the whole answer: now, and not before, the champion may be asked once more. */
  private void checkChampion() {
    selfCheck =
        mirror.selfChecks.admit(
            original, target, requestId, requestBody.buffer(), this::completeWhenBothEnded);
    if (selfCheck != null) {
      selfCheck.send();
    }
  }

  void championFailed(Answer.Fate fate, int status, long nanos) {
    if (complete || championAnswer != null) {
      return;
    }
    championAnswer = Answer.without(fate, status, nanos);
    completeWhenBothEnded();
  }

  static Answer answerOf(HttpClientResponse response, Capture body, long nanos) {
    MultiMap headers = response.headers();
    return new Answer(
        Answer.Fate.COMPLETE,
        response.statusCode(),
        headers.get("Content-Type"),
        contentEncoding(headers),
        body.toBytes(),
        nanos);
  }

  private static @Nullable String contentEncoding(MultiMap headers) {
    String first = headers.get("Content-Encoding");
    return first == null ? null : String.join(", ", headers.getAll("Content-Encoding"));
  }

  // The end

  /** The user went away before the champion's answer was complete. */
  void cancel() {
    abort(ShedReason.CANCELLED);
  }

  private void abort(ShedReason reason) {
    if (complete) {
      return;
    }
    complete = true;
    loop.sweeper().leave(this);
    if (challengerAnswer == null) {
      mirror.breaker.abandoned(pass, loop.now());
      resetChallenger();
    }
    if (selfCheck != null) {
      selfCheck.abandon();
    }
    mirror.gate.leave();
    requestBody.drop();
    championBody.drop();
    challengerBody.drop();
    loop.outbox().addShed(mirror.route, mirror.scope, reason);
  }

  /** Both answers are in, and the self check's if there is one: it holds the pair's place, too. */
  private void completeWhenBothEnded() {
    boolean checking = selfCheck != null && selfCheck.answer() == null;
    if (complete || checking || championAnswer == null || challengerAnswer == null) {
      return;
    }
    complete = true;
    mirror.gate.leave();
    requestBody.drop();
    Exchange exchange =
        new Exchange(
            mirror.route,
            mirror.scope,
            requestId,
            target,
            System.currentTimeMillis(),
            championAnswer,
            challengerAnswer,
            selfCheck == null ? null : selfCheck.answer());
    long held = championBody.bytes() + challengerBody.bytes();
    loop.outbox().add(exchange, selfCheck == null ? held : held + selfCheck.bytes());
  }
}
