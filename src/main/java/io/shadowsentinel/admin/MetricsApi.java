package io.shadowsentinel.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The scrape: Prometheus text 0.0.4, or OpenMetrics where the scraper asks for it. */
final class MetricsApi {
  static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry;

  MetricsApi(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  void scrape(RoutingContext ctx) {
    String type = typeFor(ctx.request().getHeader("Accept"));
    Answers.made(ctx, 200, type, () -> registry.scrape(type).getBytes(StandardCharsets.UTF_8));
  }

  /** What a scraper can read. Prometheus names OpenMetrics first whenever it can read it. */
  static String typeFor(@Nullable String accept) {
    boolean open =
        accept != null && accept.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
    return open ? OPEN_METRICS : TEXT;
  }
}
