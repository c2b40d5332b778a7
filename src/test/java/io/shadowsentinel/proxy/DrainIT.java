package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a proxy that stops does with each kind of connection. */
@Timeout(60)
class DrainIT {
  private static final int STREAMS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final FakeUpstream champion = FakeUpstream.answering(Reply.json("{\"ok\":true}"));

  @AfterEach
  void close() {
    champion.close();
    ProxyHarness.await(vertx.close());
  }

  private static Future<Void> stop(ProxyHarness proxy) {
    return Future.join(
            proxy.vertx.deploymentIDs().stream().map(id -> proxy.vertx.undeploy(id)).toList())
        .mapEmpty();
  }

  private static boolean refuses(int port) {
    try (RawClient client = RawClient.connect(port)) {
      return false;
    } catch (UncheckedIOException refused) {
      return true;
    }
  }

  @Test
  void http2_streamsGoOn_andTheClientIsToldToLeave() {
    champion.behave(
        Behaviours.delayed(Duration.ofMillis(5), Behaviours.reply(Reply.json("{\"ok\":true}"))));
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false),
              new PoolOptions().setHttp2MaxSize(1));
      AtomicInteger answered = new AtomicInteger();
      AtomicInteger left = new AtomicInteger(STREAMS);
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      for (int i = 0; i < STREAMS; i++) {
        ask(client, proxy.port, answered, left, failures);
      }
      Await.until("streams are answered", () -> answered.get() > 10 * STREAMS);
      Future<Void> stopped = stop(proxy);
      Await.until(
          "every stream finds the door closed", Duration.ofSeconds(30), () -> left.get() == 0);

      assertThat(failures).isEmpty();
      assertThat(champion.requestCount()).isEqualTo(answered.get());
      ProxyHarness.await(stopped);
    }
  }

  /** Asks again and again, until there is nobody to connect to. */
  private void ask(
      HttpClient client,
      int port,
      AtomicInteger answered,
      AtomicInteger left,
      Queue<Throwable> failures) {
    client
        .request(HttpMethod.POST, port, "localhost", "/p")
        .compose(request -> request.send(Buffer.buffer("{}")))
        .compose(answer -> answer.body())
        .onSuccess(
            body -> {
              answered.incrementAndGet();
              ask(client, port, answered, left, failures);
            })
        .onFailure(
            failure -> {
              if (!(failure instanceof ConnectException)) {
                failures.add(failure);
              }
              left.decrementAndGet();
            });
  }

  @Test
  void tunnel_goesOn_untilItsUserEndsIt() {
    champion.behave(Behaviours.upgradeThenEcho());
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient idle = RawClient.connect(proxy.port)) {
      // One that is done with, so that there is an idle connection, whose end can be waited for.
      RawClient user = RawClient.connect(proxy.port);
      user.send(
          RawClient.get(
              "/", "Connection: Upgrade", "Upgrade: echo", "Sec-WebSocket-Key: a", "X-A: b"));
      assertThat(user.read().status()).isEqualTo(101);
      champion.behave(Behaviours.reply(Reply.json("{}")));
      assertThat(idle.exchange(RawClient.get("/")).status()).isEqualTo(200);

      Future<Void> stopped = stop(proxy);
      Await.until("nobody is let in", () -> refuses(proxy.port));
      assertThat(idle.readSome(1)).isEmpty();
      assertThat(echo(user, "still there")).isEqualTo("still there");
      assertThat(stopped.isComplete()).isFalse();
      user.close();
      ProxyHarness.await(stopped);
    }
  }

  private static String echo(RawClient user, String text) {
    user.send(text);
    StringBuilder got = new StringBuilder();
    while (got.length() < text.length()) {
      got.append(new String(user.readSome(100), ISO_8859_1));
    }
    return got.toString();
  }

  @Test
  void keptAlive_isToldWithItsAnswer_whateverThatIs() {
    CountDownLatch held = new CountDownLatch(3);
    CountDownLatch go = new CountDownLatch(1);
    champion.behave(
        (request, wire) -> {
          if (!request.target().equals("/idle")) {
            held.countDown();
            while (go.getCount() > 0) {
              wire.pause(Duration.ofMillis(5));
            }
          }
          if (request.target().equals("/broken")) {
            wire.reset();
          } else {
            Behaviours.reply(Reply.json("{}")).answer(request, wire);
          }
        });
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient fine = RawClient.connect(proxy.port);
        RawClient broken = RawClient.connect(proxy.port);
        RawClient old = RawClient.connect(proxy.port);
        RawClient idle = RawClient.connect(proxy.port);
        RawClient idleElsewhere = RawClient.connect(proxy.port)) {
      fine.send(RawClient.post("/fine", "{}"));
      broken.send(RawClient.get("/broken"));
      old.send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      Await.until("all are under way", () -> held.getCount() == 0);
      assertThat(idle.exchange(RawClient.get("/idle")).header("Connection")).isEmpty();
      assertThat(idleElsewhere.exchange(RawClient.get("/idle")).complete()).isTrue();
      Future<Void> stopped = stop(proxy);
      // What is idle is closed last, on each of the two loops.
      assertThat(idle.readSome(1)).isEmpty();
      assertThat(idleElsewhere.readSome(1)).isEmpty();
      go.countDown();

      assertLast(fine, fine.read(), 200);
      assertLast(broken, broken.read(), 502);
      assertLast(old, old.read(), 200);
      ProxyHarness.await(stopped);
    }
  }

  /** Which protocol it would speak is not known yet. */
  @Test
  void connectionThatSaidNothing_isClosed() {
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawClient silent = RawClient.connect(proxy.port);
        RawClient halfway = RawClient.connect(proxy.port)) {
      halfway.send("PRI * HT");
      Await.until("both are open", () -> LimitsIT.gauge(proxy, "shadow.sentinel.connections") == 2);
      ProxyHarness.await(stop(proxy));

      assertThat(silent.readSome(1)).isEmpty();
      assertThat(halfway.readSome(1)).isEmpty();
    }
  }

  private static void assertLast(RawClient client, RawResponse answer, int status) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.complete()).isTrue();
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(client.readSome(1)).isEmpty();
  }
}
