package io.shadowsentinel.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.shadowsentinel.wire.HeadParser;
import io.shadowsentinel.wire.RequestEncoder;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/2 connection to an upstream, which calls share. The frames are Netty's to read and write;
 * what they say is looked at here and in {@link Http2Call}. Bound to one event loop.
 */
final class SharedConnection extends Http2ConnectionHandler implements PooledConnection {
  private static final Logger log = LoggerFactory.getLogger(SharedConnection.class);

  /** At once, or fewer where the upstream says so. */
  static final int MAX_CALLS = 100;

  /** What an upstream may send of an answer that nobody reads yet. */
  private static final int STREAM_WINDOW = 65_535;

  /** So that answers nobody reads hold up nobody else's. */
  private static final int CONNECTION_WINDOW = (MAX_CALLS + 1) * STREAM_WINDOW;

  /**
   * Without a call. The upstream says before it closes, and what it has not begun is sent again.
   */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** After which an upstream with a call is asked whether it is there, and after that once more. */
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A call that is given up after this long without an answer leaves a doubt about all of it. */
  private static final long DOUBTFUL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Whom a connection is from. */
  interface Owner {
    /** A call has ended. */
    void hasRoomAgain(SharedConnection connection);

    /** It is to get no more calls. */
    void retired(SharedConnection connection);

    /** It is no more. */
    void closed(PooledConnection connection);
  }

  private final ContextInternal context;
  private final LongSupplier clock;
  private final String scheme;
  private final RequestEncoder checks;
  private final PropertyKey calledOn;
  private final Set<Http2Call> calls = new LinkedHashSet<>();
  private final Promise<PooledConnection> ready;

  private @Nullable ChannelHandlerContext channel;
  private @Nullable Owner owner;
  private @Nullable Throwable failure;

  /** Calls that have no stream yet. */
  private int unsent;

  private boolean retired;
  private boolean closed;
  private boolean asked;
  private long heardNanos;
  private long askedNanos;
  private long idleSinceNanos;

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<SharedConnection, Builder> {
    private static final int MAX_EMPTY_FRAMES = 100;

    private final ContextInternal context;
    private final LongSupplier clock;
    private final String scheme;
    private final RequestEncoder checks;

    Builder(ContextInternal context, LongSupplier clock, String scheme, RequestEncoder checks) {
      this.context = context;
      this.clock = clock;
      this.scheme = scheme;
      this.checks = checks;
    }

    SharedConnection made() {
      server(false);
      // They are looked at here, as those of HTTP/1.1 are, and with words for what is wrong.
      validateHeaders(false);
      decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_FRAMES);
      gracefulShutdownTimeoutMillis(0);
      initialSettings(
          new Http2Settings()
              .pushEnabled(false)
              .initialWindowSize(STREAM_WINDOW)
              .maxHeaderListSize(HeadParser.MAX_BYTES));
      return build();
    }

    @Override
    protected SharedConnection build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new SharedConnection(this, decoder, encoder, settings);
    }
  }

  private SharedConnection(
      Builder made,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(decoder, encoder, settings);
    this.context = made.context;
    this.clock = made.clock;
    this.scheme = made.scheme;
    this.checks = made.checks;
    this.ready = made.context.promise();
    this.calledOn = connection().newKey();
    this.heardNanos = clock.getAsLong();
    this.idleSinceNanos = heardNanos;
    decoder.frameListener(new Frames());
    connection().addListener(new Streams());
    encoder.flowController().listener(this::writabilityChanged);
  }

  /**
   * Takes over a socket that was just connected, on its own event loop.
   *
   * @return completes when the upstream has told its settings, which no other protocol begins with
   */
  static Future<PooledConnection> on(
      NetSocketInternal socket,
      ContextInternal context,
      LongSupplier clock,
      RequestEncoder checks) {
    ChannelHandlerContext last = socket.channelHandlerContext();
    String scheme = socket.isSsl() ? "https" : "http";
    SharedConnection made = new Builder(context, clock, scheme, checks).made();
    last.pipeline().addBefore(last.name(), "upstream", made);
    return made.ready.future();
  }

  /** Whom it belongs to from now on. */
  void adopt(Owner to) {
    owner = to;
  }

  String scheme() {
    return scheme;
  }

  /** Says what of a request cannot be sent, as for HTTP/1.1: it is nobody's to become another. */
  RequestEncoder checks() {
    return checks;
  }

  /** True while it can take a call more. */
  boolean hasRoom() {
    int taken = connection().numActiveStreams() + unsent;
    return !retired && taken < Math.min(MAX_CALLS, connection().local().maxActiveStreams());
  }

  @Override
  public UpstreamCall call(HttpMethod method, String target, UpstreamCall.Caller caller) {
    Http2Call next = new Http2Call(this, method, target, caller);
    calls.add(next);
    unsent++;
    return next;
  }

  /**
   * A call is over, and its caller knows, or is to be told after this.
   *
   * @param wasSent false when it never had a stream, whose end says that there is room again
   */
  void ended(Http2Call call, boolean wasSent) {
    if (!calls.remove(call)) {
      return;
    }
    if (!wasSent) {
      unsent--;
    }
    if (calls.isEmpty()) {
      idleSinceNanos = clock.getAsLong();
      if (retired) {
        close();
      }
    }
    if (!wasSent) {
      hasRoomAgain();
    }
  }

  /**
   * A call was given up, and there was no answer. Of an upstream that is gone without a word, or
   * that gives no window, all that came after would wait as long: what comes next has a connection
   * that is new, as it has in HTTP/1.1.
   *
   * @param openedNanos when its stream was
   */
  void unanswered(long openedNanos) {
    if (clock.getAsLong() - openedNanos >= DOUBTFUL_NANOS) {
      retire();
    }
  }

  long now() {
    return clock.getAsLong();
  }

  private void hasRoomAgain() {
    if (owner != null && !retired) {
      owner.hasRoomAgain(this);
    }
  }

  /** Gets no more calls, and closes when it has none. */
  void retire() {
    if (retired) {
      return;
    }
    retired = true;
    if (owner != null) {
      owner.retired(this);
    }
    if (calls.isEmpty()) {
      close();
    }
  }

  /**
   * Closes it when it was idle for too long, and gives it no more calls when it has been silent
   * although it was asked: an upstream that is gone without a word would take them for minutes, and
   * one that only thinks too hard to answer a ping still has those that it has.
   */
  void sweep(long nowNanos) {
    if (calls.isEmpty()) {
      if (nowNanos - idleSinceNanos >= IDLE_NANOS) {
        retire();
      }
    } else if (nowNanos - heardNanos < SILENT_NANOS) {
      asked = false;
    } else if (!asked) {
      asked = true;
      askedNanos = nowNanos;
      ping();
    } else if (nowNanos - askedNanos >= SILENT_NANOS) {
      retire();
    }
  }

  // What fails with the channel is told by the channel, once: no promise needs to be looked at.

  @SuppressWarnings("FutureReturnValueIgnored")
  private void ping() {
    if (channel != null) {
      encoder().writePing(channel, false, heardNanos, channel.newPromise());
      flush(channel);
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void close() {
    if (channel != null) {
      channel.channel().close();
    }
  }

  /**
   * Sends a request's head.
   *
   * @return the stream; 0 when the upstream takes no more on this connection
   */
  @SuppressWarnings("FutureReturnValueIgnored")
  int open(Http2Call call, Http2Headers head, boolean last) {
    ChannelHandlerContext to = channel;
    if (to == null || closed || connection().goAwayReceived()) {
      return 0;
    }
    if (!connection().local().canOpenStream()) {
      return 0;
    }
    int id = connection().local().incrementAndGetNextStreamId();
    if (id < 0) {
      retire();
      return 0;
    }
    encoder().writeHeaders(to, id, head, 0, last, to.newPromise());
    Http2Stream stream = connection().stream(id);
    if (stream == null) {
      return 0;
    }
    unsent--;
    stream.setProperty(calledOn, call);
    return id;
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  void write(int stream, ByteBuf data, boolean last) {
    if (channel != null) {
      encoder().writeData(channel, stream, data, 0, last, channel.newPromise());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  void writeTrailers(int stream, Http2Headers trailers) {
    if (channel != null) {
      encoder().writeHeaders(channel, stream, trailers, 0, true, channel.newPromise());
    }
  }

  void flush() {
    if (channel != null) {
      flush(channel);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  void reset(int stream, Http2Error code) {
    if (channel != null && !closed && connection().stream(stream) != null) {
      encoder().writeRstStream(channel, stream, code.code(), channel.newPromise());
      flush(channel);
    }
  }

  boolean isWritable(int stream) {
    Http2Stream known = stream == 0 ? null : connection().stream(stream);
    return known == null
        ? channel != null && channel.channel().isWritable()
        : encoder().flowController().isWritable(known);
  }

  /** Lets the upstream send as many bytes more. */
  void consumed(int stream, int bytes) {
    Http2Stream known = connection().stream(stream);
    if (known == null) {
      return; // What a stream has not given back is given back with its end.
    }
    try {
      if (decoder().flowController().consumeBytes(known, bytes)) {
        flush();
      }
    } catch (Http2Exception e) {
      close();
    }
  }

  private @Nullable Http2Call call(int stream) {
    Http2Stream known = connection().stream(stream);
    return known == null ? null : call(known);
  }

  private @Nullable Http2Call call(Http2Stream stream) {
    return stream.getProperty(calledOn);
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2Call call = call(stream);
    if (call != null && encoder().flowController().isWritable(stream)) {
      call.roomAgain();
    }
  }

  // From the channel

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    channel = ctx;
    super.handlerAdded(ctx);
    int more = CONNECTION_WINDOW - STREAM_WINDOW;
    decoder().flowController().incrementWindowSize(connection().connectionStream(), more);
    flush(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    heardNanos = clock.getAsLong();
    ContextInternal before = context.beginDispatch();
    try {
      super.channelRead(ctx, message);
    } finally {
      context.endDispatch(before);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    ContextInternal before = context.beginDispatch();
    try {
      super.channelWritabilityChanged(ctx);
    } finally {
      context.endDispatch(before);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    ContextInternal before = context.beginDispatch();
    try {
      closed = true;
      retired = true;
      if (owner != null) {
        owner.closed(this);
      }
      super.channelInactive(ctx);
      for (Http2Call unsent : List.copyOf(calls)) {
        unsent.refused(cause());
      }
      ready.tryFail(cause());
    } finally {
      context.endDispatch(before);
    }
  }

  private Throwable cause() {
    return failure == null ? new UpstreamFault("the connection was closed") : failure;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) {
      fail(cause);
      close();
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  private void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    retire();
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException fault) {
    Http2Call call = call(fault.streamId());
    if (call != null) {
      // First, for with its stream it would end without a word of why.
      call.broke(of(fault, outbound));
    }
    super.onStreamError(ctx, outbound, cause, fault);
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception fault) {
    if (cause instanceof RuntimeException) {
      log.error("an answer could not be passed on", cause);
    }
    fail(fault == null ? cause : of(fault, outbound));
    super.onConnectionError(ctx, outbound, cause, fault);
  }

  private static UpstreamFault of(Http2Exception fault, boolean outbound) {
    String message = String.valueOf(fault.getMessage());
    return outbound ? new UpstreamFault(message) : UpstreamFault.unreadable(message);
  }

  /** What becomes of streams, and of the connection. */
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onGoAwayReceived(int lastStream, long code, ByteBuf unused) {
      // Before the streams that it has not begun are closed: they are to go elsewhere.
      retire();
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      Http2Call call = call(stream);
      int last = connection().local().lastStreamKnownByPeer();
      if (call != null && last >= 0 && stream.id() > last) {
        call.refused(new UpstreamFault("the upstream goes away, and has not begun the request"));
      } else if (call != null) {
        call.broke(cause());
      }
      hasRoomAgain();
    }
  }

  /** What the upstream sends. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      ready.tryComplete(SharedConnection.this);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int stream,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean last) {
      onHeadersRead(ctx, stream, headers, padding, last);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean last) {
      Http2Call call = call(stream);
      if (call != null) {
        call.headers(headers, last);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean last) {
      Http2Call call = call(stream);
      int bytes = data.readableBytes() + padding;
      return call == null ? bytes : call.data(data, bytes, last);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int stream, long code) {
      Http2Call call = call(stream);
      if (call == null) {
        return;
      }
      Http2Error error = Http2Error.valueOf(code);
      UpstreamFault fault = new UpstreamFault("the upstream reset the stream: " + error);
      if (error == Http2Error.REFUSED_STREAM) {
        call.refused(fault);
      } else {
        call.broke(fault);
      }
    }
  }
}
