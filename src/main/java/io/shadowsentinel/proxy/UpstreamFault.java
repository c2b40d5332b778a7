package io.shadowsentinel.proxy;

/** What went wrong with an upstream's connection, in words; thrown often, so without a trace. */
final class UpstreamFault extends Exception {
  private static final long serialVersionUID = 1;

  UpstreamFault(String message) {
    super(message, null, false, false);
  }
}
