package io.shadowsentinel.config;

import java.time.Duration;

/**
 * What users of the listener may take up, and for how long.
 *
 * @param maxConnections open at once, 1 to 1000000; default 16384
 * @param maxInFlight requests not answered yet, 1 to 1000000; default 4096
 * @param maxStreams open at once on an HTTP/2 connection, 1 to 10000; default 100
 * @param maxUri bytes of a request's target, 64 to 1 MiB; default 16 KiB
 * @param maxHeader bytes of all header fields, 256 to 1 MiB; default 64 KiB
 * @param maxHeaderCount header fields, 8 to 10000; default 100
 * @param maxBody bytes of a request's body, from 1; {@link Long#MAX_VALUE}, the default, for any
 * @param headerTimeout for a request's head, 1 ms to 24 h; default 10 s
 * @param idleTimeout for a connection without a request, 1 ms to 24 h; default 3 min
 * @param writeTimeout for a user to read nothing of an answer, 1 ms to 24 h; default 1 min
 */
public record ListenLimitSettings(
    int maxConnections,
    int maxInFlight,
    int maxStreams,
    int maxUri,
    int maxHeader,
    int maxHeaderCount,
    long maxBody,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration writeTimeout) {

  /** What holds when the config says nothing. */
  public static final ListenLimitSettings DEFAULTS =
      new ListenLimitSettings(
          16_384,
          4_096,
          100,
          16 << 10,
          64 << 10,
          100,
          Long.MAX_VALUE,
          Duration.ofSeconds(10),
          Duration.ofMinutes(3),
          Duration.ofMinutes(1));
}
