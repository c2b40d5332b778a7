package io.shadowsentinel.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.net.impl.ShutdownEvent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the first bytes of a connection without TLS whether HTTP/2 is spoken on it, with prior
 * knowledge, or HTTP/1, and steps aside. Bound to one event loop.
 */
final class ProtocolDetector extends ChannelInboundHandlerAdapter
    implements ConnectionWatch.Watched {

  /** Told once. */
  interface Detected {
    void protocol(boolean http2);

    /** HTTP/2 is set up, and has read nothing but its preface. */
    void http2Begins();
  }

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Channel channel;
  private final UserConnections owner;
  private @Nullable Detected listener;

  /** How much of the preface has come. */
  private int matched;

  ProtocolDetector(Channel channel, UserConnections owner) {
    this.channel = channel;
    this.owner = owner;
  }

  void onProtocol(Detected told) {
    listener = told;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    int before = matched;
    int length = Math.min(in.readableBytes(), PREFACE.length - before);
    boolean same = true;
    for (int i = 0; i < length && same; i++) {
      same = in.getByte(in.readerIndex() + i) == PREFACE[before + i];
    }
    if (same && before + length < PREFACE.length) {
      matched += length;
      in.release();
      return;
    }
    if (listener != null) {
      listener.protocol(same);
    }
    ctx.pipeline().remove(this);
    if (before > 0) {
      ctx.fireChannelRead(Unpooled.copiedBuffer(PREFACE, 0, before));
    }
    if (same) {
      ctx.fireChannelRead(in.readRetainedSlice(length));
      if (listener != null) {
        listener.http2Begins();
      }
    }
    ctx.fireChannelRead(in);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ShutdownEvent) {
      // There is no request to wait for.
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public ConnectionWatch.Wait waitsFor() {
    return ConnectionWatch.Wait.HEAD;
  }

  @Override
  public long round() {
    return 0;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void timedOut(ConnectionWatch.Wait wait) {
    owner.timedOut(wait);
    channel.close();
  }
}
