package io.shadowsentinel.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2LifecycleManager;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Ends a stream of a user's HTTP/2 connection as its RST_STREAM is written, and not when that was
 * sent. What is refused before Vert.x knows it would be open until then, and when the connection
 * ends meanwhile, for the number of its resets for one, Vert.x falls over each stream that it does
 * not know. Bound to one event loop.
 */
final class Http2Resets implements Http2LifecycleManager {
  private final Http2ConnectionHandler handler;

  private Http2Resets(Http2ConnectionHandler handler) {
    this.handler = handler;
  }

  /** Stands between a connection's encoder, through which all resets go, and its handler. */
  static void end(Http2ConnectionHandler handler) {
    handler.encoder().lifecycleManager(new Http2Resets(handler));
  }

  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
    Http2Stream stream = handler.connection().stream(streamId);
    ChannelFuture written = handler.resetStream(ctx, streamId, errorCode, promise);
    if (stream != null) {
      stream.close();
    }
    return written;
  }

  // The rest as it was

  @Override
  public void closeStreamLocal(Http2Stream stream, ChannelFuture future) {
    handler.closeStreamLocal(stream, future);
  }

  @Override
  public void closeStreamRemote(Http2Stream stream, ChannelFuture future) {
    handler.closeStreamRemote(stream, future);
  }

  @Override
  public void closeStream(Http2Stream stream, ChannelFuture future) {
    handler.closeStream(stream, future);
  }

  @Override
  public ChannelFuture goAway(
      ChannelHandlerContext ctx,
      int lastStreamId,
      long errorCode,
      ByteBuf debugData,
      ChannelPromise promise) {
    return handler.goAway(ctx, lastStreamId, errorCode, debugData, promise);
  }

  @Override
  public void onError(ChannelHandlerContext ctx, boolean outbound, Throwable cause) {
    handler.onError(ctx, outbound, cause);
  }
}
