package io.shadowsentinel.cli;

import io.shadowsentinel.config.Sizes;
import io.shadowsentinel.model.ModelLoadException;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.OpenInferenceServer;
import io.shadowsentinel.model.ServerSettings;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sentinel serve-model}: serves until the process is told to stop. Exit 0 then, 2 when the
 * model does not load or the port cannot be had.
 */
@Command(
    name = "serve-model",
    mixinStandardHelpOptions = true,
    description = "Serves an ONNX model by the Open Inference Protocol (V2 REST).")
@SuppressWarnings("NullAway.Init") // picocli sets what is required
public final class ServeModelCommand implements Callable<Integer> {

  private static final int DONE = 0;
  private static final int BAD_INPUT = 2;
  private static final int START_SECONDS = 30;
  private static final int CLOSE_SECONDS = 30;

  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, paramLabel = "FILE.onnx", description = "The model.")
  private Path model;

  @Option(
      names = "--name",
      paramLabel = "N",
      description = "What clients call it; the file's name without .onnx by default.")
  private @Nullable String name;

  @Option(
      names = "--host",
      paramLabel = "H",
      defaultValue = "0.0.0.0",
      description = "The address to listen on (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "8000",
      description = "The port; 0 for any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--max-body",
      paramLabel = "SIZE",
      description =
          "The largest request body, such as 64MiB; up to an eighth of the heap"
              + " (default: 32MiB, or that eighth).")
  private @Nullable String maxBody;

  @Override
  public Integer call() {
    OnnxModel loaded;
    long most = ServerSettings.defaultMaxBody();
    try {
      if (maxBody != null) {
        most = Sizes.parse(maxBody).orElse(0);
        if (most < 1 || most > ServerSettings.largestMaxBody()) {
          return badInput(
              "--max-body: %s (expected 1B..%s, as in 8MiB; more needs a larger heap, as in SENTINEL_JAVA_OPTS=-Xmx2g)"
                  .formatted(maxBody, Sizes.format(ServerSettings.largestMaxBody())));
        }
      }
      if (port < 0 || port > 65_535) {
        return badInput("--port: " + port + " (expected 0..65535)");
      }
      loaded = OnnxModel.load(model, name == null ? nameOf(model) : name);
    } catch (ModelLoadException e) {
      return badInput(e.getMessage());
    }
    Vertx vertx = Vertx.vertx();
    try {
      OpenInferenceServer server =
          OpenInferenceServer.start(vertx, loaded, ServerSettings.at(host, port, (int) most))
              .await(START_SECONDS, TimeUnit.SECONDS);
      serve(vertx, server);
      return DONE;
    } catch (Exception e) {
      vertx.close().onFailure(unclosed -> e.addSuppressed(unclosed));
      return badInput(host + ":" + port + ": cannot listen: " + e.getMessage());
    }
  }

  /** Blocks until this thread is interrupted; a signal ends the process by way of the hook. */
  private void serve(Vertx vertx, OpenInferenceServer server) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s is served at http://%s:%d/v2/models/%s%n",
        model, host, server.port(), server.model().name());
    out.flush();
    Thread hook = new Thread(() -> close(vertx, server), "close-model-server");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(hook);
      close(vertx, server);
    }
  }

  private void close(Vertx vertx, OpenInferenceServer server) {
    try {
      // One after the other: what is chained to Vert.x's own end would have to run on a loop that
      // is gone.
      server.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
      vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      spec.commandLine().getErr().println("the server did not close in " + CLOSE_SECONDS + " s");
    }
  }

  private static String nameOf(Path file) {
    String base = String.valueOf(file.getFileName());
    return base.endsWith(".onnx") ? base.substring(0, base.length() - 5) : base;
  }

  private int badInput(String message) {
    spec.commandLine().getErr().println(message);
    spec.commandLine().getErr().flush();
    return BAD_INPUT;
  }
}
