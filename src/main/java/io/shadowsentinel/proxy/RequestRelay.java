package io.shadowsentinel.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Streams a request's body to the champion as it comes. What comes before there is a connection
 * waits, up to a bound, past which the user is asked to wait. Bound to one event loop.
 */
final class RequestRelay {
  private static final int MAX_PENDING_BYTES = 256 << 10;

  private final HttpServerRequest request;
  private final long bodyLength;
  private @Nullable UpstreamCall upstream;
  private @Nullable Buffer pending;
  private long received;
  private boolean ended;
  private boolean paused;
  private boolean abandoned;

  /**
   * A relay that has not seen any of the body yet.
   *
   * @param bodyLength 0 for none, -1 for unknown
   */
  RequestRelay(HttpServerRequest request, long bodyLength) {
    this.request = request;
    this.bodyLength = bodyLength;
  }

  /** True once the user has sent all of it. */
  boolean isEnded() {
    return ended;
  }

  /** True while the champion, and not the user, is what the body waits for. */
  boolean isPaused() {
    return paused;
  }

  /** How long the body is; 0 for none, -1 for unknown. */
  long bodyLength() {
    return bodyLength;
  }

  /** The champion's connection is there, its head is set: sends what has come so far. */
  void attach(UpstreamCall connected) {
    upstream = connected;
    if (bodyLength < 0 && request.headers().contains(HeaderRules.TRANSFER_ENCODING)) {
      announceChunked(connected);
    }
    Buffer waiting = pending;
    pending = null;
    if (ended) {
      if (waiting != null) {
        announceChunked(connected);
      }
      finish(connected, waiting);
      return;
    }
    if (waiting != null) {
      write(connected, waiting);
    } else if (request.headers().contains(HeaderRules.EXPECT)) {
      // The body is held back until the champion asks for it, so the head has to go alone.
      announceChunked(connected);
      connected.sendHead();
    }
    if (!connected.isFull()) {
      resume();
    }
  }

  /**
   * Takes a part of the body.
   *
   * @return true when the length says that it was the last
   */
  boolean chunk(Buffer chunk) {
    received += chunk.length();
    if (abandoned) {
      return false;
    }
    boolean last = bodyLength > 0 && received == bodyLength;
    ended |= last;
    UpstreamCall to = upstream;
    if (to == null) {
      hold(chunk);
    } else if (last) {
      // Together with the head, if that is not out yet: one write in place of two.
      to.end(chunk);
    } else {
      write(to, chunk);
    }
    return last;
  }

  /**
   * The user has sent all.
   *
   * @return true when that was not known before
   */
  boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    if (!abandoned && upstream != null) {
      finish(upstream, null);
    }
    return true;
  }

  private void finish(UpstreamCall to, @Nullable Buffer last) {
    if (bodyLength < 0) {
      Fields trailers = RequestTrailers.of(request);
      if (trailers != null) {
        to.trailers(trailers);
      }
    }
    to.end(last);
  }

  /**
   * Stops: what the user still sends is read and dropped. The champion's request is for its owner
   * to cancel.
   */
  void abandon() {
    abandoned = true;
    pending = null;
    resume();
  }

  private void hold(Buffer chunk) {
    if (pending == null) {
      pending = chunk;
    } else {
      Buffer joined = Buffer.buffer(pending.length() + chunk.length());
      pending = joined.appendBuffer(pending).appendBuffer(chunk);
    }
    if (pending.length() > MAX_PENDING_BYTES) {
      pause();
    }
  }

  private void write(UpstreamCall to, Buffer chunk) {
    announceChunked(to);
    to.write(chunk);
    if (to.isFull()) {
      pause();
      to.onRoom(this::resume);
    }
  }

  private void announceChunked(UpstreamCall to) {
    if (bodyLength < 0) {
      to.frameInChunks();
    }
  }

  private void pause() {
    if (!paused) {
      paused = true;
      request.pause();
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      request.resume();
    }
  }
}
