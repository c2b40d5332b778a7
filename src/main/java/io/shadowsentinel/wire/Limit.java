package io.shadowsentinel.wire;

/** The limits of a listener, by the key of {@code listen.limits} that sets each. */
public enum Limit {
  CONNECTIONS("maxConnections"),
  IN_FLIGHT("maxInFlight"),
  URI("maxUri"),
  HEADER("maxHeader"),
  HEADER_COUNT("maxHeaderCount"),
  BODY("maxBody"),
  HEADER_TIMEOUT("headerTimeout"),
  IDLE_TIMEOUT("idleTimeout"),
  WRITE_TIMEOUT("writeTimeout"),
  /** Of memory, and not of the config. */
  UNREAD("unread");

  public final String key;

  Limit(String key) {
    this.key = key;
  }
}
