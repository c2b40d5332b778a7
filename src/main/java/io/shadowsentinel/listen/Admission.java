package io.shadowsentinel.listen;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.wire.Limit;
import io.shadowsentinel.wire.ListenLimits;
import io.shadowsentinel.wire.RequestFault;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections and requests users have at once, over all event loops, and how often a limit
 * was met. Whoever was let in says when it ends, once. Any thread.
 */
public final class Admission {
  /**
   * An answer that waits for its user holds up to twice 64 KiB, so that all of them together may
   * hold a quarter of the heap.
   */
  private static final long HEAP_FOR_UNREAD = 512 << 10;

  /** Who reads nothing for so long is let go when there are too many. */
  private static final long CROWDED_NANOS = 500_000_000;

  private final ListenLimits limits;
  private final long maxUnread;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger unread = new AtomicInteger();
  private final Map<Limit, Counter> met = new EnumMap<>(Limit.class);
  private final Map<RequestFault.Reason, Counter> malformed =
      new EnumMap<>(RequestFault.Reason.class);
  private final Counter http2Faults;

  public Admission(ListenLimits limits, MeterRegistry registry) {
    this(limits, registry, Runtime.getRuntime().maxMemory() / HEAP_FOR_UNREAD);
  }

  public Admission(ListenLimits limits, MeterRegistry registry, long maxUnread) {
    this.limits = limits;
    this.maxUnread = maxUnread;
    Gauge.builder("shadow.sentinel.connections", connections, AtomicInteger::get)
        .description("Users' connections that are open")
        .register(registry);
    Gauge.builder("shadow.sentinel.requests.in.flight", inFlight, AtomicInteger::get)
        .description("Users' requests that are not answered yet")
        .register(registry);
    for (Limit limit : Limit.values()) {
      met.put(
          limit,
          Counter.builder("shadow.sentinel.limit.exceeded")
              .description("Connections and requests that were over a limit of the listener")
              .tag("limit", limit.key)
              .register(registry));
    }
    for (RequestFault.Reason reason : RequestFault.Reason.values()) {
      if (reason.limit == null) {
        malformed.put(reason, malformed(registry, reason.label));
      }
    }
    http2Faults = malformed(registry, "http2");
  }

  private static Counter malformed(MeterRegistry registry, String reason) {
    return Counter.builder("shadow.sentinel.malformed.requests")
        .description("Requests that were refused for what they are, before any model was asked")
        .tag("reason", reason)
        .register(registry);
  }

  public ListenLimits limits() {
    return limits;
  }

  /** A connection comes; false when it is one too many. */
  boolean connect() {
    return enter(connections, limits.maxConnections(), Limit.CONNECTIONS);
  }

  /** A connection that was let in is closed. */
  void disconnected() {
    connections.decrementAndGet();
  }

  /** A request comes; false when it is one too many. */
  public boolean begin() {
    return enter(inFlight, limits.maxInFlight(), Limit.IN_FLIGHT);
  }

  /** A request that was let in is answered, or given up. */
  public void ended() {
    inFlight.decrementAndGet();
  }

  /** An answer waits for its user to read. */
  public void unread() {
    unread.incrementAndGet();
  }

  /** It does so no more. */
  public void read() {
    unread.decrementAndGet();
  }

  private boolean isCrowded() {
    return unread.get() > maxUnread;
  }

  /** For how long a user may read nothing. */
  public long readingPatienceNanos() {
    long nanos = limits.writeTimeout().toNanos();
    return isCrowded() ? Math.min(CROWDED_NANOS, nanos) : nanos;
  }

  /** A user was let go for reading nothing. */
  public void slowReader() {
    exceeded(isCrowded() ? Limit.UNREAD : Limit.WRITE_TIMEOUT);
  }

  /** Takes first and gives back what is over: one write in the common case. */
  private boolean enter(AtomicInteger count, int max, Limit limit) {
    if (count.incrementAndGet() <= max) {
      return true;
    }
    count.decrementAndGet();
    exceeded(limit);
    return false;
  }

  void exceeded(Limit limit) {
    met.get(limit).increment();
  }

  public void refused(RequestFault fault) {
    Limit limit = fault.limit();
    if (limit == null) {
      malformed.get(fault.reason()).increment();
    } else {
      exceeded(limit);
    }
  }

  /** An HTTP/2 connection broke the protocol, or was abused, and was closed for that. */
  void http2Fault() {
    http2Faults.increment();
  }
}
