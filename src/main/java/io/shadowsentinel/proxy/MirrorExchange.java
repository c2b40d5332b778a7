package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.exchange.StreamTiming;
import io.shadowsentinel.listen.Sweeper;
import io.shadowsentinel.wire.AnswerHead;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One mirrored request: captures the champion's side as it streams by, asks the challenger, and
 * hands the pair over. Where the champion is quick, the copy is sent when the user has its answer,
 * or the beginning of that: writing it must not keep that from them. From {@link #send} on it holds
 * a place in flight, and a number that those after it wait for; both end once, in {@link #end}, at
 * the latest when the mirror's time is over: the challenger's call has that time-out, and a
 * champion's answer that goes on for longer is no longer waited for. Nothing here can reach the
 * user's answer. Bound to one event loop.
 */
final class MirrorExchange extends Sweeper.Timed implements ChallengerCall.Owner {
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
  private int championStatus;
  private long number = Arrivals.NO_NUMBER;
  private long numberedAtNanos;
  private long placedAtNanos;
  private long wholeAtNanos;
  private boolean whole;
  private boolean began;
  private boolean sent;
  private boolean placed;
  private boolean complete;

  MirrorExchange(
      Mirror mirror, long nowNanos, HttpServerRequest original, String target, String requestId) {
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
    this.challenger = new ChallengerCall(mirror, original, target, requestId, requestBody, this);
  }

  // The request

  void requestChunk(Buffer chunk) {
    if (complete || sent) {
      return;
    }
    switch (requestBody.add(chunk)) {
      case KEPT -> {}
      case OVER_CAP -> abort(ShedReason.BODY_TOO_LARGE);
      case OVER_BUDGET -> abort(ShedReason.BACKLOG);
    }
  }

  /**
   * The whole request is captured, and on its way to the champion: the challenger may have it. A
   * second call does nothing.
   */
  void requestWhole() {
    assert !whole : "whole twice";
    if (complete || whole) {
      return;
    }
    whole = true;
    wholeAtNanos = loop.now();
    if (began || championAnswer != null || !mirror.championIsQuick) {
      send();
    } else {
      loop.sweeper().join(this);
    }
  }

  private void begin() {
    began = true;
    if (whole && !complete) {
      mirror.championIsQuick = loop.now() - wholeAtNanos < Mirror.QUICK_NANOS;
      if (!sent) {
        send();
      }
    }
  }

  /** Now the challenger is asked, if there is a place. */
  private void send() {
    sent = true;
    loop.sweeper().leave(this);
    if (championAnswer != null) {
      // There is nothing to compare with any more, so nobody is asked.
      takeNumber();
      handOver(Answer.without(Answer.Fate.NOT_SENT, 0, 0));
      return;
    }
    long now = loop.now();
    if (mirror.arrivals.isFull()) {
      abort(ShedReason.BACKLOG);
      return;
    }
    Breaker.Pass pass = mirror.breaker.tryPass(now, mirror.timeoutNanos);
    if (pass == Breaker.Pass.REFUSED) {
      abort(ShedReason.BREAKER_OPEN);
      return;
    }
    if (!mirror.ofRoute.places.tryTake(mirror.settings.maxInFlight(), now)) {
      mirror.breaker.abandoned(pass, now);
      abort(ShedReason.IN_FLIGHT);
      return;
    }
    placed = true;
    placedAtNanos = now;
    challenger.send(pass);
  }

  @Override
  public void challengerAsked() {
    takeNumber();
  }

  private void takeNumber() {
    if (number == Arrivals.NO_NUMBER) {
      number = mirror.arrivals.take();
      numberedAtNanos = loop.now();
    }
  }

  // The champion's answer

  void championHead(int status) {
    championStatus = status;
  }

  /** The user has been sent the beginning of the champion's answer, and it goes on. */
  void championBegan() {
    if (!began) {
      begin();
    }
  }

  void championChunk(Buffer chunk) {
    if (complete || championAnswer != null) {
      return;
    }
    switch (championBody.add(chunk)) {
      case KEPT -> {}
      case OVER_CAP -> stopWaitingFor(Answer.Fate.TOO_LARGE);
      case OVER_BUDGET -> abort(ShedReason.BACKLOG);
    }
  }

  /** The champion's answer goes on for its user, and cannot be compared whatever comes of it. */
  private void stopWaitingFor(Answer.Fate champion) {
    championAnswer = Answer.without(champion, championStatus, loop.now() - beganNanos);
    championBody.drop();
    original = null;
    if (!sent) {
      return;
    }
    Answer theirs = challenger.answer();
    if (theirs == null) {
      challenger.abandon();
      theirs = Answer.without(Answer.Fate.GIVEN_UP, 0, loop.now() - beganNanos);
    }
    takeNumber();
    handOver(theirs);
  }

  /** The user has been sent the whole answer. */
  void championComplete(AnswerHead head, long nanos, @Nullable StreamTiming stream) {
    championBegan();
    if (complete || championAnswer != null) {
      return;
    }
    championAnswer = ChallengerCall.answerOf(head, championBody, nanos, stream);
    if (championAnswer.isSuccess()) {
      checkChampion();
    }
    original = null;
    completeWhenBothEnded();
  }

  /** The user has the whole answer: now, and not before, the champion may be asked once more. */
  private void checkChampion() {
    // It may have answered before the challenger could be asked, whose request is still changed.
    long sinceNanos = number == Arrivals.NO_NUMBER ? loop.now() : numberedAtNanos;
    selfCheck =
        mirror.selfChecks.admit(
            Objects.requireNonNull(original),
            target,
            requestId,
            requestBody.buffer(),
            sinceNanos + mirror.timeoutNanos,
            this::completeWhenBothEnded);
    if (selfCheck != null) {
      selfCheck.send();
    }
  }

  void championFailed(Answer.Fate fate, int status, long nanos) {
    championBegan();
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
    takeNumber();
    completeWhenBothEnded();
    if (!complete && championAnswer == null) {
      loop.sweeper().join(this);
    }
  }

  /** The copy waits to be sent; or only the champion's answer is not in. */
  public @Override boolean sweep(long nowNanos) {
    if (!sent) {
      boolean due = nowNanos - wholeAtNanos >= Mirror.QUICK_NANOS;
      if (due) {
        mirror.championIsQuick = false;
        send();
      }
      // Many that are due at once would keep users waiting: the rest goes with the next sweep.
      return due;
    }
    if (nowNanos - numberedAtNanos >= mirror.timeoutNanos) {
      stopWaitingFor(Answer.Fate.UNFINISHED);
    }
    // Nothing is reset for it, so as many as are due may go at once.
    return false;
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
    end();
    challenger.abandon();
    if (selfCheck != null) {
      selfCheck.abandon();
    }
    championBody.drop();
    if (number == Arrivals.NO_NUMBER) {
      loop.outbox().addShed(mirror.route, mirror.scope, reason);
    } else {
      loop.outbox().addShed(mirror.route, mirror.scope, reason, number);
    }
  }

  /** Both answers are in, and the self check's if there is one: it holds the pair's place, too. */
  private void completeWhenBothEnded() {
    Answer challengerAnswer = challenger.answer();
    boolean checking = selfCheck != null && selfCheck.answer() == null;
    if (complete || checking || championAnswer == null || challengerAnswer == null) {
      return;
    }
    handOver(challengerAnswer);
  }

  private void handOver(Answer challengerAnswer) {
    end();
    challenger.dropRequest();
    Exchange exchange =
        new Exchange(
            mirror.route,
            mirror.scope,
            requestId,
            target,
            System.currentTimeMillis(),
            Objects.requireNonNull(championAnswer),
            challengerAnswer,
            selfCheck == null ? null : selfCheck.answer(),
            number);
    long held = championBody.bytes() + challenger.bytes();
    loop.outbox().add(exchange, selfCheck == null ? held : held + selfCheck.bytes());
  }

  private void end() {
    complete = true;
    loop.sweeper().leave(this);
    if (placed) {
      mirror.ofRoute.places.giveBack(loop.now() - placedAtNanos);
    }
  }
}
