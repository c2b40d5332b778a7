package io.shadowsentinel.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.tls.TlsStore;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connections to one upstream, as seen by its callers and by the upstream. */
class UpstreamClientsIT {
  private static final int MAX_CONNECTIONS = 2;
  private static final int MAX_WAITING = 1;

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final AtomicLong clock = new AtomicLong();
  private final FakeUpstream server = FakeUpstream.answering(Reply.json("{}"));
  private final UpstreamSet.Upstream upstream =
      new UpstreamSet(List.of(URI.create(server.url()))).next(0);
  private final UpstreamClients clients =
      on(
          () ->
              new UpstreamClients(
                  vertx,
                  MAX_CONNECTIONS,
                  MAX_WAITING,
                  clock::get,
                  new TlsStore(Clock.systemUTC(), new SimpleMeterRegistry())));

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    server.close();
  }

  private <T> T on(Supplier<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.runOnContext(
        unused -> {
          try {
            done.complete(task.get());
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** Asks, and writes down what it is told. */
  private class Asker implements UpstreamCall.Caller {
    final List<String> told = new CopyOnWriteArrayList<>();
    final boolean sends;
    volatile @Nullable UpstreamCall call;
    volatile boolean over;

    Asker(boolean sends) {
      this.sends = sends;
    }

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public void connected(UpstreamCall made) {
      call = made;
      told.add("connected");
      if (sends) {
        send(null, 0);
      }
    }

    void send(@Nullable String body, long announced) {
      Fields fields = new Fields();
      fields.add("Host", "x");
      if (announced > 0) {
        fields.add("Content-Length", String.valueOf(announced));
      }
      UpstreamCall made = call;
      assertThat(made).isNotNull();
      try {
        made.open("x", fields, announced);
      } catch (UpstreamFault fault) {
        throw new AssertionError(fault);
      }
      made.end(body == null ? null : Buffer.buffer(body));
    }

    @Override
    public void notConnected(Throwable failure) {
      told.add(failure.getClass().getSimpleName());
    }

    @Override
    public void answerHead(AnswerHead head) {
      told.add(String.valueOf(head.status()));
    }

    @Override
    public void answerChunk(Buffer chunk) {
      told.add(chunk.toString());
    }

    @Override
    public void answerEnd() {
      told.add("end");
    }

    @Override
    public void broke(Throwable cause) {
      told.add("broke");
    }

    Asker await(String last) {
      Await.until(last + " is told, after " + told, () -> told.contains(last));
      return this;
    }
  }

  private Asker ask(boolean sends) {
    Asker asker = new Asker(sends);
    on(
        () -> {
          clients.request(upstream, HttpMethod.POST, "/", 1_000, asker);
          return asker;
        });
    return asker;
  }

  private void advance(Duration by) {
    clock.addAndGet(by.toNanos());
  }

  private int open() {
    ConnectionPool pool = upstream.pool;
    return pool == null ? 0 : on(pool::open);
  }

  @Test
  void connection_isUsedAgain() {
    for (int i = 0; i < 5; i++) {
      assertThat(ask(true).await("end").told).containsExactly("connected", "200", "{}", "end");
    }
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  @Test
  void idleConnection_isClosed_whenItsTimeIsOver() {
    ask(true).await("end");
    advance(Duration.ofSeconds(ConnectionPool.KEEP_ALIVE_SECONDS).minusMillis(1));
    on(sweep());
    assertThat(open()).isEqualTo(1);

    advance(Duration.ofMillis(1));
    on(sweep());
    Await.until("it is closed", () -> open() == 0);
    Await.until("the upstream sees it", () -> server.openConnections() == 0);
  }

  private Supplier<Boolean> sweep() {
    return () -> {
      clients.sweep();
      return true;
    };
  }

  @Test
  void idleConnection_isNotUsed_whenItsTimeIsOver() {
    ask(true).await("end");
    advance(Duration.ofSeconds(ConnectionPool.KEEP_ALIVE_SECONDS));
    ask(true).await("end");

    assertThat(server.connectionCount()).isEqualTo(2);
  }

  /** The upstream may have sent it all long ago, and counts its time from then. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void timeOfAConnection_runsWhileItsAnswerIsNotRead(int connections) {
    server.behave(Behaviours.reply(Reply.json("\"" + "x".repeat(3 << 20) + "\"")));
    Asker reader =
        new Asker(true) {
          @Override
          public void answerHead(AnswerHead head) {
            super.answerHead(head);
            Objects.requireNonNull(call).pause();
          }
        };
    on(
        () -> {
          clients.request(upstream, HttpMethod.POST, "/", 1_000, reader);
          return reader;
        });
    reader.await("200");
    Duration keepAlive = Duration.ofSeconds(ConnectionPool.KEEP_ALIVE_SECONDS);
    advance(connections == 1 ? keepAlive.minusMillis(1) : keepAlive);
    on(
        () -> {
          Objects.requireNonNull(reader.call).resume();
          return reader;
        });
    reader.await("end");
    ask(true).await("end");

    assertThat(server.connectionCount()).isEqualTo(connections);
  }

  /** That nobody asked anything is no news for the upstream. */
  @Test
  void timeOfAConnection_doesNotBeginAgain_withACallThatIsGivenUpUnsent() {
    ask(true).await("end");
    advance(Duration.ofSeconds(ConnectionPool.KEEP_ALIVE_SECONDS).minusMillis(1));
    cancel(ask(false).await("connected"));
    advance(Duration.ofMillis(1));
    ask(true).await("end");

    assertThat(server.connectionCount()).isEqualTo(2);
  }

  @Test
  void announcedTime_isKept_withAMargin() {
    server.behave(Behaviours.reply(Reply.json("{}").withHeader("Keep-Alive", "timeout=2, max=9")));
    ask(true).await("end");
    advance(Duration.ofSeconds(1));
    ask(true).await("end");

    assertThat(server.connectionCount()).isEqualTo(2);
  }

  @Test
  void connectionThatIsToClose_isNotUsedAgain() {
    server.behave(Behaviours.reply(Reply.json("{}").closing()));
    ask(true).await("end");
    ask(true).await("end");

    assertThat(server.connectionCount()).isEqualTo(2);
    Await.until("both are closed", () -> open() == 0);
  }

  @Test
  void callsBeyondTheConnections_wait_andBeyondThoseAreRefused() {
    server.behave(Behaviours.never());
    Asker first = ask(true).await("connected");
    Asker second = ask(true).await("connected");
    Asker third = ask(true);
    Asker fourth = ask(true);

    fourth.await(ConnectionPoolTooBusyException.class.getSimpleName());
    assertThat(third.told).isEmpty();
    // Both have been given to the behaviour that never answers.
    server.awaitRequestCount(2);

    server.behave(Behaviours.reply(Reply.json("{}")));
    on(
        () -> {
          cancel(first);
          return true;
        });
    third.await("end");
    assertThat(first.told).containsExactly("connected");
    assertThat(second.told).containsExactly("connected");
  }

  private static void cancel(Asker asker) {
    UpstreamCall call = asker.call;
    assertThat(call).isNotNull();
    call.cancel();
    call.cancel();
  }

  @Test
  void waitingCallThatIsOver_isPassedBy() {
    server.behave(Behaviours.never());
    Asker first = ask(true).await("connected");
    ask(true).await("connected");
    Asker third = ask(true);
    third.over = true;
    on(
        () -> {
          cancel(first);
          return true;
        });

    Await.until("one is left", () -> open() == 1);
    assertThat(third.told).isEmpty();
  }

  @Test
  void cancelledBeforeItWasSent_leavesItsConnectionToTheNext() {
    Asker first = ask(false).await("connected");
    on(
        () -> {
          cancel(first);
          return true;
        });
    ask(true).await("end");

    assertThat(server.connectionCount()).isEqualTo(1);
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void cancelledMidway_closesItsConnection() {
    server.behave(Behaviours.never());
    Asker first = ask(true).await("connected");
    server.awaitRequestCount(1);
    on(
        () -> {
          cancel(first);
          return true;
        });

    Await.until("it is closed", () -> open() == 0);
    Await.until("the upstream sees it", () -> server.openConnections() == 0);
    assertThat(first.told).containsExactly("connected");
  }

  @Test
  void bytesAfterAnAnswer_areNobodysAnswer() {
    String forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    server.behave(
        Behaviours.raw(
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + forged).getBytes(ISO_8859_1)));
    ask(true).await("end");
    Await.until("it is closed", () -> open() == 0);

    server.behave(Behaviours.reply(Reply.json("{}")));
    assertThat(ask(true).await("end").told).containsExactly("connected", "200", "{}", "end");
    assertThat(server.connectionCount()).isEqualTo(2);
  }

  @Test
  void answerBeforeTheRequestIsWhole_closesItsConnection() {
    Asker asker = ask(false).await("connected");
    server.behave(Behaviours.reply(Reply.json("{}")));
    on(
        () -> {
          sendInPart(asker);
          return true;
        });
    // This upstream waits for the whole body, so the connection has to end by our own hand.
    on(
        () -> {
          cancel(asker);
          return true;
        });
    Await.until("it is closed", () -> open() == 0);
    assertThat(server.requestCount()).isZero();
  }

  private static void sendInPart(Asker asker) {
    UpstreamCall call = asker.call;
    assertThat(call).isNotNull();
    Fields fields = new Fields();
    fields.add("Host", "x");
    fields.add("Content-Length", "10");
    try {
      call.open("x", fields, 10);
    } catch (UpstreamFault fault) {
      throw new AssertionError(fault);
    }
    call.write(Buffer.buffer("12345"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void bodyOfAnotherLengthThanAnnounced_isNotSent(int announced) {
    Asker asker = ask(false).await("connected");
    on(
        () -> {
          asker.send("ab", announced);
          return true;
        });

    asker.await("broke");
    Await.until("it is closed", () -> open() == 0);
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void upstreamThatCannotBeReached_isTold() throws Exception {
    UpstreamSet.Upstream refusing =
        new UpstreamSet(List.of(URI.create(FakeUpstream.refusingUrl()))).next(0);
    Asker asker = new Asker(true);
    on(
        () -> {
          clients.request(refusing, HttpMethod.GET, "/", 1_000, asker);
          return true;
        });

    Await.until("it is told", () -> !asker.told.isEmpty());
    assertThat(asker.told.get(0)).contains("Connect");
  }
}
