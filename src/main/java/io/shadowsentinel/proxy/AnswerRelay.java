package io.shadowsentinel.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.shadowsentinel.listen.Admission;
import io.shadowsentinel.upstream.UpstreamCall;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.HeaderRules;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Streams the champion's answer to the user as it comes: status, header fields, body and trailers.
 * Bound to one event loop.
 */
final class AnswerRelay {
  private final HttpServerRequest request;
  private final Admission admission;
  private final HttpServerResponse response;
  private @Nullable AnswerHead answer;
  private @Nullable UpstreamCall from;

  /** Bytes still to come; -1 when the answer does not say. */
  private long remaining;

  private boolean paused;

  /** When it was first seen to be; 0 when it was not yet. */
  private long pausedNanos;

  AnswerRelay(HttpServerRequest request, Admission admission) {
    this.request = request;
    this.admission = admission;
    this.response = request.response();
  }

  /** The champion's answer, once its head is in. */
  @Nullable AnswerHead answer() {
    return answer;
  }

  /** True while the user, and not the champion, is what the answer waits for. */
  boolean isPaused() {
    return paused;
  }

  /** For how long the user has read nothing at all, as far as the calls of this tell. */
  long pausedFor(long nowNanos) {
    if (pausedNanos == 0) {
      pausedNanos = nowNanos;
    }
    return nowNanos - pausedNanos;
  }

  /**
   * Takes the answer's head.
   *
   * @param call where the rest of it comes from
   */
  void head(AnswerHead head, UpstreamCall call) {
    answer = head;
    from = call;
    int status = head.status();
    if (status != response.getStatusCode()) {
      // A look-up, which the usual 200 is spared.
      response.setStatusCode(status);
    }
    if (request.version() != HttpVersion.HTTP_2
        && head.version() != HttpVersion.HTTP_2
        && !head.reason().equals(response.getStatusMessage())) {
      response.setStatusMessage(head.reason());
    }
    MultiMap headers = response.headers();
    HeaderRules.addEndToEnd(head.fields(), headers);
    boolean bodilessStatus = AnswerHead.isBodiless(status);
    // Whole with its head, as where gRPC says that a call failed: it is to end with its head again.
    boolean isAll = head.isAll() && request.version() == HttpVersion.HTTP_2;
    if ((bodilessStatus || isAll) && !headers.contains(HeaderRules.CONTENT_LENGTH)) {
      // Vert.x would say that there are 0 bytes, which of a 304 is not so: RFC 9110, section 8.6.
      response.headersEndHandler(unused -> headers.remove(HeaderRules.CONTENT_LENGTH));
    }
    boolean bodiless = bodilessStatus || head.isAll() || request.method().name().equals("HEAD");
    remaining =
        bodiless ? 0 : HeaderRules.parseLength(head.fields().get(HeaderRules.CONTENT_LENGTH));
    if (remaining < 0 && request.version() != HttpVersion.HTTP_1_0) {
      if (request.version() == HttpVersion.HTTP_1_1) {
        response.setChunked(true);
      }
      // Its length being unknown, a first part may be long in coming: who reads a stream wants to
      // know that it is open.
      response.writeHead();
    }
  }

  /** True when a part is more than the answer was announced to have. */
  boolean isTooMuch(Buffer chunk) {
    return remaining >= 0 && chunk.length() > remaining;
  }

  /** True when the answer is to have more than has come of it. */
  boolean isTooLittle() {
    return remaining > 0;
  }

  /** Sends the head alone, when the body that it announces is late. */
  void headIfBodyIsLate() {
    if (remaining > 0 && !response.headWritten()) {
      response.writeHead();
    }
  }

  /**
   * Sends a part of the body, unless the length says that it is the last: that one is for {@link
   * #finish}, head and all in one write.
   *
   * @return true when it is the last
   */
  boolean chunk(Buffer chunk) {
    if (remaining > 0) {
      remaining -= chunk.length();
      // In HTTP/2 trailers may follow even a body of known length.
      if (remaining == 0 && answer != null && answer.version() != HttpVersion.HTTP_2) {
        return true;
      }
    }
    response.write(chunk);
    if (response.writeQueueFull()) {
      pause();
    }
    return false;
  }

  /** Ends the user's answer, with its last part if that was not sent yet. */
  void finish(@Nullable Buffer last) {
    if (last != null) {
      response.end(last);
      return;
    }
    if (answer != null && !answer.trailers().isEmpty()) {
      answer.trailers().keep(HeaderRules::isTrailer);
      answer.trailers().addTo(response.trailers());
    }
    response.end();
    if (request.version() == HttpVersion.HTTP_1_0 && remaining < 0) {
      // HTTP/1.0 knows the end of such a body by the end of the connection only.
      request.connection().close();
    }
  }

  /**
   * Breaks off an answer of which something is out, so that nobody takes it for a whole one.
   *
   * @param code what an HTTP/2 user is told; not 0, which would say that nothing is wrong
   */
  void breakOff(long code) {
    if (request.version() == HttpVersion.HTTP_1_0 && remaining < 0) {
      // The connection's end would be the answer's: it is reset.
      reset(((ConnectionBase) request.connection()).channel());
    } else {
      response.reset(code);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  private static void reset(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException gone) {
      // Then it was the user who reset it.
    }
    // Past all that would say good-bye, in TLS too.
    channel.pipeline().firstContext().close();
  }

  private void pause() {
    UpstreamCall call = from;
    if (paused || call == null) {
      return;
    }
    paused = true;
    pausedNanos = 0;
    admission.unread();
    call.pause();
    response.drainHandler(
        unused -> {
          if (paused) {
            release();
            call.resume();
          }
        });
  }

  /** The answer is over, or goes on: it waits for its user no more. */
  void release() {
    if (paused) {
      paused = false;
      admission.read();
    }
  }
}
