package io.shadowsentinel.model;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one model over HTTP by the Open Inference Protocol V2. HTTP runs on an event loop,
 * inference on a bounded pool of its own. The model belongs to the server from the start: it is
 * closed by {@link #close()}, and when the start fails. Any thread.
 */
public final class OpenInferenceServer {

  private static final Logger LOG = LoggerFactory.getLogger(OpenInferenceServer.class);
  private static final int IDLE_SECONDS = 300;
  private static final long DRAIN_SECONDS = 5;

  private final Vertx vertx;
  private final OnnxModel model;
  private final InferencePool pool;
  private final HttpServer http;

  private OpenInferenceServer(Vertx vertx, OnnxModel model, InferencePool pool, HttpServer http) {
    this.vertx = vertx;
    this.model = model;
    this.pool = pool;
    this.http = http;
  }

  /**
   * Starts with {@link ServerSettings#at}. The future fails when the port cannot be had.
   *
   * @param port 0 for any that is free
   */
  public static Future<OpenInferenceServer> start(
      Vertx vertx, OnnxModel model, String host, int port) {
    return start(vertx, model, ServerSettings.at(host, port));
  }

  /** Starts as told. The future fails when the port cannot be had. */
  public static Future<OpenInferenceServer> start(
      Vertx vertx, OnnxModel model, ServerSettings settings) {
    return start(
        vertx,
        model,
        settings,
        new InferencePool(model.name(), settings.workers(), settings.queue()));
  }

  static Future<OpenInferenceServer> start(
      Vertx vertx, OnnxModel model, ServerSettings settings, InferencePool pool) {
    HttpServer http =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
    OpenInferenceServer server = new OpenInferenceServer(vertx, model, pool, http);
    http.requestHandler(new ProtocolHandler(model, pool, settings.maxBodyBytes()));
    return http.listen()
        .map(server)
        .onSuccess(s -> LOG.info("model {} is served on port {}", model.name(), s.port()))
        .recover(failure -> server.free().transform(freed -> Future.failedFuture(failure)));
  }

  /** The port it listens on. */
  public int port() {
    return http.actualPort();
  }

  /** The model that is served. */
  public OnnxModel model() {
    return model;
  }

  /** How many requests were answered 503 because the queue was full. */
  public long refused() {
    return pool.refused();
  }

  /** Answers what is under way, 5 s at most, then frees the port, the threads and the model. */
  public Future<Void> close() {
    return http.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS).transform(closed -> free());
  }

  private Future<Void> free() {
    return vertx.executeBlocking(
        () -> {
          pool.close();
          model.close();
          LOG.info(
              "model {} is closed; {} requests found the queue full", model.name(), pool.refused());
          return null;
        });
  }
}
