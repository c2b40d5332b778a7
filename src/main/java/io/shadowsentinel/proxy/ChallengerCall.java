package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.exchange.StreamTiming;
import io.shadowsentinel.listen.Sweeper;
import io.shadowsentinel.upstream.UpstreamCall;
import io.shadowsentinel.upstream.UpstreamSet;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks the challenger, once the request is on its way to the champion, and keeps what it answers.
 * It ends once, within the mirror's timeout: with an answer, or abandoned. It settles the breaker's
 * pass either way. Bound to one event loop.
 */
final class ChallengerCall extends Sweeper.Timed implements UpstreamCall.Caller {

  /** Whom the call is made for. */
  interface Owner {
    /** The challenger is asked from now on. */
    void challengerAsked();

    /** There is an {@link #answer}. */
    void challengerEnded();

    /** There is no room to go on, and the call waits to be abandoned. */
    void challengerShed(ShedReason reason);
  }

  private final Mirror mirror;
  private final Loop loop;
  private final String target;
  private final String requestId;
  private final Capture requestBody;
  private final Capture answerBody;
  private final Owner owner;

  /** Until it is sent, one that obliges to nothing. */
  private Breaker.Pass pass = Breaker.Pass.REFUSED;

  /**
   * Let go of once it need not be sent again: a slow challenger's call outlives the user's request
   * by far.
   */
  private @Nullable HttpServerRequest original;

  private @Nullable Capture patchedBody;
  private BodyPatcher.@Nullable Job patching;
  private UpstreamSet.@Nullable Upstream asked;
  private @Nullable UpstreamCall call;
  private @Nullable AnswerHead head;
  private @Nullable StreamClock clock;
  private @Nullable Answer answer;
  private long sentAtNanos;
  private int attempts;
  private boolean sent;
  private int refusals;
  private boolean over;

  /**
   * A call that is not sent yet.
   *
   * @param requestBody the user's; its owner drops it, and this does when nobody needs it any more
   */
  ChallengerCall(
      Mirror mirror,
      HttpServerRequest original,
      String target,
      String requestId,
      Capture requestBody,
      Owner owner) {
    this.mirror = mirror;
    this.loop = mirror.loop;
    this.original = original;
    this.target = target;
    this.requestId = requestId;
    this.requestBody = requestBody;
    this.answerBody = new Capture(loop.shared().budget(), mirror.settings.maxBodyBytes());
    this.owner = owner;
  }

  /**
   * The request's body is whole. A second time does nothing, and is a mistake.
   *
   * @param passed what the breaker let pass; this tells it how it ended
   */
  void send(Breaker.Pass passed) {
    assert !sent : "sent twice";
    if (sent) {
      return;
    }
    sent = true;
    pass = passed;
    sentAtNanos = loop.now();
    loop.sweeper().join(this);
    BodyPatch patch = mirror.rules.bodyPatch;
    if (patch == null || requestBody.bytes() == 0) {
      owner.challengerAsked();
      connect();
    } else {
      patch(patch);
    }
  }

  private void patch(BodyPatch patch) {
    patching =
        loop.patcher()
            .patch(
                patch, original().headers(), requestBody.buffer(), mirror.settings.maxBodyBytes());
    patching.result().onComplete(this::patched, this::notPatched);
  }

  private void patched(Buffer body) {
    if (over) {
      return;
    }
    if (!mirror.selfChecks.areOn()) {
      requestBody.drop();
    }
    Capture changed = new Capture(loop.shared().budget(), mirror.settings.maxBodyBytes());
    patchedBody = changed;
    if (changed.add(body) != Capture.Result.KEPT) {
      owner.challengerShed(ShedReason.BACKLOG);
      return;
    }
    patching = null;
    // The challenger's time begins when it can be asked.
    sentAtNanos = loop.now();
    owner.challengerAsked();
    connect();
  }

  private void notPatched(Throwable why) {
    if (over) {
      return;
    }
    loop.patcher().complain(mirror.route, requestId, why, loop.now());
    end(Answer.without(Answer.Fate.NOT_SENT, 0, sinceSent()));
  }

  private void connect() {
    UpstreamSet.Upstream upstream = mirror.upstreams.next(loop.now());
    asked = upstream;
    attempts++;
    loop.challengers()
        .request(
            upstream,
            original().method(),
            mirror.rules.target(target),
            mirror.connectTimeoutMillis,
            this);
  }

  private HttpServerRequest original() {
    return Objects.requireNonNull(original);
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void connected(UpstreamCall made) {
    if (over) {
      made.cancel();
      return;
    }
    call = made;
    UpstreamSet.Upstream to = Objects.requireNonNull(asked);
    Capture sent = patchedBody == null ? requestBody : patchedBody;
    HttpServerRequest user = original();
    if (!made.isHttp2()) {
      original = null;
    }
    Fields fields = ChallengerHeaders.of(user, requestId, mirror, to, sent.bytes(), made.isHttp2());
    try {
      made.open(ChallengerHeaders.authority(user, mirror, to), fields, sent.bytes());
    } catch (UpstreamFault unsendable) {
      made.cancel();
      end(Answer.without(Answer.Fate.NOT_SENT, 0, sinceSent()));
      return;
    }
    made.end(sent.bytes() == 0 ? null : sent.buffer());
  }

  @Override
  public void notConnected(Throwable failure) {
    if (over) {
      return;
    }
    if (failure instanceof ConnectionPoolTooBusyException) {
      owner.challengerShed(ShedReason.IN_FLIGHT);
      return;
    }
    Objects.requireNonNull(asked).eject(loop.now());
    if (attempts < mirror.upstreams.size()) {
      connect();
      return;
    }
    end(Answer.without(Answer.Fate.UNREACHABLE, 0, sinceSent()));
  }

  @Override
  public void refused(Throwable unused, @Nullable Buffer sent) {
    if (over) {
      return;
    }
    call = null;
    if (++refusals > UpstreamCall.MAX_REFUSALS) {
      // It has too much to do, which is nothing against its answers.
      owner.challengerShed(ShedReason.IN_FLIGHT);
      return;
    }
    attempts--;
    connect();
  }

  // The challenger's answer

  @Override
  public void answerHead(AnswerHead answered) {
    if (over) {
      return;
    }
    head = answered;
    original = null;
    if (StreamClock.isStream(answered)) {
      clock = new StreamClock(mirror.meters.challengerStreams(), sentAtNanos);
    }
  }

  @Override
  public void answerChunk(Buffer chunk) {
    if (over) {
      return;
    }
    if (clock != null) {
      clock.chunk(loop.now(), false);
    }
    switch (answerBody.add(chunk)) {
      case KEPT -> {}
      case OVER_CAP -> {
        end(Answer.without(Answer.Fate.TOO_LARGE, status(), sinceSent()));
        reset();
      }
      case OVER_BUDGET -> owner.challengerShed(ShedReason.BACKLOG);
    }
  }

  @Override
  public void answerEnd() {
    AnswerHead answered = head;
    if (over || answered == null) {
      return;
    }
    long nanos = sinceSent();
    mirror.meters.challengerAnswered(nanos);
    end(answerOf(answered, answerBody, nanos, StreamClock.timing(clock)));
  }

  @Override
  public void broke(Throwable cause) {
    if (over) {
      return;
    }
    if (cause instanceof UpstreamFault fault && fault.isUnreadable()) {
      mirror.meters.unreadable(false, fault, loop.now());
    }
    end(Answer.without(Answer.Fate.BROKEN, status(), sinceSent()));
  }

  private void end(Answer how) {
    over = true;
    answer = how;
    loop.sweeper().leave(this);
    switch (how.fate()) {
      case COMPLETE, TOO_LARGE -> mirror.breaker.succeeded();
      case TIMED_OUT, UNREACHABLE, BROKEN -> mirror.breaker.failed(pass, loop.now());
      case NOT_SENT, UNFINISHED, GIVEN_UP -> mirror.breaker.abandoned(pass, loop.now());
    }
    owner.challengerEnded();
  }

  public @Override boolean sweep(long nowNanos) {
    if (nowNanos - sentAtNanos < mirror.timeoutNanos) {
      return false;
    }
    if (patching != null) {
      notPatched(new UnpatchableException("not patched in time"));
    } else {
      end(Answer.without(Answer.Fate.TIMED_OUT, status(), sinceSent()));
    }
    reset();
    return true;
  }

  private int status() {
    return head == null ? 0 : head.status();
  }

  private long sinceSent() {
    return loop.now() - sentAtNanos;
  }

  private void reset() {
    if (patching != null) {
      patching.cancel();
    }
    if (call != null) {
      call.cancel();
    }
  }

  /** The pair it was for is given up. */
  void abandon() {
    if (!over) {
      over = true;
      loop.sweeper().leave(this);
      mirror.breaker.abandoned(pass, loop.now());
      reset();
    }
    dropRequest();
    answerBody.drop();
  }

  /** Gives back what the request takes of the budget. */
  void dropRequest() {
    requestBody.drop();
    if (patchedBody != null) {
      patchedBody.drop();
    }
  }

  /** How it ended; null while it has not. */
  @Nullable Answer answer() {
    return answer;
  }

  /** Bytes of the budget that its answer holds, for whoever takes the answer to give back. */
  long bytes() {
    return answerBody.bytes();
  }

  static Answer answerOf(AnswerHead head, Capture body, long nanos, @Nullable StreamTiming stream) {
    Fields fields = head.fields();
    return new Answer(
        Answer.Fate.COMPLETE,
        head.status(),
        fields.get(HeaderRules.CONTENT_TYPE),
        contentEncoding(fields),
        body.toBytes(),
        nanos,
        stream,
        fields.get("Inference-Header-Content-Length"));
  }

  private static @Nullable String contentEncoding(Fields fields) {
    String first = fields.get("Content-Encoding");
    return first == null ? null : String.join(", ", fields.getAll("Content-Encoding"));
  }
}
