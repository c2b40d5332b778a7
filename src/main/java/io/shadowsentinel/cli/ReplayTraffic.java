package io.shadowsentinel.cli;

import io.shadowsentinel.recorded.RecordedRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Sends recorded requests to the proxy, no more at once than allowed, mirrors included, and no
 * faster. Sending blocks; one thread sends, any may read the counts.
 */
final class ReplayTraffic {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final HttpClient client;
  private final int port;
  private final int concurrency;
  private final long periodNanos;
  private final IntSupplier mirrorsInFlight;
  private final Semaphore places;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong succeeded = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private long nextNanos = System.nanoTime();

  /**
   * Traffic that has not begun.
   *
   * @param concurrency requests and mirrors at once, 1 or more
   * @param perSecond 0 for as fast as they are answered
   */
  ReplayTraffic(
      Vertx vertx, int port, int concurrency, double perSecond, IntSupplier mirrorsInFlight) {
    this(client(vertx, concurrency), port, concurrency, perSecond, mirrorsInFlight);
  }

  ReplayTraffic(
      HttpClient client, int port, int concurrency, double perSecond, IntSupplier mirrorsInFlight) {
    this.client = client;
    this.port = port;
    this.concurrency = concurrency;
    this.periodNanos = perSecond > 0 ? (long) (1e9 / perSecond) : 0;
    this.mirrorsInFlight = mirrorsInFlight;
    this.places = new Semaphore(concurrency);
  }

  private static HttpClient client(Vertx vertx, int concurrency) {
    return vertx
        .httpClientBuilder()
        .with(new HttpClientOptions().setDecompressionSupported(false))
        .with(new PoolOptions().setHttp1MaxSize(concurrency))
        .build();
  }

  /** Sends one as soon as it may be sent. */
  void send(RecordedRequest request) throws InterruptedException {
    pace();
    places.acquire();
    // A mirror may outlast its request. What is over the route's own bound would not be compared.
    while (mirrorsInFlight.getAsInt() >= concurrency) {
      park(POLL_NANOS);
    }
    sent.incrementAndGet();
    client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.valueOf(request.method()))
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI(request.target()))
        .compose(to -> status(fill(to, request), request))
        .onComplete(
            answered -> {
              boolean success =
                  answered.succeeded() && answered.result() >= 200 && answered.result() <= 299;
              (success ? succeeded : failed).incrementAndGet();
              places.release();
            });
  }

  /**
   * Asks, and waits for the whole answer. All on the event loop, and before the answer can come:
   * whoever asked for its end from another thread might be late for it.
   */
  private static Future<Integer> status(HttpClientRequest to, RecordedRequest request) {
    return to.send(Buffer.buffer(request.body()))
        .compose(answer -> answer.end().map(answer.statusCode()));
  }

  private static HttpClientRequest fill(HttpClientRequest to, RecordedRequest request) {
    if (request.header("Host") != null) {
      to.headers().remove("Host");
    }
    request.headers().forEach(field -> to.headers().add(field.getKey(), field.getValue()));
    return to;
  }

  private void pace() throws InterruptedException {
    if (periodNanos == 0) {
      return;
    }
    long now = System.nanoTime();
    while (nextNanos - now > 0) {
      park(nextNanos - now);
      now = System.nanoTime();
    }
    nextNanos = Math.max(nextNanos, now - periodNanos) + periodNanos;
  }

  private static void park(long nanos) throws InterruptedException {
    LockSupport.parkNanos(nanos);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** Blocks until every request is answered, and no mirror is under way any more. */
  void drain() throws InterruptedException {
    places.acquire(concurrency);
    while (mirrorsInFlight.getAsInt() > 0) {
      park(POLL_NANOS);
    }
    places.release(concurrency);
  }

  long sent() {
    return sent.get();
  }

  /** Requests that were answered with 2xx. */
  long succeeded() {
    return succeeded.get();
  }

  /** Requests that were answered otherwise, or not at all. */
  long failed() {
    return failed.get();
  }
}
