package io.shadowsentinel.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection to an upstream, for one call at a time, never pipelined. It sits in the
 * socket's pipeline itself, so that bytes are read where they lie and a request leaves as one
 * buffer, with nothing in between (docs/performance.md has what that saves). Bound to one event
 * loop.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements AnswerParser.Sink {
  private static final Logger log = LoggerFactory.getLogger(Http1Connection.class);

  /** A body up to this size is copied behind its head; a longer one is written by itself. */
  private static final int JOINED_BYTES = 64 << 10;

  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] CHUNKED =
      "Transfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Whom a connection is from. */
  interface Owner {
    /** It has no call any more and may get another one. */
    void idle(Http1Connection connection);

    /** It is no more. */
    void closed(Http1Connection connection);
  }

  /** What the connections of an event loop share. */
  record Codec(HeadParser heads, RequestEncoder requests) {}

  private final ContextInternal context;
  private final Channel channel;
  private final RequestEncoder encoder;
  private final AnswerParser parser;
  private final Owner owner;

  private @Nullable Call call;
  private boolean releasing;
  private boolean closed;

  /** Until when the pool may keep it, as its clock has it. */
  long idleUntilNanos;

  /** How long it may be kept after the answer that was read last; 0 when it may not. */
  private long keepAliveNanos = ConnectionPool.KEEP_ALIVE_NANOS;

  private Http1Connection(ContextInternal context, Channel channel, Codec codec, Owner owner) {
    this.context = context;
    this.channel = channel;
    this.encoder = codec.requests();
    this.parser = new AnswerParser(this, codec.heads());
    this.owner = owner;
  }

  /** Takes over a socket that was just connected, on its own event loop. */
  static Http1Connection on(
      NetSocketInternal socket, ContextInternal context, Codec codec, Owner owner) {
    ChannelHandlerContext last = socket.channelHandlerContext();
    Http1Connection connection = new Http1Connection(context, last.channel(), codec, owner);
    last.pipeline().addBefore(last.name(), "upstream", connection);
    return connection;
  }

  /** The next call; only of a connection that is idle. */
  UpstreamCall call(HttpMethod method, String target, UpstreamCall.Listener listener) {
    Call next = new Call(method, target, listener);
    call = next;
    return next;
  }

  boolean isClosed() {
    return closed;
  }

  long keepAliveNanos() {
    return keepAliveNanos;
  }

  // What fails with the channel is told by the channel, once: no promise needs to be looked at.

  @SuppressWarnings("FutureReturnValueIgnored")
  void close() {
    channel.close();
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void writeAndFlush(ByteBuf bytes) {
    channel.writeAndFlush(bytes, channel.voidPromise());
  }

  // From the channel

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    ContextInternal before = context.beginDispatch();
    try {
      parser.read(in);
      if (in.isReadable()) {
        // Nobody asked for these bytes: what else comes would pass for an answer to somebody.
        releasing = false;
        close();
      }
    } catch (UpstreamFault fault) {
      broken(fault);
    } catch (RuntimeException e) {
      log.error("an answer could not be passed on", e);
      broken(e);
    } finally {
      in.release();
      context.endDispatch(before);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (releasing) {
      releasing = false;
      ContextInternal before = context.beginDispatch();
      try {
        owner.idle(this);
      } finally {
        context.endDispatch(before);
      }
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Call current = call;
    if (current != null && channel.isWritable()) {
      ContextInternal before = context.beginDispatch();
      try {
        current.roomAgain();
      } finally {
        context.endDispatch(before);
      }
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ContextInternal before = context.beginDispatch();
    try {
      closed = true;
      releasing = false;
      owner.closed(this);
      if (parser.endsWithConnection()) {
        parser.stop();
        end();
      } else {
        broken(new UpstreamFault("the connection was closed"));
      }
    } finally {
      context.endDispatch(before);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.error("a connection to an upstream failed", cause);
    }
    ContextInternal before = context.beginDispatch();
    try {
      broken(cause);
    } finally {
      context.endDispatch(before);
    }
  }

  private void broken(Throwable cause) {
    releasing = false;
    parser.stop();
    close();
    Call ended = call;
    if (ended != null) {
      call = null;
      ended.over = true;
      ended.dropHead();
      ended.listener.broke(cause);
    }
  }

  // From the parser

  @Override
  public void interim(int status, Fields fields) {
    Call current = call;
    if (current == null) {
      return;
    }
    if (status == 100) {
      current.listener.continued();
    } else if (status == 103) {
      current.listener.earlyHints(fields);
    }
  }

  @Override
  public void head(AnswerHead head) {
    keepAliveNanos = ConnectionPool.keepAliveNanos(head);
    if (call != null) {
      call.listener.answerHead(head);
    }
  }

  @Override
  public void chunk(Buffer chunk) {
    if (call != null) {
      call.listener.answerChunk(chunk);
    }
  }

  @Override
  public void end() {
    Call ended = call;
    if (ended == null) {
      return;
    }
    call = null;
    ended.over = true;
    if (!closed && ended.sent && keepAliveNanos > 0) {
      // Not idle at once, but after what is being read now: bytes that follow an answer in the same
      // read must find no call that waits, or they would pass for its answer.
      releasing = true;
      ended.resumeReading();
    } else {
      close();
    }
    ended.listener.answerEnd();
  }

  /** One request and its answer. */
  private final class Call implements UpstreamCall {
    private final HttpMethod method;
    private final String target;
    private final Listener listener;

    /** The head, but for the line that ends it, until it is sent. */
    private @Nullable ByteBuf head;

    private @Nullable Runnable room;
    private boolean chunked;
    private boolean begun;
    private boolean sent;
    private boolean paused;
    private boolean over;

    Call(HttpMethod method, String target, Listener listener) {
      this.method = method;
      this.target = target;
      this.listener = listener;
    }

    @Override
    public boolean isHttp2() {
      return false;
    }

    @Override
    public void open(String authority, Fields fields, long bodyBytes) throws UpstreamFault {
      encoder.encode(method.name(), target, fields);
      int body = (int) Math.min(Math.max(0, bodyBytes), JOINED_BYTES);
      // With room for the body that goes out with it.
      ByteBuf out = channel.alloc().directBuffer(encoder.length() + CHUNKED.length + 32 + body);
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
    public void end(@Nullable Buffer last) {
      if (over || sent) {
        return;
      }
      sent = true;
      send(last == null || last.length() == 0 ? null : ((BufferInternal) last).getByteBuf(), true);
    }

    private void send(@Nullable ByteBuf part, boolean last) {
      int length = part == null ? 0 : part.readableBytes();
      boolean joined = length <= JOINED_BYTES;
      ByteBuf out = takeHead(joined ? length : 0);
      if (chunked && length > 0) {
        out.writeCharSequence(Integer.toHexString(length), StandardCharsets.US_ASCII);
        out.writeBytes(LINE_END);
      }
      if (part != null && joined) {
        out.writeBytes(part, part.readerIndex(), length);
      } else if (part != null) {
        Http1Connection.this.write(out);
        Http1Connection.this.write(part);
        out = channel.alloc().directBuffer(16);
      }
      if (chunked && length > 0) {
        out.writeBytes(LINE_END);
      }
      if (chunked && last) {
        out.writeBytes(LAST_CHUNK);
      }
      writeAndFlush(out);
    }

    /** The head if it is not sent yet, and whatever comes after it. */
    private ByteBuf takeHead(int bodyBytes) {
      ByteBuf taken = head;
      if (taken == null) {
        return channel.alloc().directBuffer(bodyBytes + 32);
      }
      head = null;
      begun = true;
      parser.expect(method.equals(HttpMethod.HEAD));
      return taken.writeBytes(chunked ? CHUNKED : LINE_END);
    }

    private void dropHead() {
      if (head != null) {
        head.release();
        head = null;
      }
    }

    @Override
    public boolean isFull() {
      return !channel.isWritable();
    }

    @Override
    public void onRoom(Runnable told) {
      room = told;
    }

    private void roomAgain() {
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
        channel.config().setAutoRead(false);
      }
    }

    @Override
    public void resume() {
      if (!over) {
        resumeReading();
      }
    }

    private void resumeReading() {
      if (paused) {
        paused = false;
        channel.config().setAutoRead(true);
      }
    }

    @Override
    public void cancel() {
      if (over) {
        return;
      }
      over = true;
      call = null;
      dropHead();
      if (begun) {
        parser.stop();
        close();
      } else if (!closed) {
        owner.idle(Http1Connection.this);
      }
    }
  }
}
