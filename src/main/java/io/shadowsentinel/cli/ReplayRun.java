package io.shadowsentinel.cli;

import io.shadowsentinel.app.Instance;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.decide.Queries;
import io.shadowsentinel.decide.RouteStatus;
import io.shadowsentinel.recorded.BadLineException;
import io.shadowsentinel.recorded.LineReader;
import io.shadowsentinel.recorded.RecordedRequest;
import io.shadowsentinel.recorded.RecordedRequestParser;
import io.shadowsentinel.table.RouteIndex;
import io.shadowsentinel.table.RouteSpec;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One replay against a running instance, from the first line to the exit code. One thread. */
final class ReplayRun {
  private static final int MAX_LINE_BYTES = 64 << 20;
  private static final int MAX_CONFLICTS = 10_000;
  private static final int MAX_FAULTS_SHOWN = 100;
  private static final long REPORT_MILLIS = 500;
  private static final long SETTLE_POLL_MILLIS = 10;
  private static final int SETTLE_POLLS = 1_000;

  /**
   * What is to be replayed.
   *
   * @param routes of the config, in its order: the first that matches takes a request
   * @param concurrency requests and mirrors at once
   * @param perSecond 0 for as fast as they are answered
   */
  record Plan(
      Path input,
      List<RouteSpec> routes,
      RouteConfig route,
      int concurrency,
      double perSecond,
      boolean skipBadLines) {}

  private final Plan plan;
  private final RouteIndex<RouteSpec> routes;
  private final String name;
  private final Vertx vertx;
  private final ReplayScreen screen;
  private final PrintWriter err;
  private final ReplayTraffic traffic;
  private final AtomicReference<@Nullable Decision> decision = new AtomicReference<>();
  private volatile long bytesRead;
  private long otherRoutes;
  private long badLines;

  ReplayRun(Plan plan, Instance instance, ReplayScreen screen, PrintWriter err) {
    this.plan = plan;
    this.routes = RouteIndex.of(plan.routes(), RouteSpec::match);
    this.name = plan.route().spec().name();
    this.vertx = instance.vertx();
    this.screen = screen;
    this.err = err;
    this.traffic =
        new ReplayTraffic(
            vertx,
            instance.proxyPort(),
            plan.concurrency(),
            plan.perSecond(),
            () -> instance.mirrorsInFlight(name));
  }

  /** Replays. Blocks. */
  int run() throws IOException, InterruptedException {
    Decision.CHANNEL.subscribe(
        vertx.eventBus(),
        taken -> {
          if (taken.route().equals(name)) {
            decision.compareAndSet(null, taken);
          }
        });
    long size = Files.size(plan.input());
    long timer = vertx.setPeriodic(REPORT_MILLIS, unused -> report(size));
    boolean whole;
    try {
      whole = sendAll();
      traffic.drain();
    } finally {
      vertx.cancelTimer(timer);
    }
    if (!whole) {
      return CommandFaults.BAD_INPUT;
    }
    if (traffic.sent() == 0) {
      err.println(plan.input() + ": no request for route " + name);
      err.flush();
      return CommandFaults.BAD_INPUT;
    }
    return conclude(size);
  }

  private boolean sendAll() throws IOException, InterruptedException {
    try (InputStream in = Files.newInputStream(plan.input());
        LineReader lines = new LineReader(in, MAX_LINE_BYTES)) {
      byte[] line = lines.next();
      while (line != null && decision.get() == null) {
        bytesRead = lines.bytes();
        try {
          if (lines.isTooLong()) {
            throw new BadLineException("longer than " + MAX_LINE_BYTES + " bytes");
          }
          if (!isBlank(line)) {
            send(RecordedRequestParser.parse(line));
          }
        } catch (BadLineException e) {
          badLines++;
          if (badLines <= MAX_FAULTS_SHOWN) {
            err.println(plan.input() + ":" + lines.line() + ": " + e.getMessage());
            err.flush();
          }
          if (!plan.skipBadLines()) {
            return false;
          }
        }
        line = lines.next();
      }
    }
    return true;
  }

  private static boolean isBlank(byte[] line) {
    for (byte each : line) {
      if (each != ' ' && each != '\t' && each != '\r') {
        return false;
      }
    }
    return true;
  }

  private void send(RecordedRequest request) throws InterruptedException {
    RouteSpec route =
        routes.find(request.method(), request.host(), request.path(), request::header);
    if (route != null && route.name().equals(name)) {
      traffic.send(request);
    } else {
      otherRoutes++;
    }
  }

  private void report(long size) {
    Queries.STATUS
        .request(vertx.eventBus(), new Queries.Status(), Queries.StatusReport.class)
        .onSuccess(report -> screen.progress(bytesRead, size, traffic, evidence(report)))
        // The one failure there can be is that the replay is ending; the end tells all.
        .onFailure(ending -> {});
  }

  /** The experiment's evidence: what a decision rested on, and no watch that came after it. */
  private Evidence evidence(Queries.StatusReport report) {
    RouteStatus route =
        report.routes().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    RouteStatus.Trial trial = route.experiment();
    return trial == null ? Evidence.NONE : trial.evidence();
  }

  private int conclude(long size) {
    Evidence seen = settled();
    screen.progress(decision.get() == null ? size : bytesRead, size, traffic, seen);
    screen.summary(name, traffic, otherRoutes, badLines, seen);
    screen.conflicts(
        Queries.CONFLICTS
            .request(
                vertx.eventBus(),
                new Queries.Conflicts(name, MAX_CONFLICTS),
                Queries.ConflictList.class)
            .await()
            .conflicts(),
        seen.disagree() + seen.challengerError());
    screen.decision(decision.get());
    BigDecimal needed =
        plan.route().decide().minAgreement().multiply(BigDecimal.valueOf(seen.rated()));
    boolean agreed = seen.rated() > 0 && BigDecimal.valueOf(seen.agree()).compareTo(needed) >= 0;
    return agreed ? 0 : 1;
  }

  /** The evidence once nothing is in flight: batches are a few milliseconds on their way. */
  private Evidence settled() {
    Evidence seen = asked();
    for (int poll = 0; seen.inFlight() > 0 && poll < SETTLE_POLLS; poll++) {
      vertx.timer(SETTLE_POLL_MILLIS).await();
      seen = asked();
    }
    return seen;
  }

  private Evidence asked() {
    return evidence(
        Queries.STATUS
            .request(vertx.eventBus(), new Queries.Status(), Queries.StatusReport.class)
            .await());
  }
}
