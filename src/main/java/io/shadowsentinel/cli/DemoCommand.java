package io.shadowsentinel.cli;

import ch.qos.logback.classic.Level;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.app.Instance;
import io.shadowsentinel.app.Metrics;
import io.shadowsentinel.app.Shutdown;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.ForcedRollback;
import io.shadowsentinel.decide.Queries;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sentinel demo}: everything in one process. Two model servers on real ONNX models, the
 * proxy between them and held-out rows as traffic, until there is a decision to show, and beyond.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Shows a decision in a minute: two ONNX models of handwritten digits, held-out rows as"
            + " traffic, and no other service.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:a decision was taken and shown", "2:it could not be started"})
final class DemoCommand implements Callable<Integer> {
  private static final Duration ALERT_PATIENCE = Duration.ofSeconds(15);
  private static final Duration REPORT_PERIOD = Duration.ofMillis(500);

  /** The challengers that come with the demo. */
  enum Challenger {
    GOOD,
    BAD
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--challenger",
      paramLabel = "good|bad",
      defaultValue = "good",
      description = "Which model is on trial (default: ${DEFAULT-VALUE}).")
  private Challenger challenger = Challenger.GOOD;

  @Option(
      names = "--exit-after-decision",
      description = "End once the decision is shown, in place of going on until Ctrl-C.")
  private boolean exitAfterDecision;

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "The proxy's port; 8080, or any that is free if that is taken.")
  private @Nullable Integer port;

  @Option(
      names = "--admin-port",
      paramLabel = "P",
      description = "The admin port; 9090, or any that is free if that is taken.")
  private @Nullable Integer adminPort;

  @Override
  public Integer call() throws Exception {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    quietLogs();
    PrintWriter out = spec.commandLine().getOut();
    Path state = Files.createTempDirectory("sentinel-demo-");
    PrometheusMeterRegistry registry = Metrics.registry();
    Vertx vertx = Metrics.vertx(registry);
    try (DemoStage stage = DemoStage.open(vertx, challenger)) {
      Instance instance =
          Instance.start(
                  vertx,
                  registry,
                  stage.config(port(port, 8080), port(adminPort, 9090), state),
                  ForcedRollback.NONE)
              .await();
      Thread hook = new Thread(() -> end(instance, stage, vertx, state), "end-demo");
      Runtime.getRuntime().addShutdownHook(hook);
      run(out, vertx, instance, stage);
      Runtime.getRuntime().removeShutdownHook(hook);
      end(instance, stage, vertx, state);
      return 0;
    }
  }

  /** The demo tells on its own screen what the log would tell, unless a level is asked for. */
  private static void quietLogs() {
    if (System.getenv("SENTINEL_LOG_LEVEL") == null
        && LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
            instanceof ch.qos.logback.classic.Logger root) {
      root.setLevel(Level.WARN);
    }
  }

  private void run(PrintWriter out, Vertx vertx, Instance instance, DemoStage stage)
      throws InterruptedException {
    DemoScreen screen = new DemoScreen(out, CommandLine.Help.Ansi.AUTO.enabled());
    screen.welcome(challenger, instance.proxyPort(), instance.adminPort());
    DemoTraffic traffic = new DemoTraffic(vertx, instance.proxyPort());
    CountDownLatch decided = new CountDownLatch(1);
    Decision.CHANNEL.subscribe(
        vertx.eventBus(),
        decision -> {
          screen.decision(decision, traffic);
          decided.countDown();
        });
    traffic.start();
    vertx.setPeriodic(
        REPORT_PERIOD.toMillis(),
        timer ->
            Queries.STATUS
                .request(vertx.eventBus(), new Queries.Status(), Queries.StatusReport.class)
                .onSuccess(report -> screen.progress(report.routes().get(0), traffic))
                // The one failure there can be is that the demo is ending.
                .onFailure(ending -> vertx.cancelTimer(timer)));
    decided.await();
    if (challenger == Challenger.BAD) {
      screen.alert(stage.alerts().poll(ALERT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    }
    if (exitAfterDecision) {
      traffic.stop();
      return;
    }
    screen.stays(instance.adminPort());
    new CountDownLatch(1).await();
  }

  private static void end(Instance instance, DemoStage stage, Vertx vertx, Path state) {
    Shutdown.stopInOrder(
        () -> instance.stop().compose(done -> stage.stop()), vertx, instance.grace());
    DemoStage.delete(state);
  }

  /** The port asked for; else the usual one; else, that being taken, any. */
  private static int port(@Nullable Integer asked, int usual) {
    if (asked != null) {
      return asked;
    }
    try (ServerSocket probe = new ServerSocket(usual, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException taken) {
      return 0;
    }
  }
}
