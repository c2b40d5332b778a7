package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.exchange.StreamTiming;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One mirrored request: captures the champion's side as it streams by, asks the challenger, and
 * hands the pair over. It holds a place in flight, bytes of the budget and perhaps the breaker's
 * probe, and gives each back once, in {@link #complete}. Nothing here can reach the user's answer.
 * Bound to one event loop.
 */
final class MirrorExchange implements ChallengerCall.Owner {
  private final Mirror mirror;
  private final Loop loop;
  private final long beganNanos;
  private final String target;
  private final String requestId;
  private final Capture requestBody;
  private final Capture championBody;
  private final ChallengerCall challenger;

  /** Let go of as soon as it can be: a slow challenger's pair is held long after its user left. */
  private @Nullable HttpServerRequest original;

  private @Nullable Answer championAnswer;
  private @Nullable SelfCheckCall selfCheck;
  private boolean championTooLarge;
  private boolean sent;
  private boolean complete;

  MirrorExchange(
      Mirror mirror,
      Breaker.Pass pass,
      long nowNanos,
      HttpServerRequest original,
      String target,
      String requestId) {
    this.mirror = mirror;
    this.loop = mirror.loop;
    this.beganNanos = nowNanos;
    this.original = original;
    this.target = target;
    this.requestId = requestId;
    CaptureBudget budget = loop.shared().budget();
    long cap = mirror.settings.maxBodyBytes();
    this.requestBody = new Capture(budget, cap);
    this.championBody = new Capture(budget, cap);
    this.challenger =
        new ChallengerCall(mirror, pass, original, target, requestId, requestBody, this);
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
   * Once: a second time does nothing, and is a mistake.
   */
  void send() {
    assert !sent : "sent twice";
    if (!sent && !complete) {
      sent = true;
      challenger.send();
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

  void championComplete(AnswerHead head, long nanos, @Nullable StreamTiming stream) {
    if (complete || championAnswer != null) {
      return;
    }
    championAnswer =
        championTooLarge
            ? Answer.without(Answer.Fate.TOO_LARGE, head.status(), nanos)
            : ChallengerCall.answerOf(head, championBody, nanos, stream);
    if (championAnswer.isSuccess()) {
      checkChampion();
    }
    original = null;
    completeWhenBothEnded();
  }

  /** The user has the whole answer: now, and not before, the champion may be asked once more. */
  private void checkChampion() {
    selfCheck =
        mirror.selfChecks.admit(
            Objects.requireNonNull(original),
            target,
            requestId,
            requestBody.buffer(),
            this::completeWhenBothEnded);
    if (selfCheck != null) {
      selfCheck.send();
    }
  }

  void championFailed(Answer.Fate fate, int status, long nanos) {
    if (complete || championAnswer != null) {
      return;
    }
    championAnswer = Answer.without(fate, status, nanos);
    original = null;
    completeWhenBothEnded();
  }

  // The end

  @Override
  public void challengerEnded() {
    completeWhenBothEnded();
  }

  @Override
  public void challengerShed(ShedReason reason) {
    abort(reason);
  }

  /** The user went away before the champion's answer was complete. */
  void cancel() {
    abort(ShedReason.CANCELLED);
  }

  private void abort(ShedReason reason) {
    if (complete) {
      return;
    }
    complete = true;
    challenger.abandon();
    if (selfCheck != null) {
      selfCheck.abandon();
    }
    mirror.gate.places.giveBack(loop.now() - beganNanos);
    championBody.drop();
    loop.outbox().addShed(mirror.route, mirror.scope, reason);
  }

  /** Both answers are in, and the self check's if there is one: it holds the pair's place, too. */
  private void completeWhenBothEnded() {
    Answer challengerAnswer = challenger.answer();
    boolean checking = selfCheck != null && selfCheck.answer() == null;
    if (complete || checking || championAnswer == null || challengerAnswer == null) {
      return;
    }
    complete = true;
    mirror.gate.places.giveBack(loop.now() - beganNanos);
    challenger.dropRequest();
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
    long held = championBody.bytes() + challenger.bytes();
    loop.outbox().add(exchange, selfCheck == null ? held : held + selfCheck.bytes());
  }
}
