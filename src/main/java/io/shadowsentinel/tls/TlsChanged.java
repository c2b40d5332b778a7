package io.shadowsentinel.tls;

import io.shadowsentinel.bus.Channel;

/**
 * The fact that files have changed, for good, and what they hold was taken up: whoever uses them
 * asks the {@link TlsStore} again. Published by whoever watches the store.
 */
public record TlsChanged() {
  public static final Channel<TlsChanged> CHANNEL =
      new Channel<>("sentinel.tls.changed", TlsChanged.class);
}
