package io.shadowsentinel.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.exchange.CapturedBatch;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.listen.Admission;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RoutingTable;
import io.shadowsentinel.tls.Tls;
import io.shadowsentinel.tls.TlsChanged;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsStore;
import io.shadowsentinel.tls.TlsUse;
import io.shadowsentinel.tls.TlsWatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Real proxies on a real event bus, with a routing table from the test in place of the decision
 * verticle's, and a list in place of the comparison.
 */
final class ProxyHarness implements AutoCloseable {
  static final int LOOPS = 2;
  static final ProxySettings PLAIN = new ProxySettings("127.0.0.1", 0, null, false);

  final Vertx vertx = Vertx.vertx();
  final EligibleCounts eligible = new EligibleCounts();
  final SharedMirrors shared;
  final Admission admission;
  final MeterRegistry registry = new SimpleMeterRegistry();
  final TlsStore tls = new TlsStore(Clock.systemUTC(), registry);
  final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
  final int port;

  private final List<Shed> shed = new CopyOnWriteArrayList<>();
  private volatile boolean holdBatches;
  private final List<CapturedBatch> held = new CopyOnWriteArrayList<>();
  private volatile RoutingTable table;
  private @Nullable TlsWatch watch;

  ProxyHarness(Route... routes) {
    this(PLAIN, routes);
  }

  ProxyHarness(ProxySettings settings, Route... routes) {
    this(settings, 64L << 20, 4_096, routes);
  }

  ProxyHarness(ProxySettings settings, long captureBytes, int maxWaiting, Route... routes) {
    this(
        settings,
        registry -> new Admission(settings.limits(), registry),
        captureBytes,
        maxWaiting,
        routes);
  }

  /** With an admission of the test's own. */
  ProxyHarness(ProxySettings settings, Function<MeterRegistry, Admission> lets, Route... routes) {
    this(settings, lets, 64L << 20, 4_096, routes);
  }

  private ProxyHarness(
      ProxySettings settings,
      Function<MeterRegistry, Admission> lets,
      long captureBytes,
      int maxWaiting,
      Route... routes) {
    admission = lets.apply(registry);
    shared = new SharedMirrors(eligible, captureBytes, maxWaiting);
    hold(settings.tls(), routes);
    Channel.install(vertx.eventBus());
    table = new RoutingTable(1, Arrays.asList(routes));
    CapturedBatch.CHANNEL.subscribe(
        vertx.eventBus(),
        batch -> {
          exchanges.addAll(batch.exchanges());
          shed.addAll(batch.shed());
          if (holdBatches) {
            held.add(batch);
          } else {
            batch.release().run();
          }
        });
    ProxyMeters meters = new ProxyMeters(registry, shared);
    ProxyVerticle first = new ProxyVerticle(settings, shared, meters, admission, tls, () -> table);
    await(vertx.deployVerticle(first));
    port = first.actualPort();
    for (int i = 1; i < LOOPS; i++) {
      await(
          vertx.deployVerticle(
              new ProxyVerticle(settings, shared, meters, admission, tls, () -> table)));
    }
  }

  /** Makes the next table, and publishes it. */
  void swap(Route... routes) {
    swapUnannounced(routes);
    RoutingTable.CHANNEL.publish(vertx.eventBus(), table);
  }

  /** Makes the next table; the proxies are not told of it, or not yet. */
  void swapUnannounced(Route... routes) {
    hold(null, routes);
    table = new RoutingTable(table.version() + 1, Arrays.asList(routes));
  }

  private void hold(@Nullable Tls listener, Route... routes) {
    List<TlsUse> uses = new ArrayList<>();
    if (listener != null) {
      uses.add(new TlsUse(TlsUse.Purpose.LISTEN, listener));
    }
    for (Route route : routes) {
      Stream.of(route.spec().champion(), route.spec().challenger())
          .filter(Objects::nonNull)
          .forEach(model -> uses.add(new TlsUse(TlsUse.Purpose.UPSTREAM, model.tls())));
    }
    try {
      tls.hold(uses);
    } catch (TlsFault fault) {
      throw new AssertionError(fault);
    }
  }

  /** Follows the files of certificates from now on, as the program does. */
  void watchTls() {
    watch =
        TlsWatch.start(tls, () -> TlsChanged.CHANNEL.publish(vertx.eventBus(), new TlsChanged()));
  }

  /** How many changes of certificates were {@code applied}, or {@code refused}. */
  double certificateReloads(String result) {
    return registry
        .find("shadow.sentinel.certificate.reloads")
        .tag("result", result)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  /** Keeps batches unreleased, as a comparison that cannot keep up does. */
  void holdBatches() {
    holdBatches = true;
  }

  void releaseBatches() {
    holdBatches = false;
    held.forEach(batch -> batch.release().run());
    held.clear();
  }

  Map<ShedReason, Long> shed() {
    Map<ShedReason, Long> sums = new EnumMap<>(ShedReason.class);
    shed.forEach(s -> sums.merge(s.reason(), s.count(), Long::sum));
    return sums;
  }

  /** The numbers of those that were shed after they had one. */
  List<Long> numberedShed() {
    return shed.stream().map(Shed::number).filter(number -> number >= 0).toList();
  }

  long shedTotal() {
    return shed.stream().mapToLong(Shed::count).sum();
  }

  /** Waits until every eligible request of a route is accounted for, and nothing is held for it. */
  void awaitSettled(String route, String scope, long eligibleWanted) {
    Supplier<String> books =
        () ->
            "eligible="
                + eligible.count(scope)
                + " pairs="
                + exchanges.size()
                + " shed="
                + shed()
                + " inFlight="
                + shared.inFlight(route)
                + " bytes="
                + shared.capturedBytes()
                + " waiting="
                + shared.budget().waiting();
    Await.value(
        "accounts of " + route + " balanced at " + eligibleWanted,
        books,
        unused ->
            eligible.count(scope) == eligibleWanted
                && exchanges.size() + shedTotal() == eligibleWanted
                && shared.inFlight(route) == 0
                && shared.capturedBytes() == 0
                && shared.budget().waiting() == 0);
  }

  /** Stops listening, as a process that was told to end does. */
  Future<Void> undeploy() {
    return Future.all(vertx.deploymentIDs().stream().map(vertx::undeploy).toList()).mapEmpty();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new AssertionError(late);
    }
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    await(vertx.close());
  }
}
