package io.shadowsentinel.admin;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Puts in a field of its own what a list in {@code Connection} says of the connection's end, since
 * Vert.x looks for fields that say nothing else: RFC 9112, section 9.3. Stateless.
 */
@ChannelHandler.Sharable
final class ConnectionOptions extends ChannelInboundHandlerAdapter {
  private static final ConnectionOptions READER = new ConnectionOptions();

  private ConnectionOptions() {}

  /** Reads those of a connection that was just made. */
  static void read(HttpConnection connection) {
    ((ConnectionBase) connection).channel().pipeline().addBefore("handler", "options", READER);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      HttpHeaders headers = request.headers();
      if (says(headers, HttpHeaderValues.CLOSE)) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      } else if (says(headers, HttpHeaderValues.KEEP_ALIVE)) {
        headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
      }
    }
    ctx.fireChannelRead(message);
  }

  private static boolean says(HttpHeaders headers, AsciiString option) {
    for (String list : headers.getAll(HttpHeaderNames.CONNECTION)) {
      for (String each : list.split(",", -1)) {
        if (option.contentEqualsIgnoreCase(each.strip())) {
          return true;
        }
      }
    }
    return false;
  }
}
