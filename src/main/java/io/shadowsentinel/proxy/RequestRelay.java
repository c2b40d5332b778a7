package io.shadowsentinel.proxy;

import io.shadowsentinel.upstream.UpstreamCall;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.RequestFault;
import io.shadowsentinel.wire.RequestTrailers;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Streams a request's body to the champion as it comes, and is the only one that reads it. What
 * comes before there is a connection waits, up to a bound, past which the user is asked to wait.
 * The body ends once, with the last byte that was announced or where the user ends it, whichever is
 * first; behind its end is nothing. Bound to one event loop.
 */
final class RequestRelay {

  /** Whom the body is relayed for. */
  interface Owner {
    /** A part of it came, and is passed on once this returns. */
    void requestPart(Buffer part);

    /** All of it is there, and on its way if the champion is; told once. */
    void requestWhole();

    /** It is not what it was announced to be. */
    void requestMalformed(RequestFault why);
  }

  private static final int MAX_PENDING_BYTES = 256 << 10;

  private final HttpServerRequest request;
  private final Owner owner;
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
  RequestRelay(HttpServerRequest request, long bodyLength, Owner owner) {
    this.request = request;
    this.bodyLength = bodyLength;
    this.owner = owner;
  }

  /** Begins to read. */
  void start() {
    request.handler(this::part);
    request.endHandler(unused -> end());
  }

  /** In place of {@link #start}: there is no body, and what else comes is not this request's. */
  void startWithout() {
    whole(null);
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

  /** The connection is none any more, and what was sent over it is to be sent again. */
  void takeBack(Buffer sent) {
    upstream = null;
    pending = sent.length() == 0 ? null : sent;
  }

  private void part(Buffer part) {
    int length = part.length();
    if (length == 0) {
      // A frame of HTTP/2 may be empty, also behind the last byte; it says nothing.
      return;
    }
    received += length;
    if (ended || (bodyLength >= 0 && received > bodyLength)) {
      malformed();
      return;
    }
    owner.requestPart(part);
    if (abandoned) {
      return;
    }
    if (received == bodyLength) {
      whole(part);
    } else if (upstream == null) {
      hold(part);
    } else {
      write(upstream, part);
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    if (received < bodyLength) {
      malformed();
    } else {
      whole(null);
    }
  }

  /** The one way to the end. */
  private void whole(@Nullable Buffer last) {
    assert !ended : "a request that ends twice";
    ended = true;
    if (!abandoned) {
      UpstreamCall to = upstream;
      if (to != null) {
        // Together with the head, if that is not out yet: one write in place of two.
        finish(to, last);
      } else if (last != null) {
        hold(last);
      }
    }
    owner.requestWhole();
  }

  private void malformed() {
    owner.requestMalformed(
        RequestFault.malformed(
            "a body of another length than announced (expected " + bodyLength + " bytes)"));
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
    if (!paused && !ended && !request.isEnded()) {
      paused = true;
      request.pause();
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      // Of a stream that its user has reset, nothing is to be had any more: Vert.x throws.
      if (!request.isEnded()) {
        request.resume();
      }
    }
  }
}
