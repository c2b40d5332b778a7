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
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin port. One instance, on an event loop; what takes long is done by Vert.x's
 * workers. Starting it fails when the port cannot be bound. It may start before the decision
 * verticle: until that answers, the API says 503 and the process is not ready.
 */
public final class AdminVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);

  /** Longer than an action may take, which is the channel's 60 s. In seconds. */
  private static final int IDLE_SECONDS = 75;

  private static final long TOKEN_REFRESH_MILLIS = 1_000;

  private final AdminSettings settings;
  private final PrometheusMeterRegistry registry;
  private final Readiness readiness;
  private final TlsStore store;

  private @Nullable EventHub events;
  private volatile @Nullable HttpServer server;

  /**
   * @param registry what {@code /metrics} shows; the event stream adds its own meters
   * @param store holds what the port is secured with
   */
  public AdminVerticle(
      AdminSettings settings,
      PrometheusMeterRegistry registry,
      Readiness readiness,
      TlsStore store) {
    this.settings = settings;
    this.registry = registry;
    this.readiness = readiness;
    this.store = store;
  }

  @Override
  public Future<?> start() {
    DecisionClient decisions = new DecisionClient(vertx);
    TokenBook tokens = new TokenBook(settings.allTokens());
    EventHub hub = new EventHub(vertx, decisions, registry, System::nanoTime);
    events = hub;
    Decision.CHANNEL.subscribe(vertx.eventBus(), hub::decided);
    AdminRouter.Parts parts =
        new AdminRouter.Parts(
            new RequestGuard(
                settings, tokens, new FailedTokens(System::nanoTime), GuardMeters.of(registry)),
            new RoutesApi(decisions),
            hub,
            new HealthApi(decisions, readiness),
            new MetricsApi(registry),
            new Dashboard());
    HttpServerOptions options = options();
    Tls tls = settings.tls();
    ListenerTls secured = tls == null ? null : ListenerTls.secure(options, tls, store, false);
    HttpServer made = vertx.createHttpServer(options).requestHandler(AdminRouter.of(vertx, parts));
    return vertx
        .executeBlocking(() -> loaded(tokens))
        .compose(read -> made.listen(settings.port(), settings.host()))
        .onSuccess(this::listening)
        .onSuccess(
            opened -> {
              if (secured != null) {
                secured.follow(vertx, opened);
              }
            });
  }

  private TokenBook loaded(TokenBook tokens) throws IOException {
    tokens.load();
    if (tokens.hasFiles()) {
      vertx.setPeriodic(
          TOKEN_REFRESH_MILLIS,
          unused ->
              vertx
                  .executeBlocking(
                      () -> {
                        tokens.refresh();
                        return tokens;
                      })
                  .onFailure(failure -> LOG.error("admin tokens not read again", failure)));
    }
    return tokens;
  }

  private static HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setIdleTimeout(IDLE_SECONDS)
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(true);
    return options;
  }

  @Override
  public Future<?> stop() {
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
