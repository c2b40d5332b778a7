package io.shadowsentinel.proxy;

import io.shadowsentinel.tls.Tls;
import io.shadowsentinel.wire.ListenLimits;
import org.jspecify.annotations.Nullable;

/**
 * Where the proxy listens.
 *
 * @param port 0 takes a free one
 * @param tls null for plain text
 * @param forwardedHeaders true adds {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} to
 *     what the models see
 * @param limits what users may take up
 */
public record ProxySettings(
    String host, int port, @Nullable Tls tls, boolean forwardedHeaders, ListenLimits limits) {

  /** With the limits that hold when nothing is said. */
  public ProxySettings(String host, int port, @Nullable Tls tls, boolean forwardedHeaders) {
    this(host, port, tls, forwardedHeaders, ListenLimits.DEFAULTS);
  }
}
