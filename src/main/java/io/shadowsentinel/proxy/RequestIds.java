package io.shadowsentinel.proxy;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes request ids that no other loop or process makes: 64 random bits for the loop, then a
 * counter. Bound to one event loop.
 */
final class RequestIds {
  private final String prefix;
  private long next;

  RequestIds() {
    byte[] seed = new byte[8];
    new SecureRandom().nextBytes(seed);
    prefix = HexFormat.of().formatHex(seed) + "-";
  }

  String next() {
    return prefix + Long.toHexString(next++);
  }
}
