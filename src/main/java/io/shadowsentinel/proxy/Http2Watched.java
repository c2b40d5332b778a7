package io.shadowsentinel.proxy;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;

/**
 * An HTTP/2 connection, which waits for its user while it has no stream: neither a ping nor half a
 * header block counts as life. Bound to one event loop.
 */
final class Http2Watched implements ConnectionWatch.Watched {
  private final Channel channel;
  private final Http2Connection http2;
  private final UserConnections owner;
  private boolean closing;

  Http2Watched(Channel channel, Http2ConnectionHandler handler, UserConnections owner) {
    this.channel = channel;
    this.http2 = handler.connection();
    this.owner = owner;
  }

  @Override
  public ConnectionWatch.Wait waitsFor() {
    if (closing) {
      return ConnectionWatch.Wait.CLOSE;
    }
    if (!channel.isWritable()) {
      return ConnectionWatch.Wait.READING;
    }
    if (http2.numActiveStreams() > 0) {
      return ConnectionWatch.Wait.NOTHING;
    }
    return round() == 0 ? ConnectionWatch.Wait.HEAD : ConnectionWatch.Wait.REQUEST;
  }

  @Override
  public long round() {
    return http2.remote().lastStreamCreated();
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
