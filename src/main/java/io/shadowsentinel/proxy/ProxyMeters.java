package io.shadowsentinel.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.shadowsentinel.wire.UpstreamFault;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The proxy's meters, looked up once for a route and then held. Any thread. */
public final class ProxyMeters {
  /** The {@code route} of requests that no route takes; no route can have this name. */
  static final String NO_ROUTE = "(none)";

  /** The code counted when the client went away before its answer was complete, as nginx has it. */
  static final int CLIENT_CLOSED = 499;

  private static final Logger log = LoggerFactory.getLogger(ProxyMeters.class);

  /** Of each route, so that a fault on every request does not fill the disk. */
  private static final long COMPLAINT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long NEVER = Long.MIN_VALUE;

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30)
  };

  private final MeterRegistry registry;
  private final SharedMirrors mirrors;
  private final Map<String, ForRoute> routes = new ConcurrentHashMap<>();

  public ProxyMeters(MeterRegistry registry, SharedMirrors mirrors) {
    this.registry = registry;
    this.mirrors = mirrors;
  }

  ForRoute route(String name) {
    return routes.computeIfAbsent(name, ForRoute::new);
  }

  /** The meters of one model's streams on one route. */
  record StreamMeters(Timer firstChunk, Timer gap) {}

  /** The meters of one route. */
  final class ForRoute {
    private final String name;
    private final AtomicReferenceArray<Counter> byCode = new AtomicReferenceArray<>(1000);
    private final Timer request;
    private final Timer champion;
    private final Timer challenger;
    private final Counter answersBroken;
    private final Counter interimsDropped;
    private final Counter selfChecksAnswered;
    private final Counter selfChecksFailed;
    private final Counter championUnreadable;
    private final Counter challengerUnreadable;
    private final AtomicLong complainedNanos = new AtomicLong(NEVER);
    private volatile @Nullable StreamMeters championStreams;
    private volatile @Nullable StreamMeters challengerStreams;

    private ForRoute(String name) {
      this.name = name;
      request =
          timer("shadow.sentinel.request.duration", "Time to answer a request, as the user saw it")
              .tag("route", name)
              .register(registry);
      champion = upstream("champion");
      challenger = upstream("challenger");
      answersBroken =
          Counter.builder("shadow.sentinel.answers.broken")
              .description("Answers of the champion that broke when a part of them was out")
              .tag("route", name)
              .register(registry);
      interimsDropped =
          Counter.builder("shadow.sentinel.interim.answers.dropped")
              .description("Interim answers (1xx) of the champion that were not passed on")
              .tag("route", name)
              .register(registry);
      selfChecksAnswered = selfChecks("answered");
      selfChecksFailed = selfChecks("failed");
      championUnreadable = unreadable("champion");
      challengerUnreadable = unreadable("challenger");
      Gauge.builder("shadow.sentinel.mirrors.in.flight", () -> mirrors.inFlight(name))
          .description("Mirrored requests under way")
          .tag("route", name)
          .register(registry);
    }

    private Counter unreadable(String role) {
      return Counter.builder("shadow.sentinel.upstream.unreadable")
          .description("Answers of a model that could not be read as HTTP, the log says why")
          .tag("route", name)
          .tag("role", role)
          .register(registry);
    }

    private Counter selfChecks(String result) {
      return Counter.builder("shadow.sentinel.self.checks")
          .description("Second calls of the champion, by whether it answered them 2xx")
          .tag("route", name)
          .tag("result", result)
          .register(registry);
    }

    private Timer upstream(String role) {
      return timer(
              "shadow.sentinel.upstream.duration",
              "Time from a request to the end of a model's answer, complete answers only")
          .tag("route", name)
          .tag("role", role)
          .register(registry);
    }

    private static Timer.Builder timer(String name, String description) {
      return Timer.builder(name).description(description).serviceLevelObjectives(BUCKETS);
    }

    void answered(int code, long nanos) {
      counter(code).increment();
      request.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** The champion's answer broke, and its user has a part of it. */
    void answerBroken() {
      answersBroken.increment();
    }

    /** An answer of 1xx was one too many, or could not be said to its user. */
    void interimDropped() {
      interimsDropped.increment();
    }

    void championAnswered(long nanos) {
      champion.record(nanos, TimeUnit.NANOSECONDS);
    }

    void challengerAnswered(long nanos) {
      challenger.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A second call of the champion was answered 2xx; or it was not, or could not be made. */
    void selfChecked(boolean answered) {
      (answered ? selfChecksAnswered : selfChecksFailed).increment();
    }

    /** Counts an answer that is none, and tells the operator of one now and then. */
    void unreadable(boolean ofChampion, UpstreamFault why, long nowNanos) {
      (ofChampion ? championUnreadable : challengerUnreadable).increment();
      long before = complainedNanos.get();
      boolean due = before == NEVER || nowNanos - before >= COMPLAINT_NANOS;
      if (due && complainedNanos.compareAndSet(before, nowNanos)) {
        log.warn(
            "route {}: an answer of the {} cannot be read: {}",
            name,
            ofChampion ? "champion" : "challenger",
            why.getMessage());
      }
    }

    /** For the champion's streams; there is no such series before the first of them. */
    StreamMeters championStreams() {
      StreamMeters known = championStreams;
      if (known == null) {
        known = streams("champion");
        championStreams = known;
      }
      return known;
    }

    /** The same for the challenger's. */
    StreamMeters challengerStreams() {
      StreamMeters known = challengerStreams;
      if (known == null) {
        known = streams("challenger");
        challengerStreams = known;
      }
      return known;
    }

    /** The registry has one of each, however many threads ask for it at once. */
    private StreamMeters streams(String role) {
      return new StreamMeters(
          timer(
                  "shadow.sentinel.stream.first.chunk",
                  "Time from a request to the first part of a streamed answer")
              .tag("route", name)
              .tag("role", role)
              .register(registry),
          timer(
                  "shadow.sentinel.stream.gap",
                  "Time between two parts of a streamed answer, but for when the user was slow")
              .tag("route", name)
              .tag("role", role)
              .register(registry));
    }

    private Counter counter(int code) {
      int index = code >= 0 && code < byCode.length() ? code : 0;
      Counter known = byCode.get(index);
      if (known == null) {
        known =
            Counter.builder("shadow.sentinel.requests")
                .description("Requests answered, by status code; 499 when the client went away")
                .tag("route", name)
                .tag("code", Integer.toString(index))
                .register(registry);
        byCode.set(index, known);
      }
      return known;
    }
  }
}
