package io.shadowsentinel.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever asks is answered, whatever becomes of the one that is asked. */
@Timeout(30) // half of what a request waits for an answer that never comes
class ChannelIT {
  private static final Channel<String> QUESTIONS = new Channel<>("test.questions", String.class);

  private Vertx vertx;
  private EventBus bus;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    bus = vertx.eventBus();
    Channel.install(bus);
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void answer_isWhatTheHandlerMakesOfTheQuestion() throws Exception {
    QUESTIONS.answer(bus, question -> question.length());
    assertThat(ask("four").get(20, TimeUnit.SECONDS)).isEqualTo(4);
  }

  @Test
  void handlerThatThrows_failsTheRequestWithItsMessage_andAnswersTheNext() throws Exception {
    QUESTIONS.answer(
        bus,
        question -> {
          if (question.isEmpty()) {
            throw new IllegalArgumentException("an empty question");
          }
          return question.length();
        });
    assertThat(failure("")).isEqualTo("an empty question");
    assertThat(ask("four").get(20, TimeUnit.SECONDS)).isEqualTo(4);
  }

  @Test
  void handlerThatThrowsWithoutAMessage_failsTheRequestWithItsName() {
    QUESTIONS.answer(
        bus,
        question -> {
          throw new StackOverflowError();
        });
    assertThat(failure("")).isEqualTo("java.lang.StackOverflowError");
  }

  @Test
  void laterAnswer_thrownOrFailed_failsTheRequest() {
    QUESTIONS.answerLater(
        bus,
        question -> {
          if (question.isEmpty()) {
            throw new IllegalStateException("thrown");
          }
          return Future.failedFuture(question);
        });
    assertThat(failure("")).isEqualTo("thrown");
    assertThat(failure("failed")).isEqualTo("failed");
  }

  private CompletableFuture<Integer> ask(String question) {
    return QUESTIONS
        .request(bus, question, Integer.class)
        .toCompletionStage()
        .toCompletableFuture();
  }

  private String failure(String question) {
    try {
      return "answered " + ask(question).get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      ReplyException failed = (ReplyException) e.getCause();
      assertThat(failed.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
      return failed.getMessage();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
