package io.shadowsentinel.alert;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what becomes of alerts. Any thread. */
final class AlertMetrics {

  /** What became of an alert, or of one attempt. */
  enum Result {
    DELIVERED,
    /** An attempt failed and there will be another. */
    RETRIED,
    /** It was too old, or the outbox was full. */
    GIVEN_UP,
    /** Its channel was taken out of the config. */
    DROPPED
  }

  private final MeterRegistry registry;
  private final AtomicInteger pending = new AtomicInteger();
  private final Gauge gauge;

  AlertMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.gauge =
        Gauge.builder("shadow.sentinel.alerts.pending", pending, AtomicInteger::get)
            .description("Alerts in the outbox that are not delivered yet")
            .register(registry);
  }

  /** Makes the series of a route and a channel type appear, at 0. */
  void announce(String route, String type) {
    for (Result result : Result.values()) {
      counter(route, type, result);
    }
  }

  void count(OutboxEntry entry, Result result) {
    counter(entry.route(), entry.type(), result).increment();
  }

  void pending(int entries) {
    pending.set(entries);
  }

  /** Takes the gauge away, so that the next owner of the outbox can register its own. */
  void close() {
    registry.remove(gauge);
  }

  private Counter counter(String route, String type, Result result) {
    return Counter.builder("shadow.sentinel.alerts")
        .description("Alerts by what became of them: delivered, retried, given_up, dropped")
        .tag("route", route)
        .tag("type", type)
        .tag("result", result.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }
}
