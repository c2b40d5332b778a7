package io.shadowsentinel.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandler;
import io.shadowsentinel.wire.ListenLimits;
import io.shadowsentinel.wire.RequestFault;
import io.shadowsentinel.wire.RequestHeadParser;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.function.IntConsumer;

/**
 * The users' connections of one event loop: which protocol each speaks, and how long it may take
 * for what. HTTP/1 is read by {@link RequestDecoder} in the place of Netty's decoder, HTTP/2 is
 * left to Netty.
 */
public final class UserConnections {
  /** How often connections are looked at. */
  public static final long SWEEP_MILLIS = 250;

  /** The name that Vert.x knows the decoder by, and takes it out by when a tunnel begins. */
  private static final String DECODER = "httpDecoder";

  private static final long CLOSE_NANOS = 2_000_000_000L;

  private final Admission admission;
  private final HttpServerOptions options;
  private final IntConsumer answered;
  private final RequestHeadParser heads;
  private final Sweeper sweeper;

  /**
   * No connections yet.
   *
   * @param options the server's own, which are asked at each connection
   * @param answered told the status that a request is answered with which reaches no route
   * @param sweeper of connections alone, and of this event loop
   */
  public UserConnections(
      Admission admission, HttpServerOptions options, IntConsumer answered, Sweeper sweeper) {
    this.admission = admission;
    this.options = options;
    this.answered = answered;
    this.heads = new RequestHeadParser(admission.limits());
    this.sweeper = sweeper;
  }

  /**
   * Takes over a connection that was just made, and of TLS is through with its handshake.
   *
   * @param http makes an HTTP connection of it
   */
  void accept(NetSocketInternal socket, Handler<NetSocket> http) {
    Channel channel = socket.channelHandlerContext().channel();
    if (channel.pipeline().get(SslHandler.class) != null) {
      // It has told its protocol in the handshake.
      http.handle(socket);
      boolean http2 = channel.pipeline().get(Http2ConnectionHandler.class) != null;
      if (http2) {
        limitStreams(channel);
      }
      watch(channel, http2 ? new Http2Watched(channel, this) : decode(channel));
      return;
    }
    ProtocolDetector detector = new ProtocolDetector(channel, this);
    ConnectionWatch watch = watch(channel, detector);
    detector.onProtocol(
        new ProtocolDetector.Detected() {
          @Override
          public void protocol(boolean http2) {
            options.setHttp2ClearTextEnabled(http2);
            http.handle(socket);
            watch.on(http2 ? new Http2Watched(channel, UserConnections.this) : decode(channel));
          }

          @Override
          public void http2Begins() {
            limitStreams(channel);
          }
        });
    channel.pipeline().addFirst(detector);
  }

  /** At once, and not when the user says that it has read so: one that never does has no limit. */
  private void limitStreams(Channel channel) {
    Http2ConnectionHandler handler = channel.pipeline().get(Http2ConnectionHandler.class);
    if (handler != null) {
      Http2Resets.end(handler);
      handler.connection().remote().maxActiveStreams(admission.limits().maxStreams());
    }
  }

  /** Vert.x has begun to serve a connection. */
  public void opened(HttpConnection connection) {
    Http2ConnectionHandler handler =
        ((ConnectionBase) connection).channel().pipeline().get(Http2ConnectionHandler.class);
    if (handler != null) {
      Http2Guard.stand(handler, this);
    }
  }

  private RequestDecoder decode(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    RequestDecoder decoder = new RequestDecoder(channel, heads, this);
    pipeline.remove(DECODER);
    // Behind the encoder, where it sees an answer's end go by.
    pipeline.addAfter("httpEncoder", DECODER, decoder);
    return decoder;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // It is the channel's own, and cannot fail.
  private ConnectionWatch watch(Channel channel, ConnectionWatch.Watched watched) {
    ConnectionWatch watch = new ConnectionWatch(channel, this::patience, watched);
    sweeper.join(watch);
    channel.closeFuture().addListener(closed -> sweeper.leave(watch));
    return watch;
  }

  private long patience(ConnectionWatch.Wait wait) {
    ListenLimits limits = admission.limits();
    return switch (wait) {
      case NOTHING -> Long.MAX_VALUE;
      case HEAD, LATE_BODY -> limits.headerTimeout().toNanos();
      case REQUEST -> limits.idleTimeout().toNanos();
      case READING -> admission.readingPatienceNanos();
      case CLOSE -> CLOSE_NANOS;
    };
  }

  /** Counts a connection that is closed for its slowness. */
  void timedOut(ConnectionWatch.Wait wait) {
    if (wait == ConnectionWatch.Wait.READING) {
      admission.slowReader();
    } else if (wait.limit != null) {
      admission.exceeded(wait.limit);
    }
  }

  /** Counts a request that was answered here, by no route. */
  void answered(int status) {
    answered.accept(status);
  }

  void refused(RequestFault fault) {
    admission.refused(fault);
  }

  /** Counts what broke an HTTP/2 connection, if that was its user. */
  public void failed(Throwable cause) {
    if (cause instanceof Http2Exception) {
      admission.http2Fault();
    }
  }
}
