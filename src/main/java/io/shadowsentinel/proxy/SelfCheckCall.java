package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.listen.Sweeper;
import io.shadowsentinel.upstream.UpstreamCall;
import io.shadowsentinel.upstream.UpstreamSet;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks the champion the same thing a second time, once the user has its answer, to see how much it
 * differs by itself. It goes out as a shadow over the mirrors' connections, never over those that
 * users need, and is tried once. Whatever becomes of it, it ends once, in the time that the mirror
 * has left. Bound to one event loop.
 */
final class SelfCheckCall extends Sweeper.Timed implements UpstreamCall.Caller {
  private final SelfChecks checks;
  private final Mirror mirror;
  private final Loop loop;
  private final Breaker.Pass pass;
  private final HttpServerRequest original;
  private final String target;
  private final String requestId;
  private final Buffer requestBody;
  private final Capture body;
  private final Runnable ended;

  private UpstreamSet.@Nullable Upstream asked;
  private @Nullable UpstreamCall call;
  private @Nullable AnswerHead head;
  private @Nullable Answer answer;
  private final long deadlineNanos;
  private long sentAtNanos;

  /**
   * A call that is not sent yet.
   *
   * @param deadlineNanos when it is over at the latest, as {@link System#nanoTime()}
   * @param ended run once, unless it is abandoned, when {@link #answer} is there
   */
  SelfCheckCall(
      SelfChecks checks,
      Mirror mirror,
      Breaker.Pass pass,
      HttpServerRequest original,
      String target,
      String requestId,
      Buffer requestBody,
      long deadlineNanos,
      Runnable ended) {
    this.checks = checks;
    this.mirror = mirror;
    this.loop = mirror.loop;
    this.pass = pass;
    this.original = original;
    this.target = target;
    this.requestId = requestId;
    this.requestBody = requestBody;
    this.body = new Capture(loop.shared().budget(), mirror.settings.maxBodyBytes());
    this.deadlineNanos = deadlineNanos;
    this.ended = ended;
  }

  void send() {
    sentAtNanos = loop.now();
    loop.sweeper().join(this);
    UpstreamSet.Upstream upstream = checks.upstreams.next(sentAtNanos);
    asked = upstream;
    loop.challengers()
        .request(
            upstream,
            original.method(),
            checks.rules.target(target),
            mirror.connectTimeoutMillis,
            this);
  }

  @Override
  public boolean isOver() {
    return answer != null;
  }

  @Override
  public void notConnected(Throwable failure) {
    end(Answer.without(Answer.Fate.UNREACHABLE, 0, sinceSent()));
  }

  @Override
  public void connected(UpstreamCall made) {
    if (answer != null) {
      made.cancel();
      return;
    }
    call = made;
    UpstreamSet.Upstream to = Objects.requireNonNull(asked);
    // What the user's own request had, and not what the challenger's copy is changed to.
    Fields fields = ChampionHeaders.of(loop, checks.rules, original, requestId, to, made.isHttp2());
    fields.remove(HeaderRules.EXPECT);
    ChallengerHeaders.frame(fields, original, requestBody.length());
    fields.set(HeaderRules.SHADOW_REQUEST, "true");
    try {
      made.open(ChampionHeaders.authority(original, to), fields, requestBody.length());
    } catch (UpstreamFault unsendable) {
      made.cancel();
      end(Answer.without(Answer.Fate.NOT_SENT, 0, sinceSent()));
      return;
    }
    made.end(requestBody);
  }

  @Override
  public void refused(Throwable unused, @Nullable Buffer sent) {
    end(Answer.without(Answer.Fate.NOT_SENT, 0, sinceSent()));
  }

  @Override
  public void answerHead(AnswerHead answered) {
    head = answered;
  }

  @Override
  public void answerChunk(Buffer chunk) {
    if (answer == null && body.add(chunk) != Capture.Result.KEPT) {
      end(Answer.without(Answer.Fate.TOO_LARGE, status(), sinceSent()));
      reset();
    }
  }

  @Override
  public void answerEnd() {
    if (answer == null && head != null) {
      end(ChallengerCall.answerOf(head, body, sinceSent(), null));
    }
  }

  @Override
  public void broke(Throwable unused) {
    end(Answer.without(Answer.Fate.BROKEN, status(), sinceSent()));
  }

  public @Override boolean sweep(long nowNanos) {
    if (nowNanos - deadlineNanos < 0) {
      return false;
    }
    end(Answer.without(Answer.Fate.TIMED_OUT, status(), sinceSent()));
    reset();
    return true;
  }

  private void end(Answer how) {
    if (answer != null) {
      return;
    }
    answer = how;
    loop.sweeper().leave(this);
    switch (how.fate()) {
      case COMPLETE, TOO_LARGE -> checks.breaker.succeeded();
      case TIMED_OUT, UNREACHABLE, BROKEN -> checks.breaker.failed(pass, loop.now());
      case NOT_SENT, UNFINISHED, GIVEN_UP -> checks.breaker.abandoned(pass, loop.now());
    }
    if (how.fate() != Answer.Fate.COMPLETE) {
      body.drop();
    }
    mirror.meters.selfChecked(how.isSuccess());
    ended.run();
  }

  /** The pair it was for is given up. */
  void abandon() {
    if (answer == null) {
      answer = Answer.without(Answer.Fate.BROKEN, 0, 0);
      loop.sweeper().leave(this);
      checks.breaker.abandoned(pass, loop.now());
      mirror.meters.selfChecked(false);
      reset();
    }
    body.drop();
  }

  /** How it ended; null while it has not. */
  @Nullable Answer answer() {
    return answer;
  }

  /** Bytes of the budget that its answer holds, for whoever takes the answer to give back. */
  long bytes() {
    return body.bytes();
  }

  private int status() {
    return head == null ? 0 : head.status();
  }

  private long sinceSent() {
    return loop.now() - sentAtNanos;
  }

  private void reset() {
    if (call != null) {
      call.cancel();
    }
  }
}
