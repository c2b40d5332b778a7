package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A receiver of alerts on a real port, that does as it is told. */
final class Receiver {

  /** One request as it came in. */
  record Received(String id, String method, String path, String contentType, String text) {
    JsonNode body() {
      try {
        return new ObjectMapper().readTree(text);
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + text, e);
      }
    }
  }

  private final Vertx vertx;
  private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private volatile BiConsumer<HttpServerRequest, Received> behaviour = status(200);
  private HttpServer server;

  private Receiver(Vertx vertx) {
    this.vertx = vertx;
  }

  static Receiver start(Vertx vertx) {
    Receiver receiver = new Receiver(vertx);
    receiver.listen(0);
    return receiver;
  }

  static BiConsumer<HttpServerRequest, Received> status(int status) {
    return (request, received) -> request.response().setStatusCode(status).end();
  }

  Receiver behave(BiConsumer<HttpServerRequest, Received> next) {
    behaviour = next;
    return this;
  }

  int port() {
    return server.actualPort();
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  void down() {
    Waits.get(server.close());
  }

  void listen(int port) {
    server = vertx.createHttpServer().requestHandler(this::take);
    Waits.get(server.listen(port, "127.0.0.1"));
  }

  /** The next request, in the order of arrival. */
  Received next() {
    try {
      Received next = received.poll(Waits.BOUND_SECONDS, TimeUnit.SECONDS);
      assertThat(next).as("a request within %d s", Waits.BOUND_SECONDS).isNotNull();
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What came in and was not asked for. */
  List<Received> rest() {
    List<Received> rest = new ArrayList<>();
    received.drainTo(rest);
    return rest;
  }

  private void take(HttpServerRequest request) {
    request.body().map(Buffer::toString).onSuccess(text -> answer(request, text));
  }

  private void answer(HttpServerRequest request, String text) {
    Received next =
        new Received(
            request.getHeader("Idempotency-Key"),
            request.method().name(),
            request.uri(),
            request.getHeader("Content-Type"),
            text);
    received.add(next);
    behaviour.accept(request, next);
  }
}
