package io.shadowsentinel.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.RequestEncoder;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request over an {@link Http1Connection}, and its answer. The head waits for what comes first
 * of the body, so that a small request leaves as one buffer. Bound to one event loop.
 */
final class Http1Call implements UpstreamCall {
  /** A body up to this size is copied behind its head; a longer one is written by itself. */
  private static final int JOINED_BYTES = 64 << 10;

  private static final int FRAMING_BYTES = 32;

  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] CHUNKED =
      "Transfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Http1Connection connection;
  private final Channel channel;

  private final HttpMethod method;
  private final String target;
  private final Caller caller;

  /** The head, but for the line that ends it, until it is sent. */
  private @Nullable ByteBuf head;

  private @Nullable Fields trailers;
  private @Nullable Runnable room;
  private boolean chunked;
  private boolean begun;
  private boolean sent;

  /** The upstream gets no more: what there is of the body is dropped. */
  private boolean stopped;

  private boolean paused;
  private boolean over;

  /** Of the body, as its head says; and as they were sent. */
  private long bodyBytes;

  private long bytesSent;

  Http1Call(
      Http1Connection connection,
      Channel channel,
      HttpMethod method,
      String target,
      Caller caller) {
    this.connection = connection;
    this.channel = channel;
    this.method = method;
    this.target = target;
    this.caller = caller;
  }

  @Override
  public boolean isHttp2() {
    return false;
  }

  Caller caller() {
    return caller;
  }

  /** True once the whole request is on its way. */
  boolean isSent() {
    return sent;
  }

  @Override
  public void open(String authority, Fields fields, long length) throws UpstreamFault {
    RequestEncoder encoder = connection.encoder();
    encoder.encode(method.name(), target, fields);
    bodyBytes = Math.max(0, length);
    int room = (int) Math.min(bodyBytes, JOINED_BYTES) + CHUNKED.length + FRAMING_BYTES;
    ByteBuf out = channel.alloc().directBuffer(encoder.length() + room);
    encoder.writeTo(out);
    head = out;
  }

  @Override
  public void frameInChunks() {
    chunked = true;
  }

  @Override
  public void sendHead() {
    if (!over && head != null) {
      send(null, false);
    }
  }

  @Override
  public void write(Buffer chunk) {
    if (!over && chunk.length() > 0) {
      send(((BufferInternal) chunk).getByteBuf(), false);
    }
  }

  @Override
  public void trailers(Fields fields) {
    trailers = fields;
  }

  @Override
  public void end(@Nullable Buffer last) {
    if (over || sent || stopped) {
      return;
    }
    sent = true;
    send(last == null || last.length() == 0 ? null : ((BufferInternal) last).getByteBuf(), true);
  }

  private void send(@Nullable ByteBuf part, boolean last) {
    if (stopped) {
      return;
    }
    int length = part == null ? 0 : part.readableBytes();
    bytesSent += length;
    if (!chunked && (bytesSent > bodyBytes || (last && bytesSent < bodyBytes))) {
      // More would be read as another request, and less would swallow the next one.
      connection.fail(
          new UpstreamFault(
              "a body of " + bytesSent + " bytes (expected " + bodyBytes + ", as announced)"));
      return;
    }
    if (length > 0 || head != null || chunked) {
      write(part, length, last);
    }
  }

  private void write(@Nullable ByteBuf part, int length, boolean last) {
    boolean joined = length <= JOINED_BYTES;
    ByteBuf out = takeHead(joined ? length : 0);
    if (chunked && length > 0) {
      out.writeCharSequence(Integer.toHexString(length), StandardCharsets.US_ASCII);
      out.writeBytes(LINE_END);
    }
    if (part != null && joined) {
      out.writeBytes(part, part.readerIndex(), length);
    } else if (part != null) {
      connection.write(out);
      connection.write(part);
      out = channel.alloc().directBuffer(FRAMING_BYTES);
    }
    if (chunked && length > 0) {
      out.writeBytes(LINE_END);
    }
    if (chunked && last) {
      writeLastChunk(out);
    }
    connection.writeAndFlush(out);
  }

  private void writeLastChunk(ByteBuf out) {
    out.writeBytes(LAST_CHUNK);
    if (trailers != null) {
      RequestEncoder encoder = connection.encoder();
      try {
        encoder.encode(trailers);
        encoder.writeTo(out);
      } catch (UpstreamFault unsendable) {
        // The body is whole without them.
      }
    }
    out.writeBytes(LINE_END);
  }

  /** The head if it is not sent yet, and room for what comes after it. */
  private ByteBuf takeHead(int more) {
    ByteBuf taken = head;
    if (taken == null) {
      return channel.alloc().directBuffer(more + FRAMING_BYTES);
    }
    head = null;
    begun = true;
    connection.expectAnswer(method.equals(HttpMethod.HEAD));
    return taken.writeBytes(chunked ? CHUNKED : LINE_END);
  }

  /** It has ended, and its caller is to be told, or knows. */
  void over() {
    over = true;
    if (head != null) {
      head.release();
      head = null;
    }
  }

  /** Sends no more, if anything is left to send. The connection is of no use after that. */
  void stopSending() {
    if (!sent && !over) {
      stopped = true;
      roomAgain();
    }
  }

  @Override
  public boolean isFull() {
    return !stopped && !channel.isWritable();
  }

  @Override
  public void onRoom(Runnable told) {
    room = told;
  }

  /** The channel takes more again. */
  void roomAgain() {
    Runnable told = room;
    room = null;
    if (told != null) {
      told.run();
    }
  }

  @Override
  public void pause() {
    if (!over) {
      paused = true;
      connection.heldUp();
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void resume() {
    if (!over) {
      resumeReading();
    }
  }

  /** The next call is not to find it paused. */
  void resumeReading() {
    if (paused) {
      paused = false;
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over();
      connection.cancelled(begun);
    }
  }
}
