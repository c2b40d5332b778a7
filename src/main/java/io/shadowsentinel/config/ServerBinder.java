package io.shadowsentinel.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Binds what is of the process as a whole: {@code listen}, {@code admin}, {@code state}, {@code
 * shutdown}.
 */
final class ServerBinder {
  private static final Path DEFAULT_STATE = Path.of("./state");
  private static final Duration MAX_GRACE = Duration.ofHours(1);

  private ServerBinder() {}

  static ListenSettings listen(Section section) {
    ListenSettings defaults = ListenSettings.DEFAULTS;
    ListenSettings settings =
        new ListenSettings(
            host(section, defaults.host()),
            port(section, defaults.port()),
            TlsBinder.listener(section),
            section.flag("forwardedHeaders", defaults.forwardedHeaders()),
            LimitsBinder.limits(section.child("limits")));
    section.end();
    return settings;
  }

  static AdminConfig admin(Section section, Faults faults) {
    AdminConfig defaults = AdminConfig.DEFAULTS;
    String host = host(section, defaults.host());
    int port = port(section, defaults.port());
    Value token = section.optional("token");
    Value tokens = section.optional("tokens");
    String single = token == null ? null : token(token, host);
    AdminConfig config =
        new AdminConfig(
            host,
            port,
            single,
            TlsBinder.listener(section),
            new AccessBinder(single).tokens(tokens),
            AccessBinder.reads(section.optional("readAccess"), defaults.readAccess()),
            AccessBinder.reads(section.optional("metricsAccess"), defaults.metricsAccess()),
            AccessBinder.hosts(section.optional("allowedHosts")));
    boolean told = token != null || (tokens != null && !tokens.isEmptyList());
    if (!told && !Hosts.isLoopback(host)) {
      faults.add(
          section.at(), section.pathOf("token") + ": missing (expected " + tokenFor(host) + ")");
    }
    section.end();
    return config;
  }

  /** Refuses two listeners on one port. */
  static void portsDiffer(
      ListenSettings listen, AdminConfig admin, Section listenSection, Section adminSection) {
    boolean same = listen.port() == admin.port() && listen.port() != 0;
    if (!same || !Hosts.overlap(listen.host(), admin.host())) {
      return;
    }
    Value adminPort = adminSection.optional("port");
    if (adminPort != null) {
      adminPort.fault(
          String.valueOf(admin.port()), "another than listen.port, since the hosts overlap");
      return;
    }
    Value listenPort = listenSection.optional("port");
    if (listenPort != null) {
      listenPort.fault(
          String.valueOf(listen.port()), "another than admin.port, since the hosts overlap");
    }
  }

  static Path stateDirectory(Section section) {
    Value value = section.optional("directory");
    Path directory = value == null ? DEFAULT_STATE : TlsBinder.path(value, "a directory");
    if (value != null
        && directory != null
        && Files.exists(directory)
        && !Files.isDirectory(directory)) {
      value.fault(Quoted.text(directory.toString()) + ", which is no directory", "a directory");
    }
    section.end();
    return directory == null ? DEFAULT_STATE : directory;
  }

  static ShutdownSettings shutdown(Section section) {
    Duration grace =
        section.duration("grace", ShutdownSettings.DEFAULTS.grace(), Duration.ZERO, MAX_GRACE);
    section.end();
    return new ShutdownSettings(grace);
  }

  private static String host(Section section, String fallback) {
    Value value = section.optional("host");
    String host = value == null ? null : value.text(Hosts.EXPECTED);
    if (host == null) {
      return fallback;
    }
    if (value != null && !Hosts.isValid(host)) {
      value.fault(Quoted.node(value.node()), Hosts.EXPECTED);
      return fallback;
    }
    return host;
  }

  private static int port(Section section, int fallback) {
    return (int) section.integer("port", fallback, 0, 65_535);
  }

  /** Reads the token without ever showing it. */
  private static @Nullable String token(Value value, String host) {
    return token(value, tokenFor(host), Hosts.isLoopback(host));
  }

  /**
   * The same.
   *
   * @param mayBeUnset true when a variable that is not set means that there is none
   */
  static @Nullable String token(Value value, String expected, boolean mayBeUnset) {
    if (!(value.node() instanceof Node.Scalar scalar)) {
      value.text(expected);
      return null;
    }
    int length = scalar.text().length();
    boolean fromEnvironment = scalar.kind() == Node.Kind.FROM_ENVIRONMENT;
    switch (scalar.kind()) {
      case NUMBER, BOOLEAN -> value.fault("not a string", expected + ", in quotes");
      case NULL -> value.fault("empty", expected);
      case FAULTY -> {}
      case TEXT, FROM_ENVIRONMENT -> {
        if (length == 0 && fromEnvironment && mayBeUnset) {
          return null; // An optional variable that is not set: on loopback a token may be missing.
        }
        if (length < AdminConfig.MIN_TOKEN_LENGTH) {
          value.fault(length == 0 ? "empty" : length + " characters", expected);
        } else if (!scalar.text().chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
          value.fault("characters that a header cannot carry", "visible ASCII without spaces");
        } else {
          return scalar.text();
        }
      }
    }
    return null;
  }

  private static String tokenFor(String host) {
    String bar = "at least " + AdminConfig.MIN_TOKEN_LENGTH + " characters";
    return Hosts.isLoopback(host) ? bar : bar + ", because admin.host " + host + " is not loopback";
  }
}
