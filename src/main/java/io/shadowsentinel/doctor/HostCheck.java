package io.shadowsentinel.doctor;

import com.sun.management.UnixOperatingSystemMXBean;
import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the machine has to offer: file descriptors, ports, a clock, the token of the commands. */
final class HostCheck {
  /** A clock that is off by less is not worth a word. */
  static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

  /** Descriptors of the program itself: jar, log, state, event loops, dashboards. */
  private static final long OWN_FILES = 200;

  /** A user's connection, its champion's and its challenger's. */
  private static final long FILES_PER_CONNECTION = 3;

  private HostCheck() {}

  /** How many files this process may open, as would the proxy; 0 where that cannot be told. */
  static long maxFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : 0;
  }

  /**
   * The finding on file descriptors.
   *
   * @param connections of users at once that are expected
   */
  static Finding files(long max, long connections) {
    String check = "files";
    String subject = "ulimit -n";
    if (max <= 0) {
      return Finding.note(check, subject, "cannot be told on this system", "look at ulimit -n");
    }
    long needed = FILES_PER_CONNECTION * connections + OWN_FILES;
    long enoughFor = Math.max(0, (max - OWN_FILES) / FILES_PER_CONNECTION);
    String seen = max + " open files, enough for " + enoughFor + " connections of users";
    return max >= needed
        ? Finding.ok(check, subject, seen)
        : Finding.warn(
            check,
            subject,
            seen + " (expected " + connections + ")",
            "raise it to "
                + needed
                + ": ulimit -Hn, LimitNOFILE= of the systemd unit, --ulimit nofile= of the"
                + " container");
  }

  /**
   * The finding on a port to listen on.
   *
   * @param instance what runs on the state directory already; null when nothing does
   */
  static Finding port(String name, String host, int port, @Nullable String instance) {
    String check = "ports";
    String subject = name + " " + host + ":" + port;
    if (port == 0) {
      return Finding.note(
          check, subject, "any free port is taken", "set a port, so that others can find it");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      return Finding.ok(check, subject, "free");
    } catch (BindException e) {
      String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      if (why.contains("permission")) {
        return Finding.fail(
            check,
            subject,
            "this user may not listen there",
            "take a port from 1024 on, or give the process CAP_NET_BIND_SERVICE");
      }
      if (why.contains("assign")) {
        return Finding.fail(
            check, subject, "no address of this machine", "set " + name + ".host to one that is");
      }
      return instance != null
          ? Finding.ok(check, subject, "taken, it seems by the instance that runs: " + instance)
          : Finding.fail(
              check,
              subject,
              "taken by another program",
              "stop it, or set another " + name + ".port; ss -ltnp shows who it is");
    } catch (IOException | IllegalArgumentException e) {
      return Finding.fail(
          check,
          subject,
          Printable.describe(e),
          "set " + name + ".host to an address of this machine");
    }
  }

  /** The finding on the admin token: that of the config, and that which commands would show. */
  static Finding token(AdminConfig admin, @Nullable String ofCommands) {
    String check = "token";
    String subject = "admin.token";
    String variable = AdminConfig.TOKEN_VARIABLE;
    if (admin.token() == null && admin.tokens().isEmpty()) {
      return Finding.ok(
          check, subject, "none: whoever is on this machine may promote and roll back");
    }
    if (ofCommands == null || ofCommands.isEmpty()) {
      return Finding.note(
          check,
          subject,
          "set, and " + variable + " is not",
          "commands such as rollback need that variable, or --token-file FILE");
    }
    boolean operators =
        ofCommands.equals(admin.token())
            || admin.tokens().stream()
                .anyMatch(each -> each.operator() && ofCommands.equals(each.value()));
    if (operators) {
      return Finding.ok(check, subject, "set, and " + variable + " is one that allows to act");
    }
    boolean inFiles = admin.tokens().stream().anyMatch(each -> each.file() != null);
    return inFiles
        ? Finding.note(
            check,
            subject,
            variable + " is not in the config; it may be in one of the token files",
            "sentinel status --token-file FILE tells whether a token is known")
        : Finding.warn(
            check,
            subject,
            variable + " is none of the config's that allow to act",
            "commands such as rollback will be refused here: correct the variable, or use"
                + " --token-file FILE");
  }

  /**
   * The finding on the clock.
   *
   * @param ahead how far the upstreams' clocks are ahead of this one
   */
  static Finding clock(List<Duration> ahead) {
    String check = "clock";
    String subject = "this machine";
    if (ahead.isEmpty()) {
      return Finding.note(
          check, subject, "no upstream told the time", "see that an NTP client runs here");
    }
    List<Duration> sorted = ahead.stream().sorted().toList();
    Duration median = sorted.get(sorted.size() / 2);
    String seen =
        String.format(
            Locale.ROOT,
            "%.1f s %s, by %d answer(s)",
            Math.abs(median.toMillis()) / 1e3,
            median.isNegative() ? "ahead of the upstreams" : "behind the upstreams",
            sorted.size());
    return median.abs().compareTo(CLOCK_TOLERANCE) <= 0
        ? Finding.ok(check, subject, seen)
        : Finding.warn(
            check,
            subject,
            seen,
            "one of the two is wrong, and the decision log would not fit other logs: see that an"
                + " NTP client runs on both");
  }

  /** Both ports of a config. */
  static List<Finding> ports(SentinelConfig config, @Nullable String instance) {
    return List.of(
        port("listen", config.listen().host(), config.listen().port(), instance),
        port("admin", config.admin().host(), config.admin().port(), instance));
  }
}
