package io.shadowsentinel.wire;

import io.shadowsentinel.text.Printable;

/** What went wrong with an upstream's connection, in words; thrown often, so without a trace. */
public final class UpstreamFault extends Exception {
  private static final long serialVersionUID = 1;

  /** It may hold a piece of what a stranger sent. */
  private static final int MAX_SHOWN = 250;

  private final boolean unreadable;

  public UpstreamFault(String message) {
    this(message, false);
  }

  private UpstreamFault(String message, boolean unreadable) {
    super(Printable.escape(message, MAX_SHOWN), null, false, false);
    this.unreadable = unreadable;
  }

  /** What the upstream sent is no answer; the message says why. */
  public static UpstreamFault unreadable(String message) {
    return new UpstreamFault(message, true);
  }

  /** True when it is about bytes of the upstream's. */
  public boolean isUnreadable() {
    return unreadable;
  }
}
