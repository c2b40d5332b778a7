package io.shadowsentinel.proxy;

import io.shadowsentinel.wire.ListenLimits;
import java.time.Duration;

/** Limits for tests: the defaults, but for what a test is about. */
public final class TestLimits {
  private static final ListenLimits DEFAULTS = ListenLimits.DEFAULTS;

  private int maxConnections = DEFAULTS.maxConnections();
  private int maxInFlight = DEFAULTS.maxInFlight();
  private int maxStreams = DEFAULTS.maxStreams();
  private int maxUri = DEFAULTS.maxUriBytes();
  private int maxHeader = DEFAULTS.maxHeaderBytes();
  private int maxHeaderCount = DEFAULTS.maxHeaderCount();
  private long maxBody = DEFAULTS.maxBodyBytes();
  private Duration header = DEFAULTS.headerTimeout();
  private Duration idle = DEFAULTS.idleTimeout();
  private Duration write = DEFAULTS.writeTimeout();

  public TestLimits connections(int max) {
    maxConnections = max;
    return this;
  }

  public TestLimits inFlight(int max) {
    maxInFlight = max;
    return this;
  }

  TestLimits streams(int max) {
    maxStreams = max;
    return this;
  }

  TestLimits uri(int bytes) {
    maxUri = bytes;
    return this;
  }

  public TestLimits header(int bytes) {
    maxHeader = bytes;
    return this;
  }

  public TestLimits headerCount(int max) {
    maxHeaderCount = max;
    return this;
  }

  TestLimits body(long bytes) {
    maxBody = bytes;
    return this;
  }

  TestLimits headerTimeout(Duration timeout) {
    header = timeout;
    return this;
  }

  TestLimits idleTimeout(Duration timeout) {
    idle = timeout;
    return this;
  }

  TestLimits writeTimeout(Duration timeout) {
    write = timeout;
    return this;
  }

  public ListenLimits make() {
    return new ListenLimits(
        maxConnections,
        maxInFlight,
        maxStreams,
        maxUri,
        maxHeader,
        maxHeaderCount,
        maxBody,
        header,
        idle,
        write);
  }

  ProxySettings listening() {
    return new ProxySettings("127.0.0.1", 0, null, false, make());
  }
}
