package io.shadowsentinel.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.shadowsentinel.wire.Limit;
import org.jspecify.annotations.Nullable;

/**
 * Tells a user's connection when it has waited for too long. It looks in from time to time, so that
 * a request costs nothing here, and a time-out comes up to two sweeps late. Bound to one event
 * loop.
 */
public final class ConnectionWatch extends Sweeper.Timed {

  /** What a connection waits for its user to do. */
  enum Wait {
    /** Nothing: what happens now has deadlines of its own. */
    NOTHING(null),
    /** The rest of a head, or a first one. */
    HEAD(Limit.HEADER_TIMEOUT),
    /** The rest of a request that was answered before it was through. */
    LATE_BODY(Limit.HEADER_TIMEOUT),
    /** Another request. */
    REQUEST(Limit.IDLE_TIMEOUT),
    /** To read an answer. */
    READING(Limit.WRITE_TIMEOUT),
    /** To close, after it was told why. */
    CLOSE(null);

    final @Nullable Limit limit;

    Wait(@Nullable Limit limit) {
      this.limit = limit;
    }
  }

  /** A connection, in one of its protocols. */
  interface Watched {
    Wait waitsFor();

    /** Anything that is another number once what it waits for has begun anew. */
    long round();

    /** It has waited for too long, and is to close. */
    void timedOut(Wait wait);
  }

  /** How long each may take. */
  interface Patience {
    long nanos(Wait wait);
  }

  private final Channel channel;
  private final Patience patience;
  private Watched watched;
  private Wait wait = Wait.NOTHING;
  private long round;
  private long sinceNanos;

  ConnectionWatch(Channel channel, Patience patience, Watched watched) {
    this.channel = channel;
    this.patience = patience;
    this.watched = watched;
  }

  /** The connection goes on in another protocol. */
  void on(Watched next) {
    watched = next;
  }

  /** How much that was written the user has not read, nor the system taken, to the byte. */
  public static long unsent(Channel channel) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes() - waiting.currentProgress();
  }

  public @Override boolean sweep(long nowNanos) {
    Wait now = watched.waitsFor();
    long current = now == Wait.READING ? unsent(channel) : watched.round();
    if (now != wait || current != round) {
      wait = now;
      round = current;
      sinceNanos = nowNanos;
    } else if (now != Wait.NOTHING && nowNanos - sinceNanos >= patience.nanos(now)) {
      watched.timedOut(now);
    }
    return false;
  }
}
