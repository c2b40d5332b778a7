package io.shadowsentinel.app;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;

/** One registry for a process, and the Vert.x that reports to it. */
public final class Metrics {
  private static final long NAME_TIMEOUT_MILLIS = 1_000;
  private static final int HOSTS_REFRESH = 2_000;

  private Metrics() {}

  public static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // Their names break Prometheus's rules, and promtool says so.
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
        .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    LogSetup.bindTo(registry);
    return registry;
  }

  /**
   * A Vert.x on the platform's own transport where that loads. It reports its worker pools only:
   * the requests are counted by the proxy itself, by route, and once is enough on the hot path.
   */
  public static Vertx vertx(PrometheusMeterRegistry registry) {
    MicrometerMetricsOptions metrics =
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .addDisabledMetricsCategory(MetricsDomain.HTTP_SERVER)
            .addDisabledMetricsCategory(MetricsDomain.HTTP_CLIENT)
            .addDisabledMetricsCategory(MetricsDomain.NET_SERVER)
            .addDisabledMetricsCategory(MetricsDomain.NET_CLIENT)
            .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
            .addDisabledMetricsCategory(MetricsDomain.DATAGRAM_SOCKET);
    // Nothing here is read by Vert.x from the class path, and a cache for that needs a place to
    // write.
    FileSystemOptions files =
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setMetricsOptions(metrics)
                .setFileSystemOptions(files)
                .setAddressResolverOptions(names()))
        .withMetrics(new MicrometerMetricsFactory(registry))
        .build();
  }

  /** How names are looked up, which is for each connection that is made. */
  public static AddressResolverOptions names() {
    return new AddressResolverOptions()
        // Everyone who needs a name waits for the question that was asked first: one that was lost
        // must not hold them for the 5 s that are usual.
        .setQueryTimeout(NAME_TIMEOUT_MILLIS)
        // Else the hosts file is read once, and a container that is moved is lost until a restart.
        // Vert.x 5.0 takes this for nanoseconds, so the file is read for each new connection, where
        // its documentation has milliseconds: it is to be short in both.
        .setHostsRefreshPeriod(HOSTS_REFRESH);
  }
}
