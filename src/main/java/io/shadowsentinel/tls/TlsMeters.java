package io.shadowsentinel.tls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.shadowsentinel.tls.TlsUse.Purpose;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The meters of certificates. Any thread. */
final class TlsMeters {
  private final MeterRegistry registry;
  private final MultiGauge expiry;

  /** One series of the gauge. */
  record Certificate(Purpose purpose, Path file) {}

  TlsMeters(MeterRegistry registry) {
    this.registry = registry;
    this.expiry =
        MultiGauge.builder("shadow.sentinel.certificate.expiry.timestamp")
            .description("When the first certificate of the file ends, in seconds since 1970")
            .baseUnit("seconds")
            .register(registry);
  }

  /** Shows exactly these from now on. */
  void certificates(Map<Certificate, Instant> expiries) {
    Map<Certificate, Instant> shown = new LinkedHashMap<>(expiries);
    expiry.register(
        shown.entrySet().stream()
            .map(
                each ->
                    MultiGauge.Row.of(
                        Tags.of(
                            "use",
                            each.getKey().purpose().label(),
                            "file",
                            each.getKey().file().toString()),
                        each.getValue().getEpochSecond()))
            .toList(),
        true);
  }

  /** Makes both series of a use appear, so that a rate is there before the first change. */
  void announce(Purpose purpose) {
    counter(purpose, true);
    counter(purpose, false);
  }

  /** Files changed, and were taken up or not. */
  void reloaded(Purpose purpose, boolean applied) {
    counter(purpose, applied).increment();
  }

  private Counter counter(Purpose purpose, boolean applied) {
    return Counter.builder("shadow.sentinel.certificate.reloads")
        .description("Changes of certificate files, by what became of them")
        .tag("use", purpose.label())
        .tag("result", applied ? "applied" : "refused")
        .register(registry);
  }
}
