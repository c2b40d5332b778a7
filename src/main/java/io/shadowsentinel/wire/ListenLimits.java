package io.shadowsentinel.wire;

import java.time.Duration;

/**
 * What users of a listener may take up, and for how long. What is over a limit is refused or
 * closed, and counted with the limit's name.
 *
 * @param maxConnections open at once, over all event loops; one more is closed as it comes
 * @param maxInFlight requests that are not answered yet, over all event loops; one more gets 503
 * @param maxStreams open at once on an HTTP/2 connection
 * @param maxUriBytes of a request's target; a longer one gets 414
 * @param maxHeaderBytes of all header fields of a request, or of its trailers; more get 431
 * @param maxHeaderCount header fields of a request; more get 431
 * @param maxBodyBytes of a request; more get 413. {@link #NO_BODY_LIMIT} by default, since a proxy
 *     that looks on must not break uploads, and streams what it cannot compare
 * @param headerTimeout for the whole head of a request, and for the rest of a body that was
 *     answered before it was through
 * @param idleTimeout for a connection to be without a request
 * @param writeTimeout for a user not to read anything of an answer
 */
public record ListenLimits(
    int maxConnections,
    int maxInFlight,
    int maxStreams,
    int maxUriBytes,
    int maxHeaderBytes,
    int maxHeaderCount,
    long maxBodyBytes,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration writeTimeout) {

  public static final long NO_BODY_LIMIT = Long.MAX_VALUE;

  /** What holds when the config says nothing. */
  public static final ListenLimits DEFAULTS =
      new ListenLimits(
          16_384,
          4_096,
          100,
          16 << 10,
          64 << 10,
          100,
          NO_BODY_LIMIT,
          Duration.ofSeconds(10),
          Duration.ofMinutes(3),
          Duration.ofMinutes(1));
}
