package io.shadowsentinel.cli;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.app.Instance;
import io.shadowsentinel.app.Metrics;
import io.shadowsentinel.app.Shutdown;
import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.config.ConfigWatcher;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.decide.ForcedRollback;
import io.shadowsentinel.decide.StateFault;
import io.shadowsentinel.text.Printable;
import io.shadowsentinel.tls.TlsFault;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sentinel run}: the proxy, until the process is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Starts the proxy.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"2:the config is not valid, or something it names cannot be had"})
final class RunCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The config: YAML, or JSON when its name ends in .json. Watched for changes.")
  private @Nullable Path file;

  @Option(
      names = "--force-rollback",
      paramLabel = "ROUTE",
      arity = "0..1",
      fallbackValue = "",
      description = "Start with this route rolled back; all routes if none is named.")
  private @Nullable String forceRollback;

  @Override
  public Integer call() {
    if (spec == null || file == null) {
      throw new IllegalStateException("not run by picocli");
    }
    PrintWriter err = spec.commandLine().getErr();
    ConfigResult result = ConfigLoader.load(file, System::getenv);
    if (result instanceof ConfigResult.Rejected rejected) {
      rejected.faults().forEach(err::println);
      return CommandFaults.BAD_INPUT;
    }
    ConfigResult.Loaded loaded = (ConfigResult.Loaded) result;
    PrometheusMeterRegistry registry = Metrics.registry();
    Vertx vertx = Metrics.vertx(registry);
    try {
      Instance instance = start(vertx, registry, loaded.config());
      ConfigWatcher watcher =
          ConfigWatcher.start(file, System::getenv, loaded.contentHash(), instance::reloaded);
      Shutdown.await(
          () -> {
            watcher.close();
            return instance.stop();
          },
          vertx,
          instance::grace,
          Main::halt);
      return 0;
    } catch (Exception e) {
      err.println("sentinel run: " + Printable.describe(e));
      vertx.close();
      return CommandFaults.BAD_INPUT;
    }
  }

  private Instance start(Vertx vertx, PrometheusMeterRegistry registry, SentinelConfig config)
      throws StateFault, TlsFault {
    Instance instance = Instance.start(vertx, registry, config, forced()).await().announceReloads();
    log.info(
        "listening on {}:{}, admin on {}://{}:{}, {} route(s), {} transport",
        config.listen().host(),
        instance.proxyPort(),
        config.admin().tls() == null ? "http" : "https",
        config.admin().host(),
        instance.adminPort(),
        config.routes().size(),
        vertx.isNativeTransportEnabled() ? "native" : "NIO");
    return instance;
  }

  private ForcedRollback forced() {
    if (forceRollback == null) {
      return ForcedRollback.NONE;
    }
    return forceRollback.isEmpty() ? ForcedRollback.ALL : ForcedRollback.of(forceRollback);
  }
}
