package io.shadowsentinel.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.shadowsentinel.decide.Queries;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Liveness and readiness. A state directory that cannot be written makes the process degraded, not
 * unready: it still serves users as it did. On the event loop.
 */
final class HealthApi {

  private static final String OK = "ok";
  private static final String FAILED = "failed";

  private final DecisionClient decisions;
  private final Readiness readiness;
  private final Liveness liveness;

  HealthApi(DecisionClient decisions, Readiness readiness, Liveness liveness) {
    this.decisions = decisions;
    this.readiness = readiness;
    this.liveness = liveness;
  }

  /**
   * What a probe is told.
   *
   * @param status {@code live}, {@code stuck}, {@code ready}, {@code degraded} or {@code not_ready}
   */
  record Health(String status, List<Check> checks) {}

  /**
   * One thing that was looked at.
   *
   * @param status {@code ok}, {@code degraded} or {@code failed}
   * @param detail why, unless ok
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Check(String name, String status, @Nullable String detail) {}

  /** Whether the event loops answer is all there is to see; this one does. */
  void live(RoutingContext ctx) {
    List<String> stuck = liveness.stuck();
    if (!stuck.isEmpty()) {
      List<Check> checks = stuck.stream().map(why -> new Check("event-loop", FAILED, why)).toList();
      send(ctx, 503, new Health("stuck", checks));
      return;
    }
    send(ctx, 200, new Health("live", List.of(new Check("event-loop", OK, null))));
  }

  void ready(RoutingContext ctx) {
    decisions
        .status()
        .onComplete(report -> answer(ctx, checks(report)), fault -> answer(ctx, noTable(fault)));
  }

  private List<Check> checks(Queries.StatusReport report) {
    List<Check> checks = new ArrayList<>(reasons());
    checks.add(new Check("routing", OK, null));
    checks.add(
        report.storageFault() == null
            ? new Check("storage", OK, null)
            : new Check("storage", "degraded", report.storageFault()));
    return checks;
  }

  private List<Check> noTable(Throwable fault) {
    List<Check> checks = new ArrayList<>(reasons());
    checks.add(new Check("routing", FAILED, fault.getMessage()));
    return checks;
  }

  private List<Check> reasons() {
    return readiness.reasons().stream()
        .map(reason -> new Check(reason.check(), FAILED, reason.why()))
        .toList();
  }

  private static void answer(RoutingContext ctx, List<Check> checks) {
    if (checks.stream().anyMatch(check -> check.status().equals(FAILED))) {
      send(ctx, 503, new Health("not_ready", checks));
    } else {
      boolean ok = checks.stream().allMatch(check -> check.status().equals(OK));
      send(ctx, 200, new Health(ok ? "ready" : "degraded", checks));
    }
  }

  private static void send(RoutingContext ctx, int status, Health health) {
    Answers.send(ctx, status, Answers.JSON, Buffer.buffer(AdminJson.bytes(health)));
  }
}
