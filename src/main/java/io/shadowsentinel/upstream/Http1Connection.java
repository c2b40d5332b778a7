package io.shadowsentinel.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.AnswerParser;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeadParser;
import io.shadowsentinel.wire.RequestEncoder;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection to an upstream, for one call at a time, never pipelined. It sits in the
 * socket's pipeline itself, so that bytes are read where they lie and a request leaves as one
 * buffer, with nothing in between (docs/performance.md has what that saves). Bound to one event
 * loop.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter
    implements AnswerParser.Sink, PooledConnection {
  private static final Logger log = LoggerFactory.getLogger(Http1Connection.class);

  /** Whom a connection is from. */
  interface Owner {
    /** It has no call any more and may get another one. */
    void idle(Http1Connection connection);

    /** It is no more. */
    void closed(PooledConnection connection);

    /** As {@link System#nanoTime()}. */
    long now();
  }

  /** What the connections of an event loop share. */
  record Codec(HeadParser heads, RequestEncoder requests) {}

  private final ContextInternal context;
  private final NetSocketInternal socket;
  private final Channel channel;
  private final RequestEncoder encoder;
  private final AnswerParser parser;
  private final Owner owner;

  private @Nullable Http1Call call;
  private final boolean secure;
  private boolean releasing;
  private boolean sendsNothing;
  private boolean switched;
  private boolean closed;

  /** Of its pool, when it was made. */
  int generation;

  /**
   * Since when, at the earliest, its upstream waits for a request, and may count the time until it
   * closes. While an answer's user does not read, that is not when its end is seen here: it may lie
   * in the system's buffers for long.
   */
  private long unusedSinceNanos;

  private boolean heldUp;

  /** How long it may be kept after the answer that was read last; 0 when it may not. */
  private long keepAliveNanos = ConnectionPool.KEEP_ALIVE_NANOS;

  private Http1Connection(
      ContextInternal context, NetSocketInternal socket, Codec codec, Owner owner) {
    this.context = context;
    this.socket = socket;
    this.channel = socket.channelHandlerContext().channel();
    this.encoder = codec.requests();
    this.parser = new AnswerParser(this, codec.heads());
    this.owner = owner;
    this.unusedSinceNanos = owner.now();
    this.secure = channel.pipeline().get(SslHandler.class) != null;
  }

  /** Takes over a socket that was just connected, on its own event loop. */
  static Http1Connection on(
      NetSocketInternal socket, ContextInternal context, Codec codec, Owner owner) {
    ChannelHandlerContext last = socket.channelHandlerContext();
    Http1Connection connection = new Http1Connection(context, socket, codec, owner);
    // A write that fails ends what is sent, and not what is read: an upstream that refuses a body
    // answers, and closes. What it said before that is still to be read.
    last.channel().config().setAutoClose(false);
    last.pipeline().addBefore(last.name(), "upstream", connection);
    return connection;
  }

  /** The call's answer may be that the socket becomes another protocol's. */
  Http1Connection maySwitch() {
    parser.expectSwitch();
    return this;
  }

  /** The next call; only of a connection that is idle. */
  @Override
  public UpstreamCall call(HttpMethod method, String target, UpstreamCall.Caller caller) {
    Http1Call next = new Http1Call(this, channel, method, target, caller);
    call = next;
    return next;
  }

  RequestEncoder encoder() {
    return encoder;
  }

  /** A request begins to go out. */
  void expectAnswer(boolean toHead) {
    parser.expect(toHead);
  }

  /** Its call is given up; a connection on which nothing was sent is as good as before. */
  void cancelled(boolean begun) {
    call = null;
    if (begun) {
      parser.stop();
      close();
    } else if (!closed) {
      owner.idle(this);
    }
  }

  /** Until when its pool may keep it, as {@link Owner#now()}. */
  long idleUntilNanos() {
    return unusedSinceNanos + keepAliveNanos;
  }

  /** Nothing is read for now. */
  void heldUp() {
    if (!heldUp) {
      heldUp = true;
      unusedSinceNanos = owner.now();
    }
  }

  // What fails with the channel is told by the channel, once: no promise needs to be looked at.
  // That of the channel's own unsafe tells nobody else, where its public one tells the pipeline of
  // each write that failed, before what was read is through.

  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void close() {
    channel.close();
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  void write(ByteBuf bytes) {
    channel.write(bytes, channel.unsafe().voidPromise());
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  void writeAndFlush(ByteBuf bytes) {
    channel.writeAndFlush(bytes, channel.unsafe().voidPromise());
  }

  // From the channel

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    ContextInternal before = context.beginDispatch();
    try {
      parser.read(in);
      if (switched) {
        handOver(ctx, in);
      } else if (in.isReadable()) {
        // Nobody asked for these bytes: what else comes would pass for an answer to somebody.
        releasing = false;
        close();
      }
    } catch (UpstreamFault fault) {
      fail(fault);
    } catch (RuntimeException e) {
      log.error("an answer could not be passed on", e);
      fail(e);
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
    Http1Call current = call;
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
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ContextInternal before = context.beginDispatch();
    try {
      if (event instanceof ChannelOutputShutdownEvent) {
        sendsToNobody();
      } else if (event instanceof SslCloseCompletionEvent end && end.isSuccess() && !closed) {
        keepAliveNanos = 0;
        endOfInput(true);
        close();
      }
    } finally {
      context.endDispatch(before);
    }
    ctx.fireUserEventTriggered(event);
  }

  /**
   * What is sent reaches nobody any more. What was received is read first: its end, or the reset,
   * is behind it.
   */
  private void sendsToNobody() {
    sendsNothing = true;
    if (call != null) {
      call.stopSending();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ContextInternal before = context.beginDispatch();
    try {
      closed = true;
      releasing = false;
      owner.closed(this);
      // Without TLS's own word for the end, whoever is in between may have cut the answer short.
      endOfInput(!secure);
    } finally {
      context.endDispatch(before);
    }
    ctx.fireChannelInactive();
  }

  private void endOfInput(boolean mayEndAnswer) {
    if (mayEndAnswer && parser.endsWithConnection()) {
      parser.stop();
      end();
    } else {
      fail(new UpstreamFault("the connection was closed"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException || cause instanceof DecoderException)) {
      log.error("a connection to an upstream failed", cause);
    }
    ContextInternal before = context.beginDispatch();
    try {
      fail(cause);
    } finally {
      context.endDispatch(before);
    }
  }

  /** It can serve nobody any more. */
  void fail(Throwable cause) {
    releasing = false;
    parser.stop();
    close();
    Http1Call ended = call;
    if (ended != null) {
      call = null;
      ended.over();
      ended.caller().broke(cause);
    }
  }

  // From the parser

  @Override
  public void interim(int status, Fields fields) {
    Http1Call current = call;
    if (current == null) {
      return;
    }
    if (status == 100) {
      current.caller().continued();
    } else if (status == 103) {
      current.caller().earlyHints(fields);
    }
  }

  @Override
  public void head(AnswerHead head) {
    keepAliveNanos = ConnectionPool.keepAliveNanos(head);
    Http1Call current = call;
    if (current != null) {
      if (keepAliveNanos == 0 && head.status() > 299) {
        // It does not want the rest of the body, and closes: RFC 9112, section 9.5. What is sent on
        // would make its system reset the connection, and lose what of the answer is on its way.
        current.stopSending();
      }
      current.caller().answerHead(head);
    }
  }

  @Override
  public void switched(AnswerHead head) {
    Http1Call ended = call;
    if (ended == null) {
      return;
    }
    call = null;
    ended.over();
    switched = true;
    socket.pause();
    channel.config().setAutoClose(true);
    ended.caller().switched(head, socket);
  }

  /** Steps out of the socket's pipeline: what was read behind the answer is the socket's too. */
  private void handOver(ChannelHandlerContext ctx, ByteBuf rest) {
    if (rest.isReadable()) {
      ctx.fireChannelRead(rest.retain());
    }
    ctx.pipeline().remove(this);
    owner.closed(this);
  }

  @Override
  public void chunk(Buffer chunk) {
    if (call != null) {
      call.caller().answerChunk(chunk);
    }
  }

  @Override
  public void end() {
    Http1Call ended = call;
    if (ended == null) {
      return;
    }
    call = null;
    ended.over();
    if (!heldUp) {
      unusedSinceNanos = owner.now();
    }
    heldUp = false;
    if (!closed && !sendsNothing && ended.isSent() && keepAliveNanos > 0) {
      // Not idle at once, but after what is being read now: bytes that follow an answer in the same
      // read must find no call that waits, or they would pass for its answer.
      releasing = true;
      ended.resumeReading();
    } else {
      close();
    }
    ended.caller().answerEnd();
  }
}
