package io.shadowsentinel.table;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route as its operator wrote it: what the config says, before any decision.
 *
 * @param name unique in the table
 * @param timeout longest wait for the champion's answer to begin, and between two parts of it
 * @param connectTimeout longest wait for a connection to one of the champion's URLs
 */
public record RouteSpec(
    String name,
    Match match,
    Model champion,
    @Nullable Model challenger,
    Duration timeout,
    Duration connectTimeout,
    MirrorSettings mirror) {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
}
