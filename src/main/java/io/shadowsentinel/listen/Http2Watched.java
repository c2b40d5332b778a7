package io.shadowsentinel.listen;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection, which waits for its user while it has no stream: neither a ping nor half a
 * header block counts as life. Bound to one event loop.
 */
final class Http2Watched implements ConnectionWatch.Watched {
  private final Channel channel;
  private final UserConnections owner;
  private boolean closing;

  Http2Watched(Channel channel, UserConnections owner) {
    this.channel = channel;
    this.owner = owner;
  }

  /** Null while the first bytes are still on their way to it, or the last ones through. */
  private @Nullable Http2Connection http2() {
    Http2ConnectionHandler handler = channel.pipeline().get(Http2ConnectionHandler.class);
    return handler == null ? null : handler.connection();
  }

  @Override
  public ConnectionWatch.Wait waitsFor() {
    if (closing) {
      return ConnectionWatch.Wait.CLOSE;
    }
    if (!channel.isWritable()) {
      return ConnectionWatch.Wait.READING;
    }
    Http2Connection http2 = http2();
    if (http2 != null && http2.numActiveStreams() > 0) {
      return areAnswered(http2) ? ConnectionWatch.Wait.LATE_BODY : ConnectionWatch.Wait.NOTHING;
    }
    return round() == 0 ? ConnectionWatch.Wait.HEAD : ConnectionWatch.Wait.REQUEST;
  }

  /** True when all that is missing of every stream is the end of its request. */
  private static boolean areAnswered(Http2Connection http2) {
    try {
      Http2Stream other =
          http2.forEachActiveStream(
              stream -> stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL);
      return other == null;
    } catch (Http2Exception unexpected) {
      return false;
    }
  }

  @Override
  public long round() {
    Http2Connection http2 = http2();
    return http2 == null ? 0 : http2.remote().lastStreamCreated();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  public void timedOut(ConnectionWatch.Wait wait) {
    owner.timedOut(wait);
    if (wait == ConnectionWatch.Wait.READING || wait == ConnectionWatch.Wait.CLOSE) {
      // Past all that would wait for the user to read what was written before.
      channel.pipeline().firstContext().close();
    } else {
      closing = true;
      // Says good-bye first: what the user sends meanwhile it may send elsewhere.
      channel.close();
    }
  }
}
