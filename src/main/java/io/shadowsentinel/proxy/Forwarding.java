package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.listen.ProblemAnswer;
import io.shadowsentinel.listen.Sweeper;
import io.shadowsentinel.upstream.TlsFailure;
import io.shadowsentinel.upstream.UpstreamCall;
import io.shadowsentinel.upstream.UpstreamSet;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.ListenLimits;
import io.shadowsentinel.wire.RequestFault;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import java.util.Locale;
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
final class Forwarding extends Sweeper.Timed implements UpstreamCall.Caller, RequestRelay.Owner {
  private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

  /** Of one request, as many answers of 1xx pass to its user. */
  private static final int MAX_INTERIM_ANSWERS = 32;

  // RFC 9113, section 7. Other than 0, for 0 would say that an answer is whole.
  private static final long NO_ERROR = 0;
  private static final long PROTOCOL_ERROR = 1;
  private static final long INTERNAL_ERROR = 2;
  private static final long CANCEL = 8;
  private static final long ENHANCE_YOUR_CALM = 11;

  private final Loop loop;
  private final RouteRuntime route;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String target;
  private final String requestId;
  private final @Nullable MirrorExchange mirror;

  /** Null unless the request asks for another protocol. */
  private final @Nullable Tunnel tunnel;

  private final RequestRelay up;
  private final AnswerRelay down;
  private final long startNanos;

  private long activeNanos;
  private int attempts;
  private int refusals;
  private boolean done;
  private int interims;

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
      @Nullable MirrorExchange mirror,
      @Nullable Tunnel tunnel) {
    this.loop = loop;
    this.route = route;
    this.request = request;
    this.response = request.response();
    this.target = route.rules.target(target);
    this.requestId = requestId;
    this.mirror = mirror;
    this.tunnel = tunnel;
    this.up = new RequestRelay(request, bodyLength, this);
    this.down = new AnswerRelay(request, loop.admission());
    this.startNanos = loop.now();
    this.activeNanos = startNanos;
  }

  void start() {
    loop.sweeper().join(this);
    request.exceptionHandler(this::clientGone);
    response.exceptionHandler(this::clientGone);
    if (tunnel == null) {
      up.start();
    } else {
      request.pause();
      up.startWithout();
    }
    connect();
  }

  // To the champion

  private void connect() {
    UpstreamSet.Upstream to = route.champion.next(loop.now());
    asked = to;
    attempts++;
    long timeout = route.connectTimeoutMillis;
    if (tunnel == null) {
      loop.champions().request(to, request.method(), target, timeout, this);
    } else {
      loop.champions().requestUpgrade(to, request.method(), target, timeout, this);
    }
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
    if (tunnel != null) {
      tunnel.ask(fields);
    }
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
  public void refused(Throwable cause, @Nullable Buffer sent) {
    if (done) {
      return;
    }
    if (sent == null || refusals == UpstreamCall.MAX_REFUSALS) {
      broke(cause);
      return;
    }
    log.debug(
        "route {}: asked again, as {} did not begin: {}", route.name, asked, cause.toString());
    refusals++;
    // As if that connection had not been made.
    attempts--;
    call = null;
    up.takeBack(sent);
    connect();
  }

  @Override
  public void requestPart(Buffer part) {
    touch();
    long max = loop.admission().limits().maxBodyBytes();
    if (max != ListenLimits.NO_BODY_LIMIT && request.bytesRead() > max && !done) {
      RequestFault fault =
          RequestFault.over(RequestFault.Reason.BODY, "too many bytes in the body", max);
      loop.admission().refused(fault);
      refuse(fault, ENHANCE_YOUR_CALM);
      return;
    }
    if (mirror != null) {
      mirror.requestChunk(part);
    }
  }

  @Override
  public void requestWhole() {
    if (mirror != null && !done) {
      mirror.requestWhole();
    }
  }

  @Override
  public void requestMalformed(RequestFault why) {
    if (!done) {
      loop.admission().refused(why);
      refuse(why, PROTOCOL_ERROR);
    }
  }

  // Back to the user

  @Override
  public void continued() {
    if (passesInterim()) {
      response.writeContinue();
    }
  }

  @Override
  public void earlyHints(Fields hints) {
    if (passesInterim()) {
      try {
        response.writeEarlyHints(hintsFor(hints));
      } catch (Exception unsayable) {
        // They are hints: the answer is whole without them.
        route.meters.interimDropped();
        log.debug("route {}: early hints dropped: {}", route.name, unsayable.toString());
      }
    }
  }

  /** Whether one more interim answer is for the user; the final one is not to suffer from many. */
  private boolean passesInterim() {
    if (done || response.headWritten() || request.version() == HttpVersion.HTTP_1_0) {
      return false;
    }
    if (interims == MAX_INTERIM_ANSWERS) {
      route.meters.interimDropped();
      return false;
    }
    interims++;
    return true;
  }

  private MultiMap hintsFor(Fields hints) {
    MultiMap passing = HttpHeaders.headers();
    HeaderRules.addEndToEnd(hints, passing);
    if (request.version() != HttpVersion.HTTP_2) {
      return passing;
    }
    MultiMap lower = HttpHeaders.headers();
    passing.forEach((name, value) -> lower.add(name.toLowerCase(Locale.ROOT), value));
    return lower;
  }

  @Override
  public void switched(AnswerHead head, NetSocket champion) {
    if (done || tunnel == null) {
      champion.close();
      return;
    }
    try {
      tunnel.agreed(head);
    } catch (Exception unsayable) {
      champion.close();
      broke(unsayable);
      return;
    }
    end(head.status());
    tunnel.open(champion, loop.admission());
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
    if (mirror != null) {
      mirror.championHead(head.status());
    }
    try {
      down.head(head, call);
    } catch (Exception unsayable) {
      broke(unsayable);
    }
  }

  @Override
  public void answerChunk(Buffer chunk) {
    if (done || chunk.length() == 0) {
      return;
    }
    touch();
    if (down.isTooMuch(chunk)) {
      broke(new UpstreamFault("an answer of more bytes than announced"));
      return;
    }
    if (mirror != null) {
      mirror.championChunk(chunk);
    }
    boolean last = down.chunk(chunk);
    if (streamClock != null) {
      streamClock.chunk(activeNanos, down.isPaused());
    }
    if (last) {
      finish(chunk);
    } else if (mirror != null) {
      mirror.championBegan();
    }
  }

  @Override
  public void answerEnd() {
    if (done) {
      return;
    }
    if (down.isTooLittle()) {
      broke(new UpstreamFault("an answer of fewer bytes than announced"));
    } else {
      finish(null);
    }
  }

  private void finish(@Nullable Buffer part) {
    AnswerHead answer = Objects.requireNonNull(down.answer());
    long nanos = end(answer.status());
    route.meters.championAnswered(nanos);
    try {
      down.finish(part);
    } catch (Exception unsayable) {
      // In its trailers: all else is out.
      route.meters.answerBroken();
      log.debug("route {}: an answer does not end: {}", route.name, unsayable.toString());
      down.breakOff(INTERNAL_ERROR);
    }
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
    if (cause instanceof UpstreamFault fault && fault.isUnreadable()) {
      route.meters.unreadable(true, fault, loop.now());
    }
    fail(
        502,
        "Champion Failed",
        "the champion's connection broke before its answer was complete",
        Answer.Fate.BROKEN);
  }

  private void fail(int status, String title, String detail, Answer.Fate fate) {
    if (response.headWritten()) {
      route.meters.answerBroken();
    }
    fail(status, title, detail, fate, INTERNAL_ERROR);
  }

  /**
   * Ends it without the champion's whole answer.
   *
   * @param status what the user is told; what the request counts as, also when it is too late to
   *     tell
   * @param code what an HTTP/2 user is told of whose answer a part is out
   */
  private void fail(int status, String title, String detail, Answer.Fate fate, long code) {
    AnswerHead answer = down.answer();
    int seen = answer == null ? 0 : answer.status();
    long nanos = end(status);
    if (response.headWritten()) {
      down.breakOff(code);
    } else {
      response.headers().clear();
      ProblemAnswer.send(response, status, title, detail);
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
    if (cause instanceof RequestFault fault) {
      refuse(fault, PROTOCOL_ERROR);
      return;
    }
    end(ProxyMeters.CLIENT_CLOSED);
    if (mirror != null) {
      mirror.cancel();
    }
    abandon();
  }

  /** The request turns out, midway, to be none that is served. */
  private void refuse(RequestFault fault, long code) {
    RequestFault.Reason reason = fault.reason();
    boolean begun = response.headWritten();
    fail(reason.status, reason.title, fault.getMessage(), Answer.Fate.BROKEN, code);
    if (!begun && request.version() == HttpVersion.HTTP_2) {
      // It is answered; the rest of it nobody wants: RFC 9113, section 8.1.
      response.reset(NO_ERROR);
    }
  }

  private void abandon() {
    // The champion first: it is the one that must not go on.
    if (call != null) {
      call.cancel();
    }
    up.abandon();
  }

  private long end(int code) {
    done = true;
    loop.sweeper().leave(this);
    loop.admission().ended();
    down.release();
    if (tunnel != null && code != 101) {
      request.resume();
    }
    long nanos = loop.now() - startNanos;
    route.meters.answered(code, nanos);
    return nanos;
  }

  private void touch() {
    activeNanos = loop.now();
  }

  public @Override boolean sweep(long nowNanos) {
    down.headIfBodyIsLate();
    if (down.isPaused()) {
      // It is the user who does not read; the champion's time begins when there is room again.
      activeNanos = nowNanos;
      long patience = loop.admission().readingPatienceNanos();
      if (request.version() == HttpVersion.HTTP_2 && down.pausedFor(nowNanos) >= patience) {
        // Of its connection nothing is to be seen: it may be busy with other streams.
        loop.admission().slowReader();
        down.breakOff(ENHANCE_YOUR_CALM);
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
          "the champion sent nothing of its answer for " + millis + " ms",
          Answer.Fate.TIMED_OUT);
    } else {
      fail(
          408,
          "Request Timed Out",
          "no more of the request came for " + millis + " ms",
          Answer.Fate.BROKEN,
          CANCEL);
    }
    // Not spread like a mirror's: users wait for these, and when all are overdue all must be told.
    return false;
  }
}
