package io.shadowsentinel.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what operators ask for, and tells the log of what was refused, by whom and from where.
 * What was done stands in the decision log. On the event loop.
 */
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final int MAX_CHARS = 300;

  /** Anyone may cause a line about somebody unknown: one in that time. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final MeterRegistry registry;
  private final LongSupplier nanoTime;
  private long nextLineNanos;
  private long leftOut;
  private boolean started;

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  Audit(MeterRegistry registry, LongSupplier nanoTime) {
    this.registry = registry;
    this.nanoTime = nanoTime;
  }

  /** Follows a call to its answer. */
  void follow(RoutingContext ctx, String action) {
    ctx.addBodyEndHandler(ended -> answered(ctx, action));
    ctx.next();
  }

  private void answered(RoutingContext ctx, String action) {
    int status = ctx.response().getStatusCode();
    count(action, status);
    if (status == 200) {
      return;
    }
    Caller caller = Caller.of(ctx);
    String route = ctx.pathParam("name");
    Problem problem = Answers.problemOf(ctx);
    String line =
        shown(
            "%s of route %s by %s from %s was refused with %d: %s"
                .formatted(
                    action,
                    route,
                    caller.name() == null ? "somebody" : caller.name(),
                    caller.address(),
                    status,
                    // What is wrong with a body may quote it, and bodies are in no log.
                    problem == null || result(status).equals("invalid") ? "" : problem.detail()));
    if (caller.name() != null) {
      LOG.warn("{}", line);
    } else {
      warnOfAnyone(line);
    }
  }

  /** A token that is nobody's was shown. */
  void wrongToken(String address) {
    warnOfAnyone("a wrong token from " + address);
  }

  private void warnOfAnyone(String line) {
    long now = nanoTime.getAsLong();
    if (started && now - nextLineNanos < 0) {
      leftOut++;
      return;
    }
    LOG.warn("{} ({} more like it since the last of these lines)", line, leftOut);
    started = true;
    leftOut = 0;
    nextLineNanos = now + QUIET_NANOS;
  }

  private void count(String action, int status) {
    Counter.builder("shadow.sentinel.admin.actions")
        .description("Actions that were asked for at the admin port, by what became of them")
        .tags("action", action, "result", result(status))
        .register(registry)
        .increment();
  }

  private static String result(int status) {
    return switch (status) {
      case 200 -> "done";
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "no_such_route";
      case 409 -> "refused";
      case 429 -> "rate_limited";
      case 503 -> "unavailable";
      default -> status >= 500 ? "failed" : "invalid";
    };
  }

  /** What a caller sent must not be able to steer a terminal, nor fill a disk. */
  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + "...";
  }
}
