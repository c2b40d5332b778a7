package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way to the champion and back, and the mirror that looks on. It is sent once;
 * only a connection that could not be made is tried elsewhere. It ends once: answered, failed, or
 * left by its user. Bound to one event loop, and the only owner of its state.
 */
final class Forwarding extends Sweeper.Timed implements UpstreamCall.Listener, RequestRelay.Owner {
  private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

  private final Loop loop;
  private final RouteRuntime route;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String target;
  private final String requestId;
  private final @Nullable MirrorExchange mirror;
  private final RequestRelay up;
  private final AnswerRelay down;
  private final long startNanos;

  private long activeNanos;
  private int attempts;
  private boolean done;

  /** The upstream that was asked last. */
  private UpstreamSet.@Nullable Upstream asked;

  private @Nullable UpstreamCall call;

  /** Null unless the answer is a stream. */
  private @Nullable StreamClock streamClock;

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
    this.target = route.rules.target(target);
    this.requestId = requestId;
    this.mirror = mirror;
    this.up = new RequestRelay(request, bodyLength, this);
    this.down = new AnswerRelay(request, loop.admission());
    this.startNanos = loop.now();
    this.activeNanos = startNanos;
  }

  void start() {
    loop.sweeper().join(this);
    request.exceptionHandler(this::clientGone);
    response.exceptionHandler(this::clientGone);
    up.start();
    connect();
  }

  // To the champion

  private void connect() {
    UpstreamSet.Upstream to = route.champion.next(loop.now());
    asked = to;
    attempts++;
    loop.champions().request(to, request.method(), target, route.connectTimeoutMillis, this);
  }

  @Override
  public boolean isOver() {
    return done;
  }

  @Override
  public void connected(UpstreamCall made) {
    if (done) {
      made.cancel();
      return;
    }
    call = made;
    touch();
    UpstreamSet.Upstream to = Objects.requireNonNull(asked);
    Fields fields = ChampionHeaders.of(loop, route.rules, request, requestId, to, made.isHttp2());
    try {
      made.open(ChampionHeaders.authority(request, to), fields, up.bodyLength());
    } catch (UpstreamFault fault) {
      fail(400, "Bad Request", fault.getMessage(), Answer.Fate.NOT_SENT);
      return;
    }
    up.attach(made);
  }

  @Override
  public void notConnected(Throwable failure) {
    if (done) {
      return;
    }
    UpstreamSet.Upstream to = Objects.requireNonNull(asked);
    if (failure instanceof ConnectionPoolTooBusyException) {
      log.debug("route {}: too many requests wait for {}", route.name, to);
      fail(503, "Champion Busy", "too many requests wait for it", Answer.Fate.UNREACHABLE);
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
        // Where it is, is nobody's to know but the operator's: it is in the log.
        TlsFailure.detail(failure, "no connection to the champion's upstream"),
        Answer.Fate.UNREACHABLE);
  }

  @Override
  public void requestPart(Buffer part) {
    touch();
    long max = loop.admission().limits().maxBodyBytes();
    if (max != ListenLimits.NO_BODY_LIMIT && request.bytesRead() > max && !done) {
      RequestFault fault =
          RequestFault.over(RequestFault.Reason.BODY, "too many bytes in the body", max);
      loop.admission().refused(fault);
      clientGone(fault);
      return;
    }
    if (mirror != null) {
      mirror.requestChunk(part);
    }
  }

  @Override
  public void requestWhole() {
    if (mirror != null && !done) {
      mirror.send();
    }
  }

  @Override
  public void requestMalformed(RequestFault why) {
    if (!done) {
      loop.admission().refused(why);
      clientGone(why);
    }
  }

  // Back to the user

  @Override
  public void continued() {
    if (!done && !response.headWritten() && request.version() != HttpVersion.HTTP_1_0) {
      response.writeContinue();
    }
  }

  @Override
  public void earlyHints(Fields hints) {
    if (!done && !response.headWritten() && request.version() != HttpVersion.HTTP_1_0) {
      MultiMap headers = HttpHeaders.headers();
      HeaderRules.addEndToEnd(hints, headers);
      response.writeEarlyHints(headers);
    }
  }

  @Override
  public void answerHead(AnswerHead head) {
    if (done || call == null) {
      return;
    }
    touch();
    if (StreamClock.isStream(head)) {
      streamClock = new StreamClock(route.meters.championStreams(), startNanos);
    }
    down.head(head, call);
  }

  @Override
  public void answerChunk(Buffer chunk) {
    if (done) {
      return;
    }
    touch();
    if (mirror != null) {
      mirror.championChunk(chunk);
    }
    boolean last = down.chunk(chunk);
    if (streamClock != null) {
      streamClock.chunk(activeNanos, down.isPaused());
    }
    if (last) {
      finish(chunk);
    }
  }

  @Override
  public void answerEnd() {
    if (!done) {
      finish(null);
    }
  }

  private void finish(@Nullable Buffer last) {
    AnswerHead answer = Objects.requireNonNull(down.answer());
    long nanos = end(answer.status());
    route.meters.championAnswered(nanos);
    down.finish(last);
    if (up.isEnded()) {
      if (mirror != null) {
        mirror.championComplete(answer, nanos, StreamClock.timing(streamClock));
      }
    } else {
      // Answered before the request was all there: there will be no whole request to mirror.
      if (mirror != null) {
        mirror.cancel();
      }
      abandon();
    }
  }

  // When something breaks

  @Override
  public void broke(Throwable cause) {
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
    AnswerHead answer = down.answer();
    int seen = answer == null ? 0 : answer.status();
    boolean begun = response.headWritten();
    long nanos = end(begun ? seen : status);
    if (begun) {
      // Part of the champion's answer is out; a broken connection says that the rest will not come.
      response.reset();
    } else {
      response.headers().clear();
      Problem.send(response, status, title, detail);
    }
    if (mirror != null) {
      if (up.isEnded()) {
        mirror.championFailed(fate, seen, nanos);
      } else {
        mirror.cancel();
      }
    }
    abandon();
  }

  private void clientGone(Throwable cause) {
    if (done) {
      return;
    }
    if (cause instanceof RequestFault fault && !response.headWritten()) {
      RequestFault.Reason reason = fault.reason();
      fail(reason.status, reason.title, fault.getMessage(), Answer.Fate.BROKEN);
      return;
    }
    end(ProxyMeters.CLIENT_CLOSED);
    if (mirror != null) {
      mirror.cancel();
    }
    abandon();
  }

  private void abandon() {
    up.abandon();
    if (call != null) {
      call.cancel();
    }
  }

  private long end(int code) {
    done = true;
    loop.sweeper().leave(this);
    loop.admission().ended();
    down.release();
    long nanos = loop.now() - startNanos;
    route.meters.answered(code, nanos);
    return nanos;
  }

  private void touch() {
    activeNanos = loop.now();
  }

  @Override
  boolean sweep(long nowNanos) {
    down.headIfBodyIsLate();
    if (down.isPaused()) {
      // It is the user who does not read; the champion's time begins when there is room again.
      activeNanos = nowNanos;
      long patience = loop.admission().readingPatienceNanos();
      if (request.version() == HttpVersion.HTTP_2 && down.pausedFor(nowNanos) >= patience) {
        // Of its connection nothing is to be seen: it may be busy with other streams.
        loop.admission().slowReader();
        response.reset();
        clientGone(new TimeoutException("the user does not read"));
      }
      return false;
    }
    if (nowNanos - activeNanos < route.timeoutNanos) {
      return false;
    }
    long millis = route.timeoutNanos / 1_000_000;
    if (up.isEnded() || up.isPaused()) {
      fail(
          504,
          "Champion Timed Out",
          "the champion was silent for " + millis + " ms",
          Answer.Fate.TIMED_OUT);
    } else {
      fail(
          408,
          "Request Timed Out",
          "no more of the request came for " + millis + " ms",
          Answer.Fate.BROKEN);
    }
    // Not spread like a mirror's: users wait for these, and when all are overdue all must be told.
    return false;
  }
}
