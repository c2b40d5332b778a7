package io.shadowsentinel.app;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.admin.AdminAccess;
import io.shadowsentinel.admin.AdminVerticle;
import io.shadowsentinel.admin.Readiness;
import io.shadowsentinel.alert.AlertSettings;
import io.shadowsentinel.alert.AlertVerticle;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.compare.ComparatorTable;
import io.shadowsentinel.compare.ComparisonVerticle;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.config.ConfigDiff;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.decide.DecisionVerticle;
import io.shadowsentinel.decide.ForcedRollback;
import io.shadowsentinel.decide.Reconfigure;
import io.shadowsentinel.decide.StateFault;
import io.shadowsentinel.decide.StateStore;
import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.listen.Admission;
import io.shadowsentinel.proxy.ProxyMeters;
import io.shadowsentinel.proxy.ProxySettings;
import io.shadowsentinel.proxy.ProxyVerticle;
import io.shadowsentinel.proxy.SharedMirrors;
import io.shadowsentinel.table.RoutingTable;
import io.shadowsentinel.text.Printable;
import io.shadowsentinel.tls.TlsChanged;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsStore;
import io.shadowsentinel.tls.TlsUse;
import io.shadowsentinel.tls.TlsWatch;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Shadow Sentinel. Starts its verticles in the order in which they need each other, and
 * stops them in the reverse, so that nothing that was captured is left uncounted. Any thread; the
 * futures fail with what kept a part from starting.
 */
public final class Instance {
  private static final Logger log = LoggerFactory.getLogger(Instance.class);

  private static final int LOOPS = Math.max(1, Runtime.getRuntime().availableProcessors());
  private static final int COMPARISON_WORKERS = Math.min(4, LOOPS);
  private static final long SETTLE_MILLIS = 2_000;
  private static final long SETTLE_POLL_MILLIS = 10;
  private static final long STORE_RETRY_MILLIS = 5_000;

  private final Vertx vertx;
  private final PrometheusMeterRegistry registry;
  private final ComparatorTable comparators = new ComparatorTable();
  private final SharedMirrors mirrors;
  private final EligibleCounts eligible = new EligibleCounts();
  private final List<String> proxies = new ArrayList<>();
  private final List<String> behind = new ArrayList<>();
  private final DecisionVerticle decision;
  private final ProxyVerticle proxy;
  private final Supplier<ProxyVerticle> moreProxies;
  private final List<ProxyVerticle> allProxies = new CopyOnWriteArrayList<>();
  private final LoopWatch loops;
  private final AdminVerticle admin;
  private final StateStore store;
  private final TlsStore tls;

  /** Of the config that this started with: another one takes a restart. */
  private final List<TlsUse> listeners;

  private volatile @Nullable TlsWatch watch;
  private volatile boolean serving;
  private volatile SentinelConfig config;

  /** What the file says, valid but perhaps not applied yet; null when it says nothing valid. */
  private volatile @Nullable Wanted wanted;

  /** Two that are applied at once would take each other's parts back. */
  private final OneAtATime reloads = new OneAtATime(this::takeWanted);

  /** A content of the file; another one is another object, though it may say the same. */
  private static final class Wanted {
    final SentinelConfig config;

    /** For {@link #reloads} alone. */
    boolean tried;

    Wanted(SentinelConfig config) {
      this.config = config;
    }
  }

  private Instance(
      Vertx vertx,
      PrometheusMeterRegistry registry,
      SentinelConfig config,
      StateStore store,
      TlsStore tls,
      ForcedRollback forced) {
    this.vertx = vertx;
    this.store = store;
    this.tls = tls;
    this.listeners = Wiring.listenersTls(config);
    this.registry = registry;
    this.config = config;
    this.mirrors = new SharedMirrors(eligible);
    ProxyMeters meters = new ProxyMeters(registry, mirrors);
    showBacklog();
    this.decision =
        new DecisionVerticle(
            store, eligible, Wiring.routes(config), forced, Clock.systemUTC(), registry);
    ProxySettings listen = Wiring.proxy(config);
    Admission admission = new Admission(listen.limits(), registry);
    this.loops = new LoopWatch(System::nanoTime, registry);
    this.moreProxies =
        () -> {
          ProxyVerticle made =
              new ProxyVerticle(
                  listen, mirrors, meters, admission, tls, decision::table, this::grace);
          allProxies.add(made);
          return made;
        };
    this.proxy = moreProxies.get();
    this.admin = new AdminVerticle(Wiring.admin(config), registry, this::notReady, loops, tls);
  }

  /** How long requests may go on when this is stopped, as the config now has it. Any thread. */
  public Duration grace() {
    return config.shutdown().grace();
  }

  /**
   * Starts everything. Opens the state directory and reads the certificates at once, which blocks;
   * not for an event loop.
   *
   * @throws StateFault when the state directory cannot be used
   * @throws TlsFault when a certificate or key cannot be used
   */
  public static Future<Instance> start(
      Vertx vertx, PrometheusMeterRegistry registry, SentinelConfig config, ForcedRollback forced)
      throws StateFault, TlsFault {
    TlsStore tls = new TlsStore(Clock.systemUTC(), registry);
    tls.hold(Wiring.listenersTls(config));
    tls.hold(Wiring.clientsTls(config));
    StateStore store = StateStore.open(config.stateDirectory());
    Channel.install(vertx.eventBus());
    Instance instance = new Instance(vertx, registry, config, store, tls, forced);
    warnOfUnverified(config);
    return instance
        .deploy()
        .map(instance)
        .recover(failure -> instance.stop().transform(stopped -> Future.failedFuture(failure)));
  }

  private Future<Void> deploy() {
    comparators.replace(Wiring.comparisons(config));
    AlertVerticle alerts =
        new AlertVerticle(
            Wiring.alerts(config),
            config.stateDirectory().resolve("outbox"),
            Clock.systemUTC(),
            registry,
            tls);
    JudgeMetrics judged = new JudgeMetrics(registry);
    // The alerts come first: a rollback that the start itself takes is to be told as well.
    return keep(behind, alerts, AlertVerticle.deployment())
        .compose(done -> keep(behind, decision, DecisionVerticle.deployment()))
        .compose(
            done ->
                vertx
                    .deployVerticle(
                        () -> new ComparisonVerticle(comparators, judged, tls::of),
                        workers(COMPARISON_WORKERS))
                    .onSuccess(behind::add))
        .compose(done -> keep(behind, admin, new DeploymentOptions()))
        .compose(done -> keep(proxies, proxy, new DeploymentOptions()))
        .compose(done -> deployMoreProxies())
        .onSuccess(
            done -> {
              watch = TlsWatch.start(tls, this::certificatesChanged);
              watchLoops();
              serving = true;
            });
  }

  private void watchLoops() {
    loops.add("admin", admin::execute);
    for (ProxyVerticle each : allProxies) {
      loops.add("proxy-" + (1 + allProxies.indexOf(each)), each::execute);
    }
    loops.start();
  }

  private void certificatesChanged() {
    TlsChanged.CHANNEL.publish(vertx.eventBus(), new TlsChanged());
  }

  private static void warnOfUnverified(SentinelConfig config) {
    for (String model : Wiring.unverified(config)) {
      log.warn("{}: tls.verify is false, so anyone can pass for it", model);
    }
  }

  private Future<Void> deployMoreProxies() {
    if (LOOPS == 1) {
      return Future.succeededFuture();
    }
    return vertx
        .deployVerticle(moreProxies, new DeploymentOptions().setInstances(LOOPS - 1))
        .onSuccess(proxies::add)
        .mapEmpty();
  }

  private Future<Void> keep(List<String> kept, Deployable deployable, DeploymentOptions options) {
    return vertx.deployVerticle(deployable, options).onSuccess(kept::add).mapEmpty();
  }

  private static DeploymentOptions workers(int instances) {
    return new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER).setInstances(instances);
  }

  private List<Readiness.NotReady> notReady() {
    return serving
        ? List.of()
        : List.of(new Readiness.NotReady("proxy", "does not accept requests"));
  }

  public int proxyPort() {
    return proxy.actualPort();
  }

  public int adminPort() {
    return admin.actualPort();
  }

  /** Mirrors of a route that are under way: sent, and not yet handed over to be compared. */
  public int mirrorsInFlight(String route) {
    return mirrors.inFlight(route);
  }

  public Vertx vertx() {
    return vertx;
  }

  /**
   * Takes up what the config file now says. A config that is refused changes nothing. While one is
   * applied the next waits, and of several the newest. Called by the thread that watches the file,
   * one call at a time.
   */
  public void reloaded(ConfigResult result) {
    try {
      takeUp(result);
    } catch (RuntimeException | StackOverflowError e) {
      wanted = null;
      count("refused");
      log.error("config not applied: {}", Printable.describe(e));
    }
  }

  private void takeUp(ConfigResult result) {
    if (result instanceof ConfigResult.Rejected rejected) {
      wanted = null;
      rejected.faults().forEach(fault -> log.error("config refused: {}", fault));
      count("refused");
      return;
    }
    SentinelConfig next = ((ConfigResult.Loaded) result).config();
    for (String key : ConfigDiff.needsRestart(config, next)) {
      log.warn("config: {} changed, which takes effect at the next start", key);
    }
    wanted = new Wanted(next);
    try {
      // Before a table or a channel can ask for them.
      tls.hold(Wiring.clientsTls(next));
    } catch (TlsFault fault) {
      wanted = null;
      count("refused");
      log.error("config not applied: {}", fault.getMessage());
      return;
    }
    reloads.ask();
  }

  private Future<?> takeWanted() {
    Wanted next = wanted;
    if (next == null) {
      return Future.succeededFuture(); // the file has become a bad one meanwhile
    }
    boolean first = !next.tried;
    next.tried = true;
    return take(next, first);
  }

  private Future<Long> take(Wanted taken, boolean first) {
    SentinelConfig next = taken.config;
    SentinelConfig before = config;
    return apply(next)
        .onSuccess(
            version -> {
              count("applied");
              log.info("config applied, routing table version {}", version);
              warnOfUnverified(next);
              // Requests that began with the table before may not have connected yet.
              forgetAllBut(before, next);
            })
        .onFailure(
            failure -> {
              if (first) {
                count("refused");
                log.error("config not applied: {}", Printable.describe(failure));
              }
              if (failure instanceof NotStoredException) {
                vertx.timer(STORE_RETRY_MILLIS).onSuccess(unused -> takeIfStillWanted(taken));
              } else {
                forgetAllBut(before, config);
              }
            });
  }

  /** The disk may be back; but the file may say something else by now. */
  private void takeIfStillWanted(Wanted next) {
    if (next == wanted) {
      reloads.ask();
    }
  }

  /** A config that will do once it can be written down. */
  private static final class NotStoredException extends Exception {
    private static final long serialVersionUID = 1L;

    NotStoredException(String why) {
      super(why + "; it is tried again until the file says something else");
    }
  }

  private void forgetAllBut(SentinelConfig one, SentinelConfig other) {
    List<TlsUse> used = new ArrayList<>(listeners);
    used.addAll(Wiring.clientsTls(one));
    used.addAll(Wiring.clientsTls(other));
    Wanted next = wanted;
    if (next != null) {
      used.addAll(Wiring.clientsTls(next.config));
    }
    tls.retainOnly(used);
  }

  private Future<Long> apply(SentinelConfig next) {
    SentinelConfig before = config;
    Map<String, CompareSettings> both = new HashMap<>(Wiring.comparisons(before));
    both.putAll(Wiring.comparisons(next));
    // A new route's first answers may be in before the new table is announced to us.
    comparators.replace(both);
    return access(next)
        .compose(done -> routes(next))
        .compose(
            version -> {
              config = next;
              comparators.replace(Wiring.comparisons(next));
              return AlertSettings.CHANNEL
                  .request(
                      vertx.eventBus(),
                      new AlertSettings(Wiring.alerts(next)),
                      AlertSettings.Applied.class)
                  .map(version);
            })
        .onFailure(failure -> takeBack(before));
  }

  /** The port stays where it is; who may do what there is as the config now says. */
  private Future<Void> access(SentinelConfig of) {
    return AdminAccess.CHANNEL
        .request(vertx.eventBus(), Wiring.access(of), AdminAccess.Result.class)
        .compose(
            result ->
                result instanceof AdminAccess.NotApplied refused
                    ? Future.failedFuture(refused.why())
                    : Future.succeededFuture());
  }

  private Future<Long> routes(SentinelConfig of) {
    return Reconfigure.CHANNEL
        .request(vertx.eventBus(), Wiring.routes(of), Reconfigure.Result.class)
        .compose(
            result -> {
              if (result instanceof Reconfigure.Applied applied) {
                return Future.succeededFuture(applied.tableVersion());
              }
              if (result instanceof Reconfigure.NotStored unwritten) {
                return Future.failedFuture(new NotStoredException(unwritten.why()));
              }
              return Future.failedFuture(((Reconfigure.NotApplied) result).why());
            });
  }

  private void takeBack(SentinelConfig before) {
    if (!config.equals(before)) {
      return; // all but the alerts is as the new config says
    }
    comparators.replace(Wiring.comparisons(before));
    access(before).onFailure(f -> log.error("admin: not as before: {}", Printable.describe(f)));
  }

  /**
   * What mirroring holds in memory, beside the mirrors in flight: both are bounded, and return to
   * 0.
   */
  private void showBacklog() {
    Gauge.builder("shadow.sentinel.captured.bytes", mirrors, SharedMirrors::capturedBytes)
        .description("Bytes of requests and answers that are held until they are compared")
        .register(registry);
    Gauge.builder("shadow.sentinel.waiting.pairs", mirrors, SharedMirrors::waitingPairs)
        .description("Captured pairs of answers that are not compared yet")
        .register(registry);
  }

  private void count(String result) {
    Counter.builder("shadow.sentinel.config.reloads")
        .description("Changes of the config file, by what became of them")
        .tag("result", result)
        .register(registry)
        .increment();
  }

  /** Registers the counters of reloads, so that a rate is there before the first one. */
  public Instance announceReloads() {
    for (String result : List.of("applied", "refused")) {
      Counter.builder("shadow.sentinel.config.reloads")
          .description("Changes of the config file, by what became of them")
          .tag("result", result)
          .register(registry);
    }
    return this;
  }

  /** Stops accepting, finishes what is in flight, counts what was captured, and writes it down. */
  public Future<Void> stop() {
    serving = false;
    loops.close();
    TlsWatch watching = watch;
    if (watching != null) {
      watching.close();
    }
    // The proxies all at once: each waits for its own requests, and none may go on accepting
    // meanwhile.
    return Future.join(proxies.stream().map(this::undeploy).toList())
        .compose(done -> settle(System.nanoTime()))
        .compose(done -> undeployInReverse(behind))
        .compose(done -> vertx.executeBlocking(this::closeStore));
  }

  private Void closeStore() throws IOException {
    store.close();
    return null;
  }

  /** Waits until every captured pair is compared, and the decision has heard of it. */
  private Future<Void> settle(long startNanos) {
    boolean late = (System.nanoTime() - startNanos) / 1_000_000 > SETTLE_MILLIS;
    if (mirrors.waitingPairs() == 0 || late) {
      if (late) {
        log.warn("{} captured pairs were not compared in time", mirrors.waitingPairs());
      }
      // Answered after what was sent before it.
      return RoutingTable.CURRENT
          .request(vertx.eventBus(), new RoutingTable.Query(), RoutingTable.class)
          .transform(answered -> Future.succeededFuture());
    }
    return vertx.timer(SETTLE_POLL_MILLIS).compose(unused -> settle(startNanos));
  }

  /** The last one deployed goes first. */
  private Future<Void> undeployInReverse(List<String> deployments) {
    if (deployments.isEmpty()) {
      return Future.succeededFuture();
    }
    return undeploy(deployments.remove(deployments.size() - 1))
        .compose(done -> undeployInReverse(deployments));
  }

  private Future<Void> undeploy(String deployment) {
    return vertx
        .undeploy(deployment)
        .otherwise(
            failure -> {
              log.warn("a part did not stop in order: {}", Printable.describe(failure));
              return null;
            });
  }
}
