package io.shadowsentinel.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call over Vert.x' own client, for the protocols of which it keeps the connections: HTTP/2, and
 * TLS. Bound to one event loop.
 */
final class ClientCall implements UpstreamCall {
  private final HttpClientRequest request;
  private final int defaultPort;
  private final Listener listener;
  private @Nullable HttpClientResponse response;
  private Fields trailers = new Fields();
  private boolean sent;
  private boolean over;

  /**
   * A call that nothing was sent of.
   *
   * @param defaultPort the upstream's
   */
  ClientCall(HttpClientRequest request, int defaultPort, Listener listener) {
    this.request = request;
    this.defaultPort = defaultPort;
    this.listener = listener;
    request.exceptionHandler(this::broke);
    request.response().onComplete(this::head, this::broke);
    request.continueHandler(unused -> continued());
    request.earlyHintsHandler(hints -> earlyHints(Fields.of(hints)));
  }

  private void continued() {
    if (!over) {
      listener.continued();
    }
  }

  private void earlyHints(Fields hints) {
    if (!over) {
      listener.earlyHints(hints);
    }
  }

  private void head(HttpClientResponse head) {
    if (over) {
      return;
    }
    response = head;
    head.exceptionHandler(this::broke);
    head.handler(this::chunk);
    head.endHandler(unused -> ended(head));
    String reason = isHttp2() ? "" : Objects.requireNonNullElse(head.statusMessage(), "");
    listener.answerHead(
        new AnswerHead(
            head.version(), head.statusCode(), reason, Fields.of(head.headers()), trailers));
  }

  private void chunk(Buffer chunk) {
    if (!over) {
      listener.answerChunk(chunk);
    }
  }

  private void ended(HttpClientResponse head) {
    if (over) {
      return;
    }
    over = true;
    head.trailers().forEach((name, value) -> trailers.add(name, value));
    if (!sent) {
      request.reset();
    }
    listener.answerEnd();
  }

  private void broke(Throwable cause) {
    if (!over) {
      over = true;
      listener.broke(cause);
    }
  }

  @Override
  public boolean isHttp2() {
    return request.version() == HttpVersion.HTTP_2;
  }

  @Override
  public void open(String authority, Fields fields, long bodyBytes) throws UpstreamFault {
    try {
      fields.addTo(request.headers());
      if (isHttp2()) {
        request.authority(HostAndPort.parseAuthority(authority, defaultPort));
      }
    } catch (IllegalArgumentException e) {
      throw new UpstreamFault(Objects.requireNonNullElse(e.getMessage(), "a malformed field"));
    }
  }

  @Override
  public void frameInChunks() {
    if (!isHttp2() && !request.isChunked()) {
      request.setChunked(true);
    }
  }

  @Override
  public void sendHead() {
    request.sendHead();
  }

  // What is written fails only with its stream, and that is told to the exception handler.

  @Override
  public void write(Buffer chunk) {
    request.write(chunk);
  }

  @Override
  public void trailers(Fields unsaid) {}

  @Override
  public void end(@Nullable Buffer last) {
    sent = true;
    if (last == null) {
      request.end();
    } else {
      request.end(last);
    }
  }

  @Override
  public boolean isFull() {
    return request.writeQueueFull();
  }

  @Override
  public void onRoom(Runnable room) {
    request.drainHandler(unused -> room.run());
  }

  @Override
  public void pause() {
    if (response != null) {
      response.pause();
    }
  }

  @Override
  public void resume() {
    if (response != null) {
      response.resume();
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      request.reset();
    }
  }
}
