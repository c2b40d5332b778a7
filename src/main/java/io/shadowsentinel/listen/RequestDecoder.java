package io.shadowsentinel.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.RequestFault;
import io.shadowsentinel.wire.RequestHead;
import io.shadowsentinel.wire.RequestHeadParser;
import io.shadowsentinel.wire.RequestParser;
import io.shadowsentinel.wire.RequestTrailers;
import io.vertx.core.http.impl.VertxHttpObject;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.net.impl.ShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Reads an HTTP/1 connection for Vert.x, in the place of Netty's decoder, as strictly as RFC 9112
 * lets it be. The next request begins when the one before is answered: what a user pipelines waits
 * unread. What is no request is answered here, and ends the connection. Bound to one event loop.
 */
final class RequestDecoder extends ChannelDuplexHandler
    implements RequestParser.Sink, ConnectionWatch.Watched {

  private final Channel channel;
  private final UserConnections owner;
  private final RequestParser parser;
  private @Nullable ChannelHandlerContext context;

  /** What came behind a request that is not answered yet. */
  private @Nullable ByteBuf held;

  private long requests;
  private boolean answering;
  private boolean hasTrailers;

  /** Of a request whose body is not all there. */
  private @Nullable Fields unread;

  /** Its head is being passed on, and what came with it was not looked at yet. */
  private boolean inHead;

  /** Of its body something came, or was asked for. */
  private boolean bodyBegun;

  /** The connection ends with the answer under way, whose head has said so. */
  private boolean closeAfter;

  private boolean decoding;

  /** Whatever else comes is read and dropped. */
  private boolean closing;

  /** The answer under way is the connection's last, since the server goes away. */
  private boolean leaving;

  /** Closing, and the user was told so. */
  private boolean lingering;

  /** The connection is not HTTP any more. */
  private boolean removed;

  RequestDecoder(Channel channel, RequestHeadParser heads, UserConnections owner) {
    this.channel = channel;
    this.owner = owner;
    this.parser = new RequestParser(this, heads);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  // From the user

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (closing) {
        return;
      }
      if (held == null) {
        decode(ctx, in);
      } else {
        held.writeBytes(in);
        // Vert.x turns it on again when it has room, and does not know of this.
        channel.config().setAutoRead(false);
      }
    } finally {
      in.release();
    }
  }

  private void decode(ChannelHandlerContext ctx, ByteBuf in) {
    decoding = true;
    try {
      while (in.isReadable() && !closing) {
        if (answering && parser.isInHead()) {
          hold(in);
          return;
        }
        parser.read(in);
      }
    } catch (RequestFault fault) {
      fault(ctx, fault);
    } finally {
      decoding = false;
    }
  }

  /** A copy: the buffer that was read into is made for much more. */
  private void hold(ByteBuf in) {
    held = Unpooled.buffer(in.readableBytes()).writeBytes(in);
    channel.config().setAutoRead(false);
  }

  /** Goes on with what waited for the answer before. */
  private void resume() {
    ByteBuf next = held;
    ChannelHandlerContext ctx = context;
    if (next == null || ctx == null || answering || closing) {
      return;
    }
    held = null;
    decode(ctx, next);
    ctx.fireChannelReadComplete();
    if (held == null) {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    leaving |= event instanceof ShutdownEvent;
    ctx.fireUserEventTriggered(event);
  }

  // To Vert.x

  @Override
  public void head(RequestHead head) {
    answering = true;
    requests++;
    if (hasTrailers) {
      hasTrailers = false;
      RequestTrailers.forget(channel);
    }
    HeadersMultiMap headers = HeadersMultiMap.caseInsensitive();
    head.fields().addTo(headers);
    HttpVersion version = head.http10() ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
    unread = head.bodyBytes() == 0 ? null : head.fields();
    bodyBegun = false;
    inHead = true;
    fire(new DefaultHttpRequest(version, method(head.method()), head.target(), headers));
    inHead = false;
  }

  private static HttpMethod method(String name) {
    return name.equals("POST") ? HttpMethod.POST : HttpMethod.valueOf(name);
  }

  @Override
  public void chunk(byte[] bytes) {
    bodyBegun = true;
    fire(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
  }

  @Override
  public void trailers(Fields trailers) {
    hasTrailers = true;
    RequestTrailers.keep(channel, trailers);
  }

  @Override
  public void end() {
    unread = null;
    fire(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private void fire(Object message) {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.fireChannelRead(message);
    }
  }

  // From Vert.x

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The promise is the caller's.
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse head) {
      head(head);
    }
    boolean ended = message instanceof VertxHttpObject part && part.isEnded();
    if (ended) {
      answering = false;
      if (held != null && !decoding) {
        // Not now: Vert.x has yet to note that the answer is through.
        ctx.executor().execute(this::resume);
      }
    }
    ctx.write(message, promise);
    if (ended && closeAfter && !lingering) {
      linger(ctx);
    }
  }

  private void head(HttpResponse head) {
    int status = head.status().code();
    if (status <= 199) {
      bodyBegun |= status == 100;
      return;
    }
    closeAfter = unread != null && isUnwanted(unread, status);
    if (closing || leaving || closeAfter) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
  }

  /**
   * True when the user had better not send the rest of a body, or will not: RFC 9110, section
   * 10.1.1, and RFC 9112, section 9.3. With a good answer it may go on for long, both ways.
   */
  private boolean isUnwanted(Fields request, int status) {
    if (!bodyBegun && request.contains(HeaderRules.EXPECT)) {
      return true;
    }
    return status > 299 && !inHead;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The promise is the caller's.
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!closing && parser.isBetweenRequests() && held == null) {
      ctx.close(promise);
      return;
    }
    if (!lingering) {
      linger(ctx);
    }
    channel.closeFuture().addListener(closed -> promise.trySuccess());
  }

  // Refusals

  private void fault(ChannelHandlerContext ctx, RequestFault fault) {
    owner.refused(fault);
    if (parser.isInHead()) {
      refuse(fault.reason().status, fault.reason().title, fault.getMessage());
    } else if (answering) {
      // Whoever passes the body on tells the user, if it has not begun to answer.
      closing = true;
      ctx.fireExceptionCaught(fault);
    } else {
      linger(ctx);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  private void refuse(int status, String title, String detail) {
    ChannelHandlerContext encoder = channel.pipeline().context("httpEncoder");
    ChannelHandlerContext ctx = context;
    if (encoder == null || ctx == null) {
      return;
    }
    owner.answered(status);
    // Past the encoder, which knows nothing of this answer.
    encoder.writeAndFlush(ProblemAnswer.closing(status, title, detail));
    linger(ctx);
  }

  /**
   * Closes in two steps. Where unread bytes wait, closing at once would reset the connection, and
   * the user might lose the answer to that.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  private void linger(ChannelHandlerContext ctx) {
    closing = true;
    lingering = true;
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) f -> sayBye());
    dropHeld();
    channel.config().setAutoRead(true);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  private void sayBye() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else if (channel instanceof DuplexChannel duplex && channel.isActive()) {
      duplex.shutdownOutput();
    }
  }

  // The end

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    dropHeld();
    ctx.fireChannelInactive();
  }

  /** A tunnel begins: what its user sent ahead of the champion's consent belongs to it. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    removed = true;
    closing = true;
    ByteBuf rest = held;
    held = null;
    if (rest != null) {
      // Vert.x is about to put the tunnel's end in the place of the connection's.
      ctx.executor().execute(() -> deliver(rest));
    }
  }

  private void deliver(ByteBuf rest) {
    ChannelHandlerContext last = channel.pipeline().context("handler");
    if (last == null || !(last.handler() instanceof ChannelInboundHandler tunnel)) {
      rest.release();
      return;
    }
    try {
      tunnel.channelRead(last, rest);
      tunnel.channelReadComplete(last);
      channel.config().setAutoRead(true);
    } catch (Exception e) {
      channel.pipeline().fireExceptionCaught(e);
    }
  }

  private void dropHeld() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  // Deadlines

  @Override
  public ConnectionWatch.Wait waitsFor() {
    if (removed) {
      return ConnectionWatch.Wait.NOTHING;
    }
    if (closing) {
      // Who sends all before reading is to read the answer at last.
      return unread == null ? ConnectionWatch.Wait.CLOSE : ConnectionWatch.Wait.LATE_BODY;
    }
    if (answering) {
      return channel.isWritable() ? ConnectionWatch.Wait.NOTHING : ConnectionWatch.Wait.READING;
    }
    if (!parser.isInHead()) {
      return ConnectionWatch.Wait.LATE_BODY;
    }
    if (requests == 0 || !parser.isBetweenRequests()) {
      return ConnectionWatch.Wait.HEAD;
    }
    return ConnectionWatch.unsent(channel) == 0
        ? ConnectionWatch.Wait.REQUEST
        : ConnectionWatch.Wait.READING;
  }

  @Override
  public long round() {
    return requests;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  public void timedOut(ConnectionWatch.Wait wait) {
    owner.timedOut(wait);
    if (wait == ConnectionWatch.Wait.HEAD && !parser.isBetweenRequests()) {
      refuse(
          408,
          "Request Timed Out",
          "the header was not whole in time (listen.limits.headerTimeout)");
    } else if (context != null) {
      closing = true;
      lingering = true;
      // Past Vert.x, which would wait for the user to read what was written before.
      context.close();
    }
  }
}
