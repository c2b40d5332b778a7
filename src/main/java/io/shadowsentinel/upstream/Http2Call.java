package io.shadowsentinel.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.Http2Fields;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/**
 * One request over a {@link SharedConnection}, and its answer. What is sent of a body is kept for a
 * while, up to a bound, since an upstream may say that it has not begun the request. Bound to one
 * event loop.
 */
public final class Http2Call implements UpstreamCall {
  /** Kept of a body until its answer begins. */
  public static final int MAX_KEPT_BYTES = 64 << 10;

  private final SharedConnection connection;
  private final HttpMethod method;
  private final String target;
  private final Caller caller;

  /** Until it is sent. */
  private @Nullable Http2Headers head;

  /** 0 until its head is sent. */
  private int stream;

  private long openedNanos;

  private @Nullable Fields trailers;
  private @Nullable Runnable room;
  private boolean sent;
  private boolean paused;
  private boolean over;

  /** Of the body, as its head says, -1 when it does not; and as they were sent. */
  private long announced;

  private long bytesSent;

  /** What was sent of the body; null when it is too much, or of no use any more. */
  private @Nullable Buffer kept = Buffer.buffer();

  private boolean keptIsOwn;

  private @Nullable AnswerHead answer;

  /** Of the answer's body: still to come, -1 when its head does not say. */
  private long remaining;

  /** True for an answer that has no body, whatever comes. */
  private boolean bodiless;

  /** Read while the caller wanted no more, and not given back to the upstream's window. */
  private int unconsumed;

  Http2Call(SharedConnection connection, HttpMethod method, String target, Caller caller) {
    this.connection = connection;
    this.method = method;
    this.target = target;
    this.caller = caller;
  }

  @Override
  public boolean isHttp2() {
    return true;
  }

  // The request

  @Override
  public void open(String authority, Fields fields, long bodyBytes) throws UpstreamFault {
    connection.checks().encode(method.name(), target, fields);
    announced = HeaderRules.parseLength(fields.get(HeaderRules.CONTENT_LENGTH));
    head = Http2Fields.request(method.name(), connection.scheme(), authority, target, fields);
  }

  /** Where a body ends, a frame says. */
  @Override
  public void frameInChunks() {}

  @Override
  public void sendHead() {
    if (sendHead(false)) {
      connection.flush();
    }
  }

  /** False when that was not possible, and its caller knows. */
  private boolean sendHead(boolean last) {
    Http2Headers unsent = head;
    if (over || unsent == null) {
      return !over;
    }
    head = null;
    int opened = connection.open(this, unsent, last);
    if (over) {
      return false;
    }
    if (opened == 0) {
      refused(new UpstreamFault("the upstream takes no more requests on this connection"));
      return false;
    }
    stream = opened;
    openedNanos = connection.now();
    return true;
  }

  @Override
  public void write(Buffer chunk) {
    if (!over && chunk.length() > 0 && count(chunk, false) && sendHead(false)) {
      connection.write(stream, ((BufferInternal) chunk).getByteBuf(), false);
      connection.flush();
    }
  }

  @Override
  public void trailers(Fields fields) {
    trailers = fields;
  }

  @Override
  public void end(@Nullable Buffer last) {
    if (over || sent) {
      return;
    }
    sent = true;
    boolean more = last != null && last.length() > 0;
    if (!count(last, true)) {
      return;
    }
    Http2Headers behind = trailersToSend();
    boolean headIsAll = head != null && !more && behind == null;
    if (!sendHead(headIsAll)) {
      return;
    }
    if (more || (behind == null && !headIsAll)) {
      ByteBuf data = more ? ((BufferInternal) last).getByteBuf() : Unpooled.EMPTY_BUFFER;
      connection.write(stream, data, behind == null);
    }
    if (behind != null) {
      connection.writeTrailers(stream, behind);
    }
    connection.flush();
  }

  private @Nullable Http2Headers trailersToSend() {
    if (trailers == null || trailers.isEmpty()) {
      return null;
    }
    try {
      connection.checks().encode(trailers);
      return Http2Fields.trailers(trailers);
    } catch (UpstreamFault unsendable) {
      return null; // The body is whole without them.
    }
  }

  /** False when the body is not as long as its head says, and the call is broken for it. */
  private boolean count(@Nullable Buffer chunk, boolean last) {
    if (chunk != null) {
      bytesSent += chunk.length();
      keep(chunk);
    }
    if (announced >= 0 && (bytesSent > announced || (last && bytesSent < announced))) {
      fail(
          new UpstreamFault(
              "a body of " + bytesSent + " bytes (expected " + announced + ", as announced)"));
      return false;
    }
    return true;
  }

  private void keep(Buffer chunk) {
    Buffer before = kept;
    if (before == null || chunk.length() == 0) {
      return;
    }
    if (bytesSent > MAX_KEPT_BYTES) {
      kept = null;
    } else if (before.length() == 0) {
      kept = chunk;
    } else {
      if (!keptIsOwn) {
        before = Buffer.buffer(before.length() + chunk.length()).appendBuffer(before);
        keptIsOwn = true;
      }
      kept = before.appendBuffer(chunk);
    }
  }

  @Override
  public boolean isFull() {
    return !connection.isWritable(stream);
  }

  @Override
  public void onRoom(Runnable told) {
    room = told;
  }

  /** The stream takes more again. */
  void roomAgain() {
    Runnable told = room;
    room = null;
    if (told != null && !over) {
      told.run();
    }
  }

  // The answer

  /** A block of fields has come: an interim answer, the answer's head, or its trailers. */
  void headers(Http2Headers headers, boolean last) {
    if (over) {
      return;
    }
    try {
      if (answer == null) {
        answer(Http2Fields.answer(headers, last), last);
      } else {
        Http2Fields.trailers(headers, answer.trailers());
      }
    } catch (UpstreamFault fault) {
      fail(fault);
      return;
    }
    if (last) {
      answered();
    }
  }

  private void answer(AnswerHead given, boolean last) throws UpstreamFault {
    if (given.status() < 200) {
      interim(given, last);
      return;
    }
    String length = given.fields().get(HeaderRules.CONTENT_LENGTH);
    remaining = HeaderRules.parseLength(length);
    if (length != null && remaining < 0) {
      throw UpstreamFault.unreadable("content-length: " + length + " (expected a number of bytes)");
    }
    bodiless = AnswerHead.isBodiless(given.status()) || method.equals(HttpMethod.HEAD);
    if (last && !bodiless) {
      requireWhole();
    }
    answer = given;
    kept = null;
    caller.answerHead(given);
  }

  private void interim(AnswerHead given, boolean last) throws UpstreamFault {
    if (given.status() == 101) {
      throw UpstreamFault.unreadable("status 101 (expected none, which HTTP/2 does not have)");
    }
    if (last) {
      throw UpstreamFault.unreadable("an answer of 1xx that ends (expected a final one)");
    }
    if (given.status() == 100) {
      caller.continued();
    } else if (given.status() == 103) {
      caller.earlyHints(given.fields());
    }
  }

  private void requireWhole() throws UpstreamFault {
    if (remaining > 0) {
      throw UpstreamFault.unreadable(
          "an answer that ends " + remaining + " bytes before its content-length");
    }
  }

  /**
   * A part of the answer's body has come.
   *
   * @param flow what it takes of the window
   * @return what of it may be given back now
   */
  int data(ByteBuf data, int flow, boolean last) {
    if (over) {
      return flow;
    }
    int length = data.readableBytes();
    try {
      if (answer == null) {
        throw UpstreamFault.unreadable("a body without a head (expected a :status before it)");
      }
      if (!bodiless) {
        takeData(data, length);
      }
      if (last && !bodiless && !over) {
        requireWhole();
      }
    } catch (UpstreamFault fault) {
      fail(fault);
      return flow;
    }
    if (last) {
      answered();
    }
    if (paused && !over) {
      unconsumed += flow;
      return 0;
    }
    return flow;
  }

  private void takeData(ByteBuf data, int length) throws UpstreamFault {
    if (remaining >= 0 && length > remaining) {
      throw UpstreamFault.unreadable("an answer that is longer than its content-length");
    }
    if (remaining > 0) {
      remaining -= length;
    }
    if (length > 0) {
      Buffer chunk = Buffer.buffer(length);
      chunk.appendBuffer(BufferInternal.buffer(data.slice()));
      caller.answerChunk(chunk);
    }
  }

  private void answered() {
    if (over) {
      return;
    }
    over();
    if (!sent) {
      connection.reset(stream, Http2Error.CANCEL);
    }
    connection.ended(this, stream != 0);
    caller.answerEnd();
  }

  // Its end

  /** The upstream has certainly done nothing about it. */
  void refused(Throwable cause) {
    if (over) {
      return;
    }
    Buffer all = answer == null ? kept : null;
    over();
    connection.ended(this, stream != 0);
    caller.refused(cause, all);
  }

  /** It ended before its answer was complete. */
  void broke(Throwable cause) {
    if (over) {
      return;
    }
    over();
    connection.ended(this, stream != 0);
    caller.broke(cause);
  }

  private void fail(Throwable cause) {
    if (over) {
      return;
    }
    over();
    connection.reset(stream, Http2Error.PROTOCOL_ERROR);
    connection.ended(this, stream != 0);
    caller.broke(cause);
  }

  private void over() {
    over = true;
    head = null;
    kept = null;
    room = null;
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    int bytes = unconsumed;
    unconsumed = 0;
    if (bytes > 0 && !over) {
      connection.consumed(stream, bytes);
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over();
      connection.reset(stream, Http2Error.CANCEL);
      if (stream != 0 && answer == null) {
        connection.unanswered(openedNanos);
      }
      connection.ended(this, stream != 0);
    }
  }
}
