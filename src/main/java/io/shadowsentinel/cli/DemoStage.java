package io.shadowsentinel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.config.AlertConfig;
import io.shadowsentinel.config.ListenLimitSettings;
import io.shadowsentinel.config.ListenSettings;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.config.ShutdownSettings;
import io.shadowsentinel.decide.DecideSettings;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.model.ModelLoadException;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.OpenInferenceServer;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.RouteSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the demo brings along in place of a company's own: two model servers, and something that
 * gets the alerts. The proxy speaks to all of them over HTTP, as it would elsewhere.
 */
final class DemoStage implements AutoCloseable {
  static final String MODEL = "digits";
  private static final Logger log = LoggerFactory.getLogger(DemoStage.class);
  private static final String LOOPBACK = "127.0.0.1";
  private static final int ALERTS_KEPT = 16;

  private final OpenInferenceServer champion;
  private final OpenInferenceServer challenger;
  private final String challengerName;
  private final HttpServer sink;
  private final BlockingQueue<JsonNode> alerts;

  private DemoStage(
      OpenInferenceServer champion,
      OpenInferenceServer challenger,
      String challengerName,
      HttpServer sink,
      BlockingQueue<JsonNode> alerts) {
    this.champion = champion;
    this.challenger = challenger;
    this.challengerName = challengerName;
    this.sink = sink;
    this.alerts = alerts;
  }

  /** Loads the models and starts their servers. Blocks. */
  static DemoStage open(Vertx vertx, DemoCommand.Challenger which)
      throws IOException, ModelLoadException {
    String file =
        switch (which) {
          case GOOD -> "challenger-good";
          case BAD -> "challenger-bad";
        };
    OpenInferenceServer champion = serve(vertx, "champion");
    OpenInferenceServer challenger = serve(vertx, file);
    BlockingQueue<JsonNode> alerts = new ArrayBlockingQueue<>(ALERTS_KEPT);
    HttpServer sink = sink(vertx, alerts);
    return new DemoStage(champion, challenger, "digits-v2-" + file.substring(11), sink, alerts);
  }

  private static OpenInferenceServer serve(Vertx vertx, String file)
      throws IOException, ModelLoadException {
    String resource = "/models/digits/" + file + ".onnx";
    try (InputStream in = DemoStage.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + ": not in this build");
      }
      OnnxModel model = OnnxModel.load(in.readAllBytes(), resource, MODEL);
      return OpenInferenceServer.start(vertx, model, LOOPBACK, 0).await();
    }
  }

  private static HttpServer sink(Vertx vertx, BlockingQueue<JsonNode> alerts) {
    ObjectMapper json = new ObjectMapper();
    return vertx
        .createHttpServer()
        .requestHandler(
            request ->
                request
                    .body()
                    .onSuccess(
                        body -> {
                          try {
                            alerts.offer(json.readTree(body.getBytes()));
                            request.response().setStatusCode(204).end();
                          } catch (IOException notJson) {
                            request.response().setStatusCode(400).end();
                          }
                        })
                    .onFailure(gone -> log.debug("an alert broke off", gone)))
        .listen(0, LOOPBACK)
        .await();
  }

  /** Alerts that arrived, the oldest first. */
  BlockingQueue<JsonNode> alerts() {
    return alerts;
  }

  /** The config of the demo: the defaults, on the stage's own ports. */
  SentinelConfig config(int port, int adminPort, Path state) {
    RouteSpec digits =
        new RouteSpec(
            MODEL,
            Match.path("/v2/models/digits/"),
            new Model("digits-v1", List.of(url(champion.port()))),
            new Model(challengerName, List.of(url(challenger.port()))),
            RouteSpec.DEFAULT_TIMEOUT,
            RouteSpec.DEFAULT_CONNECT_TIMEOUT,
            MirrorSettings.DEFAULTS);
    CompareSettings compare = new CompareSettings("open-inference", null, null, List.of(), 0, 0.9);
    return new SentinelConfig(
        new ListenSettings(LOOPBACK, port, null, false, ListenLimitSettings.DEFAULTS),
        new AdminConfig(LOOPBACK, adminPort, null, null),
        state,
        ShutdownSettings.DEFAULTS,
        List.of(new RouteConfig(digits, compare, DecideSettings.DEFAULTS)),
        List.of(
            new AlertConfig(
                AlertConfig.Type.WEBHOOK,
                URI.create("http://" + LOOPBACK + ":" + sink.actualPort() + "/alert"),
                Set.of(Decision.Action.ROLLBACK),
                null)));
  }

  private static URI url(int port) {
    return URI.create("http://" + LOOPBACK + ":" + port);
  }

  Future<Void> stop() {
    return Future.join(champion.close(), challenger.close(), sink.close()).mapEmpty();
  }

  /** Nothing is left to close here: {@link #stop} is called in order by whoever ends the demo. */
  @Override
  public void close() {}

  /** Removes the demo's state directory. */
  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.warn("{} is left behind: {}", directory, e.toString());
    }
  }
}
