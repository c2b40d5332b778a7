package io.shadowsentinel.tls;

import java.util.Locale;

/** Settings that are in use, and what for. */
public record TlsUse(Purpose purpose, TlsSettings settings) {

  /** What connections are for; in metrics and the log in lower case. */
  public enum Purpose {
    LISTEN,
    ADMIN,
    UPSTREAM,
    ALERT,
    JUDGE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
