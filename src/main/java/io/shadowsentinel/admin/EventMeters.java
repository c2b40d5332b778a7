package io.shadowsentinel.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** What became of the listeners of the event stream. */
final class EventMeters {
  private static final String STREAMS = "shadow.sentinel.admin.event.streams";

  final Counter opened;
  final Counter refused;
  final Counter tooSlow;
  final Counter updatesSkipped;

  /**
   * @param clients how many listen now
   */
  EventMeters(MeterRegistry registry, Supplier<Number> clients) {
    opened = streams(registry, "opened");
    refused = streams(registry, "refused");
    tooSlow = streams(registry, "too_slow");
    updatesSkipped =
        Counter.builder("shadow.sentinel.admin.route.updates.skipped")
            .description("Route updates not sent to a listener that did not keep up")
            .register(registry);
    Gauge.builder("shadow.sentinel.admin.event.clients", clients)
        .description("Listeners of the event stream")
        .register(registry);
  }

  private static Counter streams(MeterRegistry registry, String result) {
    return Counter.builder(STREAMS)
        .description("Listeners of the event stream, by what became of them")
        .tag("result", result)
        .register(registry);
  }
}
