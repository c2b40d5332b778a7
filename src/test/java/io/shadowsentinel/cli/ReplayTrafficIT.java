package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.recorded.RecordedRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplayTrafficIT {
  // One event loop, so that what is run on it later comes after what is being read now.
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final FakeUpstream upstream = FakeUpstream.answering(Reply.json("{}"));

  @AfterEach
  void close() throws Exception {
    upstream.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** As on a machine that has no time for the thread that sends. */
  @Test
  void answerThatIsThroughBeforeItsSenderGoesOn_isCounted() throws Exception {
    HttpClient client = heldUp(HttpClient.class, vertx.createHttpClient(), "request");
    ReplayTraffic traffic = new ReplayTraffic(client, upstream.port(), 1, 0, () -> 0);

    traffic.send(new RecordedRequest("POST", "/", List.of(), new byte[] {'1'}));
    traffic.drain();

    assertThat(traffic.failed()).isZero();
    assertThat(traffic.succeeded()).isEqualTo(1);
  }

  /** The same, but that its caller goes on only when what it asked for is long done. */
  private <T> T heldUp(Class<T> type, T real, String method) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, called, arguments) -> {
              try {
                Object result = called.invoke(real, arguments);
                if (!called.getName().equals(method)) {
                  return result;
                }
                Future<?> future = (Future<?>) result;
                return method.equals("request")
                    ? heldUp(Future.class, future, "compose")
                    : wait(future);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private Future<?> wait(Future<?> future) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    future.onComplete(unused -> vertx.runOnContext(after -> done.countDown()));
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    return future;
  }
}
