package io.shadowsentinel.cli;

import ch.qos.logback.classic.Level;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.app.Instance;
import io.shadowsentinel.app.Metrics;
import io.shadowsentinel.app.Shutdown;
import io.shadowsentinel.app.Wiring;
import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.config.ListenSettings;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.decide.DecideSettings;
import io.shadowsentinel.decide.ForcedRollback;
import io.shadowsentinel.table.Model;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sentinel replay}: sends a recording through a route of a config, in a proxy of its own,
 * and tells how the two models agree on it. The config's listener, state and alerts are not used.
 */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = "Sends recorded requests through a route, and tells how the two models agree.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the agreement is at or over the route's minAgreement",
      "1:it is under it, or nothing could be rated",
      "2:the config or a line of the recording is not valid",
      "3:the champion or the challenger cannot be reached"
    })
final class ReplayCommand implements Callable<Integer> {
  private static final int UNREACHABLE = 3;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE.jsonl",
      description =
          "One JSON object a line: method, path, headers, body (a string or JSON) or bodyBase64.")
  private @Nullable Path input;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The config: YAML, or JSON when its name ends in .json.")
  private @Nullable Path configFile;

  @Option(
      names = "--route",
      paramLabel = "NAME",
      description = "Needed where more than one route has a challenger.")
  private @Nullable String routeName;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Requests a second, at most; as fast as they are answered if left out.")
  private double rate;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Requests at once, at most; also half the route's maxInFlight (default:"
              + " ${DEFAULT-VALUE}).")
  private int concurrency = 16;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Keep decisions, evidence and conflicts there; else they are thrown away.")
  private @Nullable Path state;

  @Option(names = "--skip-bad-lines", description = "Report lines that hold no request, and go on.")
  private boolean skipBadLines;

  @Option(
      names = "--all",
      description = "Send all lines and decide nothing; else a decision ends the replay.")
  private boolean all;

  @Override
  public Integer call() throws Exception {
    if (spec == null || input == null || configFile == null) {
      throw new IllegalStateException("not run by picocli");
    }
    CommandLine line = spec.commandLine();
    PrintWriter err = line.getErr();
    if (concurrency < 1 || concurrency > 10_000) {
      throw usage("--concurrency: " + concurrency + " (expected 1..10000)");
    }
    if (rate < 0 || !Double.isFinite(rate)) {
      throw usage("--rate: " + rate + " (expected more than 0)");
    }
    if (!Files.isReadable(input) || Files.isDirectory(input)) {
      throw usage("--input: " + input + " (expected a file that can be read)");
    }
    ConfigResult result = ConfigLoader.load(configFile, System::getenv);
    if (result instanceof ConfigResult.Rejected rejected) {
      rejected.faults().forEach(err::println);
      return CommandFaults.BAD_INPUT;
    }
    SentinelConfig config = ((ConfigResult.Loaded) result).config();
    RouteConfig route = route(config);
    Model challenger = route.spec().challenger();
    for (Model model :
        challenger == null ? List.<Model>of() : List.of(route.spec().champion(), challenger)) {
      if (model.urls().stream().noneMatch(url -> reachable(url, route.spec().connectTimeout()))) {
        err.println("sentinel replay: no connection to " + model.name() + " at " + model.urls());
        return UNREACHABLE;
      }
    }
    return replay(input, config, route, line);
  }

  private RouteConfig route(SentinelConfig config) {
    List<RouteConfig> routes =
        config.routes().stream().filter(each -> each.spec().challenger() != null).toList();
    List<String> names = routes.stream().map(each -> each.spec().name()).toList();
    if (routes.isEmpty()) {
      throw usage("no route of " + configFile + " has a challenger");
    }
    if (routeName == null && routes.size() > 1) {
      throw usage("--route: missing (expected one of " + String.join(", ", names) + ")");
    }
    return routes.stream()
        .filter(each -> routeName == null || each.spec().name().equals(routeName))
        .findFirst()
        .orElseThrow(
            () ->
                usage(
                    "--route: "
                        + routeName
                        + " (expected one of "
                        + String.join(", ", names)
                        + ")"));
  }

  private CommandLine.ParameterException usage(String what) {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }

  private static boolean reachable(URI url, Duration timeout) {
    boolean secure = url.getScheme().equals("https");
    int port = url.getPort() == -1 ? (secure ? 443 : 80) : url.getPort();
    String host = url.getHost().replaceAll("^\\[|]$", "");
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) Math.min(60_000, timeout.toMillis()));
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private int replay(Path file, SentinelConfig config, RouteConfig route, CommandLine line)
      throws Exception {
    quietLogs();
    Path directory = state == null ? Files.createTempDirectory("sentinel-replay-") : state;
    PrometheusMeterRegistry registry = Metrics.registry();
    Vertx vertx = Metrics.vertx(registry);
    try {
      Instance instance =
          Instance.start(vertx, registry, embedded(config, directory), ForcedRollback.NONE).await();
      Thread hook = new Thread(() -> end(instance, vertx, directory), "end-replay");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        int places = Math.max(1, Math.min(concurrency, route.spec().mirror().maxInFlight() / 2));
        ReplayRun.Plan plan =
            new ReplayRun.Plan(
                file, Wiring.routes(config).routes(), route, places, rate, skipBadLines);
        ReplayScreen screen = new ReplayScreen(line.getOut(), CommandLine.Help.Ansi.AUTO.enabled());
        return new ReplayRun(plan, instance, screen, line.getErr()).run();
      } finally {
        Runtime.getRuntime().removeShutdownHook(hook);
        end(instance, vertx, directory);
      }
    } finally {
      vertx.close().await();
    }
  }

  /** The config with what is the replay's own: no port and no alert of the real one. */
  private SentinelConfig embedded(SentinelConfig config, Path directory) {
    return new SentinelConfig(
        new ListenSettings(
            "127.0.0.1", 0, null, config.listen().forwardedHeaders(), config.listen().limits()),
        new AdminConfig("127.0.0.1", 0, null, null),
        directory,
        config.shutdown(),
        config.routes().stream().map(this::rule).toList(),
        List.of());
  }

  private RouteConfig rule(RouteConfig route) {
    DecideSettings rule = route.decide();
    return new RouteConfig(
        route.spec(),
        route.compare(),
        new DecideSettings(rule.minRequests(), rule.minAgreement(), rule.auto() && !all));
  }

  private void end(Instance instance, Vertx vertx, Path directory) {
    Shutdown.stopInOrder(instance::stop, vertx, instance.grace());
    if (state == null) {
      DemoStage.delete(directory);
    }
  }

  /** The replay tells on its own screen what the log would tell, unless a level is asked for. */
  private static void quietLogs() {
    if (System.getenv("SENTINEL_LOG_LEVEL") == null
        && LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
            instanceof ch.qos.logback.classic.Logger root) {
      root.setLevel(Level.WARN);
    }
  }
}
