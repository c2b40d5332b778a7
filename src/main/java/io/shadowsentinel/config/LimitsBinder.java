package io.shadowsentinel.config;

import java.time.Duration;

/** Binds {@code listen.limits}. */
final class LimitsBinder {
  private static final int MOST = 1_000_000;
  private static final long LARGEST_BODY = 1L << 50;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  private LimitsBinder() {}

  static ListenLimitSettings limits(Section section) {
    ListenLimitSettings defaults = ListenLimitSettings.DEFAULTS;
    ListenLimitSettings limits =
        new ListenLimitSettings(
            (int) section.integer("maxConnections", defaults.maxConnections(), 1, MOST),
            (int) section.integer("maxInFlight", defaults.maxInFlight(), 1, MOST),
            (int) section.integer("maxStreams", defaults.maxStreams(), 1, 10_000),
            (int) section.size("maxUri", defaults.maxUri(), 64, 1 << 20),
            (int) section.size("maxHeader", defaults.maxHeader(), 256, 1 << 20),
            (int) section.integer("maxHeaderCount", defaults.maxHeaderCount(), 8, 10_000),
            section.size("maxBody", defaults.maxBody(), 1, LARGEST_BODY),
            time(section, "headerTimeout", defaults.headerTimeout()),
            time(section, "idleTimeout", defaults.idleTimeout()),
            time(section, "writeTimeout", defaults.writeTimeout()));
    section.end();
    return limits;
  }

  private static Duration time(Section section, String key, Duration fallback) {
    return section.duration(key, fallback, SHORTEST, LONGEST);
  }
}
