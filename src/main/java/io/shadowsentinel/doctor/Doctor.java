package io.shadowsentinel.doctor;

import io.shadowsentinel.app.Wiring;
import io.shadowsentinel.config.AlertConfig;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.doctor.Finding.Level;
import io.shadowsentinel.recorded.RecordedRequest;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.text.Printable;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsMaterial;
import io.shadowsentinel.tls.TlsSettings;
import io.shadowsentinel.tls.TlsUse;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that {@code sentinel doctor} looks at, in order. Upstreams are asked side by side. */
public final class Doctor {
  private static final int AT_ONCE = 8;

  private final SentinelConfig config;
  private final Map<String, RecordedRequest> probes;
  private final Duration atMost;
  private final Clock clock;

  public Doctor(
      SentinelConfig config, Map<String, RecordedRequest> probes, Duration atMost, Clock clock) {
    this.config = config;
    this.probes = Map.copyOf(probes);
    this.atMost = atMost;
    this.clock = clock;
  }

  /**
   * Looks at all of it. Blocks.
   *
   * @param connections of users at once that are expected
   * @param ofCommands the token that commands would show, or null
   */
  public List<Finding> findings(long connections, @Nullable String ofCommands)
      throws InterruptedException, ExecutionException {
    List<Finding> findings = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try (DoctorClient client = new DoctorClient()) {
      List<Duration> ahead = new ArrayList<>();
      for (Future<UpstreamCheck.Result> each : threads.invokeAll(upstreams(client))) {
        findings.addAll(each.get().findings());
        Duration difference = each.get().ahead();
        if (difference != null) {
          ahead.add(difference);
        }
      }
      for (Future<Finding> each : threads.invokeAll(formats(client))) {
        findings.add(each.get());
      }
      for (Future<Finding> each : threads.invokeAll(receivers())) {
        findings.add(each.get());
      }
      findings.add(HostCheck.clock(ahead));
    } finally {
      threads.shutdownNow();
    }
    StateCheck state = new StateCheck(config.stateDirectory());
    String holder = state.holder();
    findings.addAll(state.findings(holder));
    findings.addAll(certificates());
    findings.addAll(HostCheck.ports(config, holder));
    findings.add(HostCheck.token(config.admin(), ofCommands));
    findings.add(HostCheck.files(HostCheck.maxFiles(), connections));
    return findings;
  }

  private List<Callable<UpstreamCheck.Result>> upstreams(DoctorClient client) {
    UpstreamCheck check = new UpstreamCheck(client, clock, atMost);
    List<Callable<UpstreamCheck.Result>> all = new ArrayList<>();
    for (RouteConfig route : config.routes()) {
      ask(check, route, "champion", route.spec().champion(), all);
      Model challenger = route.spec().challenger();
      if (challenger != null) {
        ask(check, route, "challenger", challenger, all);
      }
    }
    return all;
  }

  private static void ask(
      UpstreamCheck check,
      RouteConfig route,
      String role,
      Model model,
      List<Callable<UpstreamCheck.Result>> all) {
    for (URI url : model.urls()) {
      all.add(() -> check.check(route, role, model, url));
    }
  }

  private List<Callable<Finding>> formats(DoctorClient client) {
    ProbeCheck check = new ProbeCheck(client, atMost);
    List<Callable<Finding>> all = new ArrayList<>();
    for (RouteConfig route : config.routes()) {
      String name = route.spec().name();
      RecordedRequest probe = probes.get(name);
      all.add(
          probe != null
              ? () -> check.check(route, probe)
              : () ->
                  Finding.note(
                      "format",
                      "route " + name,
                      "not looked at",
                      "--probe FILE with a recorded request for this route shows whether answers"
                          + " can be read"));
    }
    return all;
  }

  /** The certificates that the proxy itself shows, to users and to servers. */
  private List<Finding> certificates() {
    List<Finding> findings = new ArrayList<>();
    Stream.concat(Wiring.listenersTls(config).stream(), Wiring.clientsTls(config).stream())
        .map(TlsUse::settings)
        .filter(settings -> settings.cert() != null)
        .distinct()
        .forEach(settings -> findings.add(certificate(settings, clock.instant())));
    return findings;
  }

  private static Finding certificate(TlsSettings settings, Instant now) {
    String check = "tls";
    String subject = String.valueOf(settings.cert());
    try {
      Instant ends = TlsMaterial.load(settings, now).expiresAt();
      if (ends == null) {
        return Finding.note(check, subject, "holds no certificate", "look at the file");
      }
      String seen = "valid until " + ends;
      return ends.isBefore(now.plus(Connecting.CERTIFICATE_WARNING))
          ? Finding.warn(
              check,
              subject,
              seen,
              "renew it before then; a new file in its place is taken up without a restart")
          : Finding.ok(check, subject, seen);
    } catch (TlsFault fault) {
      return Finding.fail(
          check, subject, Printable.describe(fault), "put a valid certificate and its key there");
    }
  }

  private List<Callable<Finding>> receivers() {
    List<Callable<Finding>> all = new ArrayList<>();
    for (AlertConfig alert : config.alerts()) {
      URI url = alert.url();
      // The path and the user of the URL are secrets.
      String subject = alert.type().label() + " " + url.getScheme() + "://" + url.getHost();
      all.add(() -> Connecting.to("alerts", subject, url, alert.tls(), atMost, Level.WARN, clock));
    }
    return all;
  }
}
