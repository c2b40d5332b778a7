package io.shadowsentinel.cli;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.app.Instance;
import io.shadowsentinel.app.Metrics;
import io.shadowsentinel.app.Shutdown;
import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.decide.ForcedRollback;
import io.shadowsentinel.decide.StateFault;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.tls.TlsFault;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The product in this process, all of it but for the watch of its config file: a test reads the
 * file again whenever it likes, and knows when that has taken effect.
 */
public final class Embedded implements AutoCloseable {
  private final PrometheusMeterRegistry registry = Metrics.registry();
  private final Vertx vertx = Metrics.vertx(registry);
  private final Path config;
  private final Instance instance;

  private Embedded(Path config) {
    this.config = config;
    ConfigResult.Loaded loaded = (ConfigResult.Loaded) read();
    try {
      instance =
          Instance.start(vertx, registry, loaded.config(), ForcedRollback.NONE)
              .await(60, TimeUnit.SECONDS)
              .announceReloads();
    } catch (StateFault | TlsFault | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts with a config, which must be valid. */
  public static Embedded start(Path config) {
    return new Embedded(config);
  }

  public int port() {
    return instance.proxyPort();
  }

  public int adminPort() {
    return instance.adminPort();
  }

  /** Has every event loop of Vert.x do something, and waits for none. */
  public void onEveryLoop(Runnable task) {
    ((VertxInternal) vertx).eventLoopGroup().forEach(loop -> loop.execute(task));
  }

  /** Reads the config again, and returns when it is applied or refused: true when applied. */
  public boolean reload() {
    return reload(read());
  }

  /** Takes what a reading of the config came to, whatever that is. */
  boolean reload(ConfigResult result) {
    double applied = reloads("applied");
    double before = applied + reloads("refused");
    instance.reloaded(result);
    Await.until(
        "the config is applied or refused",
        Duration.ofSeconds(30),
        () -> reloads("applied") + reloads("refused") > before);
    return reloads("applied") > applied;
  }

  private double reloads(String result) {
    return registry.get("shadow.sentinel.config.reloads").tag("result", result).counter().count();
  }

  private ConfigResult read() {
    return ConfigLoader.load(config, System::getenv);
  }

  /** The sum of a meter's values over all its tags; 0 when there is none. */
  public double sum(String meter) {
    return registry.find(meter).meters().stream()
        .mapToDouble(m -> m.measure().iterator().next().getValue())
        .sum();
  }

  /** How many meters there are of a name. */
  public int series(String meter) {
    return registry.find(meter).meters().size();
  }

  @Override
  public void close() {
    Shutdown.stopInOrder(instance::stop, vertx, instance.grace());
  }
}
