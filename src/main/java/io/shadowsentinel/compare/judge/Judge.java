package io.shadowsentinel.compare.judge;

import io.shadowsentinel.compare.core.Inquiry;
import io.shadowsentinel.compare.core.Judgement;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsMaterial;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Asks the user's judge what no comparison can tell, within the bounds that the settings set. Any
 * thread; its futures never fail, and are completed by any thread. Close it when done.
 */
public final class Judge implements AutoCloseable {
  private final Clock clock;
  private final BiConsumer<String, Judgement.Result> judged;
  private final JudgeClient client;

  /**
   * @param judged told the route and the result of every question, and of every comparison that
   *     found no place; called from any thread
   * @param tls what the files of a judge's settings hold at the moment
   */
  public Judge(
      Clock clock,
      BiConsumer<String, Judgement.Result> judged,
      Function<ClientTls, TlsMaterial> tls) {
    this.clock = clock;
    this.judged = judged;
    this.client = new JudgeClient(tls);
  }

  /**
   * Asks the questions one after another, until one is not answered with an agreement, and settles
   * the comparison.
   */
  public CompletableFuture<Verdict> verdict(Inquiry inquiry, JudgeAllowance allowance) {
    JudgeSettings settings = inquiry.judge();
    if (settings == null) {
      return CompletableFuture.completedFuture(inquiry.verdict());
    }
    if (!allowance.enter(settings.maxInFlight())) {
      Judgement busy = counted(inquiry, Judgement.without(Judgement.Result.BUSY));
      return CompletableFuture.completedFuture(inquiry.settle().apply(List.of(busy)));
    }
    return ask(inquiry, settings, allowance, new ArrayList<>())
        .exceptionally(failure -> inquiry.settle().apply(List.of()))
        .whenComplete((verdict, failure) -> allowance.leave());
  }

  private CompletableFuture<Verdict> ask(
      Inquiry inquiry, JudgeSettings settings, JudgeAllowance allowance, List<Judgement> made) {
    return judgement(inquiry, settings, allowance, inquiry.questions().get(made.size()))
        .thenCompose(
            judgement -> {
              made.add(counted(inquiry, judgement));
              boolean goOn =
                  judgement.result() == Judgement.Result.AGREE
                      && made.size() < inquiry.questions().size();
              return goOn
                  ? ask(inquiry, settings, allowance, made)
                  : CompletableFuture.completedFuture(inquiry.settle().apply(made));
            });
  }

  private Judgement counted(Inquiry inquiry, Judgement judgement) {
    judged.accept(inquiry.route(), judgement.result());
    return judgement;
  }

  private CompletableFuture<Judgement> judgement(
      Inquiry inquiry,
      JudgeSettings settings,
      JudgeAllowance allowance,
      Inquiry.Question question) {
    long today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
    if (!allowance.spend(settings.dailyBudget(), today)) {
      return CompletableFuture.completedFuture(Judgement.without(Judgement.Result.OVER_BUDGET));
    }
    return client
        .post(settings, JudgeBody.write(inquiry, question))
        .handle(
            (response, failure) ->
                failure == null ? read(response, settings) : Judgement.without(kindOf(failure)));
  }

  private static Judgement.Result kindOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof CancellationException)) {
      cause = cause.getCause();
    }
    if (cause instanceof CancellationException) {
      return Judgement.Result.CANCELLED;
    }
    if (cause instanceof TimeoutException) {
      return Judgement.Result.TIMED_OUT;
    }
    return cause instanceof BoundedBody.TooLargeException
        ? Judgement.Result.UNREADABLE
        : Judgement.Result.FAILED;
  }

  private static Judgement read(HttpResponse<byte[]> response, JudgeSettings settings) {
    if (response.statusCode() < 200 || response.statusCode() > 299) {
      return Judgement.without(Judgement.Result.FAILED);
    }
    Judgement judgement = JudgeBody.read(response.body());
    double bar = settings.minConfidence().doubleValue();
    boolean unsure =
        judgement.result() != Judgement.Result.UNREADABLE
            && bar > 0
            && !(judgement.confidence() >= bar);
    return unsure ? new Judgement(Judgement.Result.UNSURE, judgement.confidence()) : judgement;
  }

  /** Cancels what is being judged. */
  @Override
  public void close() {
    client.close();
  }
}
