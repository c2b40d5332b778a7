package io.shadowsentinel.config;

import io.shadowsentinel.tls.Tls;
import org.jspecify.annotations.Nullable;

/**
 * Where users' requests are taken.
 *
 * @param host an address or a name to bind to; default {@code 0.0.0.0}
 * @param port 0 to 65535, 0 for any free one; default 8080
 * @param tls null for plain HTTP; default null
 * @param forwardedHeaders true appends {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} to
 *     the champion's request; default false
 * @param limits what users may take up
 */
public record ListenSettings(
    String host,
    int port,
    @Nullable Tls tls,
    boolean forwardedHeaders,
    ListenLimitSettings limits) {

  /** What is listened on when the config says nothing. */
  public static final ListenSettings DEFAULTS =
      new ListenSettings("0.0.0.0", 8080, null, false, ListenLimitSettings.DEFAULTS);
}
