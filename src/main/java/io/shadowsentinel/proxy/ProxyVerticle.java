package io.shadowsentinel.proxy;

import io.shadowsentinel.listen.Admission;
import io.shadowsentinel.listen.Drain;
import io.shadowsentinel.listen.Http2Checks;
import io.shadowsentinel.listen.Listener;
import io.shadowsentinel.listen.ProblemAnswer;
import io.shadowsentinel.listen.Sweeper;
import io.shadowsentinel.listen.UpgradeRules;
import io.shadowsentinel.listen.UserConnections;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteIndex;
import io.shadowsentinel.table.RoutingTable;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.ListenerTls;
import io.shadowsentinel.tls.TlsChanged;
import io.shadowsentinel.tls.TlsStore;
import io.shadowsentinel.upstream.UpstreamClients;
import io.shadowsentinel.upstream.UpstreamSet;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.ListenLimits;
import io.shadowsentinel.wire.RequestFault;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.tracing.TracingPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for users, on one event loop; deploy one for each core. It holds the routing table as one
 * reference, which a new table replaces between two requests: when it is told of one, or before the
 * first request that comes after it, whichever is earlier. So whoever has seen a table has none of
 * their requests answered by the one before. It fails to start when the port cannot be had.
 */
public final class ProxyVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(ProxyVerticle.class);

  private static final int MAX_CHAMPION_CONNECTIONS = 4_096;
  private static final int MAX_CHALLENGER_CONNECTIONS = 1_024;
  private static final long IDLE_SWEEP_MILLIS = 500;
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);
  private static final long MIRROR_GRACE_SECONDS = 5;

  private final ProxySettings settings;
  private final SharedMirrors shared;
  private final ProxyMeters meters;
  private final Admission admission;
  private final TlsStore tls;
  private final Supplier<RoutingTable> current;
  private final Supplier<Duration> grace;

  private @Nullable Loop loop;
  private @Nullable HttpServer server;
  private @Nullable Drain drain;
  private long version;
  private RouteIndex<RouteRuntime> routes = RouteIndex.of(List.of(), route -> route.match);

  /** False spares each request the parsing of its authority. */
  private Map<Model, UpstreamSet> champions = new HashMap<>();

  private Map<Model, UpstreamSet> challengers = new HashMap<>();
  private ProxyMeters.@Nullable ForRoute unmatched;

  /**
   * A proxy that gives requests 10 s to end in when it is stopped.
   *
   * @param tls holds what the listener, and every table to come, is secured with
   * @param current the table as it is; asked with every request, on the event loop
   */
  public ProxyVerticle(
      ProxySettings settings,
      SharedMirrors shared,
      ProxyMeters meters,
      Admission admission,
      TlsStore tls,
      Supplier<RoutingTable> current) {
    this(settings, shared, meters, admission, tls, current, () -> DEFAULT_GRACE);
  }

  /**
   * One of the verticles that share everything but their settings.
   *
   * @param admission the bounds that all of them keep to together
   * @param tls holds what the listener, and every table to come, is secured with
   * @param current the table as it is; asked with every request, on the event loop
   * @param grace how long requests may go on when it is stopped; asked then, on the event loop
   */
  public ProxyVerticle(
      ProxySettings settings,
      SharedMirrors shared,
      ProxyMeters meters,
      Admission admission,
      TlsStore tls,
      Supplier<RoutingTable> current,
      Supplier<Duration> grace) {
    this.settings = settings;
    this.shared = shared;
    this.meters = meters;
    this.admission = admission;
    this.tls = tls;
    this.current = current;
    this.grace = grace;
  }

  /** The port it listens on, once started. */
  public int actualPort() {
    return Objects.requireNonNull(server, "not started").actualPort();
  }

  /**
   * Runs a task on its event loop, as soon as that gets to it. Any thread, once deployed.
   *
   * @throws RejectedExecutionException when there is no such loop any more
   */
  public void execute(Runnable task) {
    ((ContextInternal) context).nettyEventLoop().execute(task);
  }

  @Override
  public Future<?> start() {
    Loop made =
        new Loop(
            vertx,
            System::nanoTime,
            sweeper(Sweeper.EXCHANGES_MILLIS),
            new RequestIds(),
            new UpstreamClients(
                vertx, MAX_CHAMPION_CONNECTIONS, MAX_CHAMPION_CONNECTIONS, System::nanoTime, tls),
            new UpstreamClients(vertx, MAX_CHALLENGER_CONNECTIONS, 0, System::nanoTime, tls),
            new CaptureOutbox(vertx, shared.budget()),
            shared,
            settings.forwardedHeaders(),
            new BodyPatcher(vertx),
            admission);
    loop = made;
    Drain draining = new Drain(vertx, System::nanoTime);
    drain = draining;
    ProxyMeters.ForRoute none = meters.route(ProxyMeters.NO_ROUTE);
    unmatched = none;
    vertx.setPeriodic(
        IDLE_SWEEP_MILLIS,
        unused -> {
          made.champions().sweep();
          made.challengers().sweep();
        });
    RoutingTable.CHANNEL.subscribe(vertx.eventBus(), table -> swap(made, table));
    TlsChanged.CHANNEL.subscribe(
        vertx.eventBus(),
        unused -> {
          made.champions().refresh();
          made.challengers().refresh();
        });
    HttpServerOptions options = options(settings);
    ListenerTls secured =
        settings.tls() == null ? null : ListenerTls.secure(options, settings.tls(), tls, true);
    UserConnections connections =
        new UserConnections(
            admission,
            options,
            status -> none.answered(status, 0),
            sweeper(UserConnections.SWEEP_MILLIS));
    HttpServer listening =
        Listener.of(vertx, options, admission, connections).exceptionHandler(connections::failed);
    server = listening;
    swap(made, current.get());
    return listening
        .connectionHandler(
            connection -> {
              connections.opened(connection);
              draining.opened(connection);
            })
        .requestHandler(request -> handle(made, request))
        .listen(sharedPort(settings.port()), settings.host())
        .onSuccess(
            unused -> {
              if (secured != null) {
                secured.follow(vertx, listening);
              }
            });
  }

  private Sweeper sweeper(long millis) {
    // Not of vertx, which takes the caller's context: a connection's first handler may have none.
    ContextInternal own = (ContextInternal) context;
    return new Sweeper(System::nanoTime, tick -> own.setTimer(millis, unused -> tick.run()));
  }

  @Override
  public Future<?> stop() {
    if (loop == null || server == null || drain == null) {
      return Future.succeededFuture();
    }
    Loop stopping = loop;
    return drain
        .finish(server, grace.get())
        .transform(closed -> drained(stopping, stopping.now()))
        .onComplete(
            unused -> {
              stopping.outbox().flush();
              stopping.champions().close();
              stopping.challengers().close();
            });
  }

  /**
   * Completes when no mirror is under way any more: what a challenger still says is evidence too.
   */
  private Future<Void> drained(Loop stopping, long sinceNanos) {
    int left = stopping.sweeper().size();
    boolean late = stopping.now() - sinceNanos > TimeUnit.SECONDS.toNanos(MIRROR_GRACE_SECONDS);
    if (left == 0 || late) {
      if (late) {
        log.warn("{} mirrored requests were not answered in time to be counted", left);
      }
      return Future.succeededFuture();
    }
    return vertx.timer(Sweeper.EXCHANGES_MILLIS).compose(unused -> drained(stopping, sinceNanos));
  }

  /** Vert.x gives each listener on port 0 a port of its own; those on a negative one share it. */
  private static int sharedPort(int port) {
    return port == 0 ? -1 : port;
  }

  private static HttpServerOptions options(ProxySettings settings) {
    ListenLimits limits = settings.limits();
    HttpServerOptions options =
        new HttpServerOptions()
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(limits.maxStreams())
                    .setMaxHeaderListSize(limits.maxHeaderBytes()))
            .setSslHandshakeTimeout(limits.headerTimeout().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setTcpNoDelay(true)
            .setAcceptBacklog(4_096)
            .setHandle100ContinueAutomatically(false)
            // WebSockets pass as bytes: nobody here wants to know their extensions.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setDecompressionSupported(false)
            .setCompressionSupported(false)
            .setTracingPolicy(TracingPolicy.IGNORE);
    return options;
  }

  private void swap(Loop loop, RoutingTable table) {
    if (table.version() <= version) {
      return;
    }
    Map<Model, UpstreamSet> nextChampions = new HashMap<>();
    Map<Model, UpstreamSet> nextChallengers = new HashMap<>();
    List<RouteRuntime> made =
        table.routes().stream()
            .map(
                route ->
                    new RouteRuntime(
                        route,
                        model -> kept(model, champions, nextChampions),
                        model -> kept(model, challengers, nextChallengers),
                        loop,
                        meters.route(route.name())))
            .toList();
    champions = nextChampions;
    challengers = nextChallengers;
    routes = RouteIndex.of(made, route -> route.match);
    version = table.version();
    Set<ClientTls> secured =
        models(table.routes()).stream().map(Model::tls).collect(Collectors.toSet());
    loop.champions().tls().retainOnly(secured);
    loop.challengers().tls().retainOnly(secured);
    log.debug("routing table version {}", version);
  }

  /** The set of a model that stays is kept, with its connections. */
  private static UpstreamSet kept(
      Model model, Map<Model, UpstreamSet> before, Map<Model, UpstreamSet> after) {
    return after.computeIfAbsent(
        model,
        m -> {
          UpstreamSet known = before.get(m);
          return known == null ? new UpstreamSet(m) : known;
        });
  }

  private static Set<Model> models(List<Route> routes) {
    return routes.stream()
        .flatMap(route -> Stream.of(route.champion(), route.challenger(), route.standby()))
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  private void handle(Loop loop, HttpServerRequest request) {
    // What is told over the bus may stand behind this request in the event loop's queue.
    swap(loop, current.get());
    long bodyLength = bodyLength(request);
    if (request.version() == HttpVersion.HTTP_2) {
      try {
        Http2Checks.check(request, bodyLength, admission.limits());
      } catch (RequestFault fault) {
        admission.refused(fault);
        refuse(request, fault.reason().status, fault.reason().title, fault.getMessage());
        return;
      }
    }
    // Of HTTP/1, what was no request did not come here: see RequestDecoder.
    String target = request.uri();
    RouteRuntime route = match(request, target);
    if (route == null) {
      refuse(request, 404, "No Route", "no route matches " + RequestTarget.path(target));
      return;
    }
    if (!admission.begin()) {
      request.response().putHeader("Retry-After", "1");
      refuse(
          request,
          503,
          "Too Many Requests In Flight",
          "no more than "
              + admission.limits().maxInFlight()
              + " at once (listen.limits.maxInFlight)");
      return;
    }
    String given = request.headers().get(HeaderRules.REQUEST_ID);
    String requestId = given == null ? loop.ids().next() : given;
    if (UpgradeRules.isTunnel(request, bodyLength)) {
      Tunnel tunnel = new Tunnel(request);
      new Forwarding(loop, route, request, target, requestId, 0, null, tunnel).start();
      return;
    }
    MirrorExchange mirror =
        route.mirror == null ? null : route.mirror.admit(request, target, requestId, bodyLength);
    new Forwarding(loop, route, request, target, requestId, bodyLength, mirror, null).start();
  }

  private @Nullable RouteRuntime match(HttpServerRequest request, String target) {
    String method = request.method().name();
    String host = routes.asksForHost() ? RequestTarget.host(request) : null;
    // OPTIONS * is asked of all that is there, and goes where every path goes.
    String path = target.equals("*") ? "/" : RequestTarget.path(target);
    return routes.find(method, host, path, request::getHeader);
  }

  /** 0 for no body, -1 for one of unknown length. */
  private static long bodyLength(HttpServerRequest request) {
    MultiMap headers = request.headers();
    if (request.version() == HttpVersion.HTTP_2 && !headers.contains(HeaderRules.CONTENT_LENGTH)) {
      // HTTP/2 frames a body without announcing it, whatever the method is.
      return Http2Checks.isOpen(request) ? -1 : 0;
    }
    return HeaderRules.bodyLength(headers);
  }

  private void refuse(HttpServerRequest request, int status, String title, String detail) {
    ProblemAnswer.send(request.response(), status, title, detail);
    if (unmatched != null) {
      unmatched.answered(status, 0);
    }
  }
}
