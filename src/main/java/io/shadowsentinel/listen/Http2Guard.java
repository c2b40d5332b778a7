package io.shadowsentinel.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.shadowsentinel.wire.RequestFault;

/**
 * Stands between Netty, which reads a user's HTTP/2 connection, and Vert.x, which throws at a
 * method that is none and so ends the whole connection, with the answers that others wait for on
 * it: here such a request ends with its own stream. Bound to one event loop.
 */
final class Http2Guard extends Http2FrameListenerDecorator {
  private final Http2ConnectionHandler handler;
  private final UserConnections owner;

  private Http2Guard(
      Http2ConnectionHandler handler, Http2FrameListener vertx, UserConnections owner) {
    super(vertx);
    this.handler = handler;
    this.owner = owner;
  }

  /** From the first SETTINGS on, with which Vert.x begins to listen. */
  static void stand(Http2ConnectionHandler handler, UserConnections owner) {
    Http2FrameListener vertx = handler.decoder().frameListener();
    handler.decoder().frameListener(new Http2Guard(handler, vertx, owner));
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int streamId, Http2Headers head, int padding, boolean end)
      throws Http2Exception {
    if (isSound(ctx, streamId, head)) {
      super.onHeadersRead(ctx, streamId, head, padding, end);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers head,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    if (isSound(ctx, streamId, head)) {
      super.onHeadersRead(ctx, streamId, head, dependency, weight, exclusive, padding, end);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  private boolean isSound(ChannelHandlerContext ctx, int streamId, Http2Headers head) {
    CharSequence method = head.method();
    if (method == null || Http2Checks.isToken(method)) {
      return true;
    }
    owner.refused(RequestFault.malformed("a malformed :method"));
    handler
        .encoder()
        .writeRstStream(ctx, streamId, Http2Error.PROTOCOL_ERROR.code(), ctx.newPromise());
    return false;
  }
}
