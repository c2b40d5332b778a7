package io.shadowsentinel.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.tls.ListenerTls;
import io.shadowsentinel.tls.Tls;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin port. One instance, on an event loop of its own, so that it answers when one
 * that serves users does not; what takes long is done by Vert.x's workers. Starting it fails when
 * the port cannot be bound. It may start before the decision verticle: until that answers, the API
 * says 503 and the process is not ready.
 */
public final class AdminVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);

  /** Longer than an action may take, which is the channel's 60 s. In seconds. */
  private static final int IDLE_SECONDS = 75;

  /** The longest request line, and all header fields together. In bytes. */
  static final int MAX_LINE = 8 * 1024;

  static final int MAX_HEADERS = 16 * 1024;

  private static final long LOOK_MILLIS = 1_000;

  private final AdminSettings settings;
  private final PrometheusMeterRegistry registry;
  private final Readiness readiness;
  private final Liveness liveness;
  private final TlsStore store;
  private final AdminConnections.Limits limits;

  private boolean readingTokens;
  private volatile @Nullable AdminLoop loop;
  private @Nullable EventHub events;
  private volatile @Nullable HttpServer server;

  /**
   * @param registry what {@code /metrics} shows; the event stream adds its own meters
   * @param readiness what {@code /health/ready} says, beside what the decision does
   * @param liveness what {@code /health/live} says
   * @param store holds what the port is secured with
   */
  public AdminVerticle(
      AdminSettings settings,
      PrometheusMeterRegistry registry,
      Readiness readiness,
      Liveness liveness,
      TlsStore store) {
    this(settings, registry, readiness, liveness, store, AdminConnections.Limits.DEFAULTS);
  }

  AdminVerticle(
      AdminSettings settings,
      PrometheusMeterRegistry registry,
      Readiness readiness,
      Liveness liveness,
      TlsStore store,
      AdminConnections.Limits limits) {
    this.settings = settings;
    this.registry = registry;
    this.readiness = readiness;
    this.liveness = liveness;
    this.store = store;
    this.limits = limits;
  }

  /** Fails as well when a file that should hold a token does not. */
  @Override
  public Future<?> start() {
    AdminLoop own = new AdminLoop(vertx);
    loop = own;
    return own.call(
            () -> vertx.executeBlocking(() -> AccessRules.load(settings)).compose(this::open))
        .onFailure(unused -> own.close());
  }

  /**
   * Runs a task on its event loop, as soon as that gets to it. Any thread.
   *
   * @throws RejectedExecutionException when it is stopped
   */
  public void execute(Runnable task) {
    AdminLoop own = loop;
    if (own == null) {
      throw new RejectedExecutionException("not deployed");
    }
    own.execute(task);
  }

  private Future<HttpServer> open(AccessRules rules) {
    DecisionClient decisions = new DecisionClient(vertx);
    EventHub hub = new EventHub(vertx, decisions, registry, System::nanoTime);
    events = hub;
    Decision.CHANNEL.subscribe(vertx.eventBus(), hub::decided);
    Decision.UNWRITTEN.subscribe(vertx.eventBus(), hub::unwritten);
    Audit audit = new Audit(registry, System::nanoTime);
    RequestGuard guarding =
        new RequestGuard(
            rules, new FailedTokens(System::nanoTime), GuardMeters.of(registry), audit);
    AdminAccess.CHANNEL.answerLater(vertx.eventBus(), access -> replace(guarding, access));
    AdminConnections connections = new AdminConnections(limits, registry, System::nanoTime);
    vertx.setPeriodic(LOOK_MILLIS, unused -> look(guarding, connections));
    AdminRouter.Parts parts =
        new AdminRouter.Parts(
            connections,
            guarding,
            audit,
            new RoutesApi(decisions),
            hub,
            new HealthApi(decisions, readiness, liveness),
            new MetricsApi(registry),
            new Dashboard());
    HttpServerOptions options = options();
    Tls tls = settings.tls();
    ListenerTls secured = tls == null ? null : ListenerTls.secure(options, tls, store, false);
    return vertx
        .createHttpServer(options)
        .connectionHandler(
            connection -> {
              ConnectionOptions.read(connection);
              connections.opened(connection);
            })
        .invalidRequestHandler(Answers::invalid)
        .requestHandler(AdminRouter.of(vertx, parts))
        .listen(settings.port(), settings.host())
        .onSuccess(this::listening)
        .onSuccess(
            opened -> {
              if (secured != null) {
                secured.follow(vertx, opened);
              }
            });
  }

  private void look(RequestGuard guarding, AdminConnections connections) {
    connections.sweep();
    TokenBook tokens = guarding.rules().tokens();
    // A file on a disk that hangs must not gather one reader each second.
    if (readingTokens || !tokens.hasFiles()) {
      return;
    }
    readingTokens = true;
    vertx
        .executeBlocking(tokens::refresh, false)
        .onComplete(
            changed -> {
              readingTokens = false;
              if (changed) {
                letListenersGo();
              }
            },
            failure -> {
              readingTokens = false;
              LOG.error("admin tokens not read again", failure);
            });
  }

  private Future<AdminAccess.Result> replace(RequestGuard guarding, AdminAccess access) {
    return vertx
        .executeBlocking(() -> AccessRules.load(settings.withAccess(access)))
        .map(
            rules -> {
              guarding.use(rules);
              letListenersGo();
              return (AdminAccess.Result) new AdminAccess.Applied();
            })
        .otherwise(failure -> new AdminAccess.NotApplied(String.valueOf(failure.getMessage())));
  }

  /** Whose token is none any more is not to listen on. */
  private void letListenersGo() {
    if (events != null) {
      events.close();
    }
  }

  private static HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setIdleTimeout(IDLE_SECONDS)
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(true);
    return options;
  }

  @Override
  public Future<?> stop() {
    AdminLoop own = loop;
    return own == null
        ? Future.succeededFuture()
        : own.call(this::closePort).eventually(own::close);
  }

  private Future<Void> closePort() {
    if (events != null) {
      events.close();
    }
    HttpServer listening = server;
    return listening == null ? Future.succeededFuture() : listening.close();
  }

  /**
   * The port it listens on. Any thread.
   *
   * @throws IllegalStateException before it is deployed
   */
  public int actualPort() {
    HttpServer listening = server;
    if (listening == null) {
      throw new IllegalStateException("the admin port is not open (expected after deployment)");
    }
    return listening.actualPort();
  }

  private void listening(HttpServer opened) {
    server = opened;
    LOG.info("admin API on {}:{}", settings.host(), opened.actualPort());
  }
}
