package io.shadowsentinel.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Calls of the admin port that were turned away, by why.
 *
 * @param unauthorized without a token, or with a wrong one
 * @param forbidden with a viewer's token, where it takes an operator's
 * @param slowed not looked at, after too many wrong tokens
 * @param host by a name that is not this machine's
 * @param origin from another web page
 */
record GuardMeters(
    Counter unauthorized, Counter forbidden, Counter slowed, Counter host, Counter origin) {

  static GuardMeters of(MeterRegistry registry) {
    return new GuardMeters(
        refused(registry, "unauthorized"),
        refused(registry, "forbidden"),
        refused(registry, "rate_limited"),
        refused(registry, "host"),
        refused(registry, "origin"));
  }

  private static Counter refused(MeterRegistry registry, String reason) {
    return Counter.builder("shadow.sentinel.admin.refused")
        .description("Calls of the admin port that were turned away")
        .tag("reason", reason)
        .register(registry);
  }
}
