package io.shadowsentinel.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends users' connections when the process is to stop, without failing a request. Left to itself
 * Vert.x closes a kept-alive connection as soon as it is idle, and the request that its client is
 * just sending is lost. So nothing more is accepted first; then every answer says that its
 * connection ends with it; only what stays idle is closed unasked. Bound to one event loop.
 */
public final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  /** How long a connection may stay without a request, for its client to send one and be told. */
  private static final long LINGER_MILLIS = 1_000;

  /** The same for a connection on which there never was one: those are not known here. */
  private static final long FIRST_REQUEST_MILLIS = 100;

  private static final long POLL_MILLIS = 20;

  private final Vertx vertx;
  private final LongSupplier clock;
  private final Map<HttpConnection, Channel> open = new LinkedHashMap<>();
  private @Nullable Channel listener;
  private boolean draining;
  private long deadlineNanos;

  /**
   * A drain that has not begun.
   *
   * @param clock as {@link System#nanoTime()}
   */
  public Drain(Vertx vertx, LongSupplier clock) {
    this.vertx = vertx;
    this.clock = clock;
  }

  /** A user's connection is there. */
  public void opened(HttpConnection connection) {
    // There is no other way to its listener, which cannot be closed alone otherwise, and to every
    // head that is written on it, whoever writes it.
    Channel channel = ((ConnectionBase) connection).channel();
    listener = channel.parent();
    open.put(connection, channel);
    channel.closeFuture().addListener(closed -> open.remove(connection));
    if (draining) {
      announce(connection, channel);
    }
  }

  /**
   * Stops accepting, and ends every connection after what is under way on it.
   *
   * @param grace how long that may take; what is not through by then is cut off
   * @return completes when no connection is left
   */
  public Future<Void> finish(HttpServer server, Duration grace) {
    deadlineNanos = clock.getAsLong() + grace.toNanos();
    long linger = Math.min(LINGER_MILLIS, grace.toMillis() / 2);
    return stopAccepting()
        .compose(
            stopped -> {
              draining = true;
              open.forEach(this::announce);
              long began = clock.getAsLong();
              return until(
                  () ->
                      millisSince(began) >= linger
                          || (open.isEmpty() && millisSince(began) >= FIRST_REQUEST_MILLIS));
            })
        .compose(
            lingered -> {
              Map.copyOf(open).forEach(this::end);
              return until(() -> open.isEmpty() || clock.getAsLong() - deadlineNanos >= 0);
            })
        .compose(
            waited -> {
              if (!open.isEmpty()) {
                log.warn(
                    "{} connections are cut off: what is under way on them did not end in {} ms",
                    open.size(),
                    grace.toMillis());
              }
              return server.close();
            });
  }

  /** Clients that are told to leave must not find the door open, or they would be told again. */
  private Future<Void> stopAccepting() {
    Channel accepting = listener;
    if (accepting == null) {
      return Future.succeededFuture();
    }
    Context here = vertx.getOrCreateContext();
    Promise<Void> stopped = Promise.promise();
    accepting.close().addListener(closed -> here.runOnContext(unused -> stopped.complete()));
    return stopped.future();
  }

  /** Tells the client, at once in HTTP/2 and with the next answer before that. */
  private void announce(HttpConnection connection, Channel channel) {
    if (isHttp2(channel)) {
      // The last stream is not known yet: what the client sends before it reads this is welcome.
      connection.goAway(0, Integer.MAX_VALUE);
    } else if (!isUpgraded(channel)) {
      channel.pipeline().addBefore("handler", "drain", new LastAnswer(connection));
    }
  }

  /** Ends a connection when nothing is under way on it, which may be now. */
  private void end(HttpConnection connection, Channel channel) {
    if (isHttp2(channel)) {
      connection.goAway(0);
    } else if (isUpgraded(channel)) {
      return; // a tunnel's end is its users' to choose, until the deadline
    }
    connection.shutdown(patienceMillis(), TimeUnit.MILLISECONDS);
  }

  private static boolean isHttp2(Channel channel) {
    return channel.pipeline().get(Http2ConnectionHandler.class) != null;
  }

  /** What has become of a connection whose bytes are no HTTP any more. */
  private static boolean isUpgraded(Channel channel) {
    return channel.pipeline().get("httpEncoder") == null;
  }

  /** Longer than the deadline, for what is left then is cut off by the server, and that is told. */
  private long patienceMillis() {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - clock.getAsLong()))
        + LINGER_MILLIS;
  }

  private long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - nanos);
  }

  private Future<Void> until(BooleanSupplier reached) {
    return reached.getAsBoolean()
        ? Future.succeededFuture()
        : vertx.timer(POLL_MILLIS).compose(unused -> until(reached));
  }

  /** Writes {@code Connection: close} into the answer that is written next, and keeps to it. */
  private final class LastAnswer extends ChannelOutboundHandlerAdapter {
    private final HttpConnection connection;

    LastAnswer(HttpConnection connection) {
      this.connection = connection;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      boolean last =
          message instanceof HttpResponse head
              && head.status().codeClass() != HttpStatusClass.INFORMATIONAL;
      if (last) {
        ((HttpResponse) message).headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
      ChannelFuture unused = context.write(message, promise);
      if (last) {
        connection.shutdown(patienceMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }
}
