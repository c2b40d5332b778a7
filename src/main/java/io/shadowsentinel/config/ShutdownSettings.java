package io.shadowsentinel.config;

import java.time.Duration;

/**
 * How the process ends when it is told to.
 *
 * @param grace how long requests that are under way may take to be answered, 0s to 1h; default 10s
 */
public record ShutdownSettings(Duration grace) {

  /** How the process ends when the config says nothing. */
  public static final ShutdownSettings DEFAULTS = new ShutdownSettings(Duration.ofSeconds(10));
}
