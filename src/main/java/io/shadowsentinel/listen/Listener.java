package io.shadowsentinel.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Makes a Vert.x HTTP server whose connections are counted as they are accepted, before TLS has
 * cost anything, and are given to {@link UserConnections} before a byte of HTTP is read. Vert.x has
 * no public place for either, so this stands in three of its seams: the Vert.x that the server is
 * made with, the TCP server below it, and the transport that binds the port.
 */
public final class Listener {
  private Listener() {}

  /** A server that is not listening yet. */
  public static HttpServer of(
      Vertx vertx, HttpServerOptions options, Admission admission, UserConnections connections) {
    return new HttpServerImpl(new Seam((VertxInternal) vertx, admission, connections), options);
  }

  private static final class Seam extends VertxWrapper {
    private final UserConnections connections;
    private final Transport transport;

    Seam(VertxInternal vertx, Admission admission, UserConnections connections) {
      super(vertx);
      this.connections = connections;
      this.transport = gated(vertx.transport(), new ConnectionCounter(admission));
    }

    @Override
    public NetServerInternal createNetServer(NetServerOptions options) {
      return new TcpServer(this, options, connections);
    }

    @Override
    public Transport transport() {
      return transport;
    }
  }

  /** Shows each connection to {@link UserConnections} before Vert.x makes it an HTTP one. */
  private static final class TcpServer extends NetServerImpl {
    private final UserConnections connections;

    TcpServer(VertxInternal vertx, NetServerOptions options, UserConnections connections) {
      super(vertx, options);
      this.connections = connections;
    }

    @Override
    public synchronized NetServerInternal connectHandler(Handler<NetSocket> http) {
      return super.connectHandler(socket -> connections.accept((NetSocketInternal) socket, http));
    }
  }

  /** The same transport, but that a gate is in the way of what a server accepts. */
  private static Transport gated(Transport transport, ConnectionCounter gate) {
    return (Transport)
        Proxy.newProxyInstance(
            Transport.class.getClassLoader(),
            new Class<?>[] {Transport.class},
            (self, method, arguments) -> {
              try {
                Object result = method.invoke(transport, arguments);
                if (arguments != null) {
                  for (Object argument : arguments) {
                    if (argument instanceof ServerBootstrap bootstrap) {
                      bootstrap.handler(gate);
                    }
                  }
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Counts connections in and out, and closes one that is too many at once. */
  @ChannelHandler.Sharable
  private static final class ConnectionCounter extends ChannelInboundHandlerAdapter {
    private final Admission admission;

    ConnectionCounter(Admission admission) {
      this.admission = admission;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // It is the channel's own, and cannot fail.
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
      Channel connection = (Channel) accepted;
      if (!admission.connect()) {
        connection.unsafe().closeForcibly();
        return;
      }
      connection.closeFuture().addListener(closed -> admission.disconnected());
      ctx.fireChannelRead(accepted);
    }
  }
}
