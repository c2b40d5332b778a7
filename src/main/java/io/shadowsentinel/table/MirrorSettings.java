package io.shadowsentinel.table;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a route copies requests to its challenger.
 *
 * @param percent the share that is mirrored, 0 to 100, at most four decimals; default 100
 * @param methods the methods that are mirrored, upper case; default POST
 * @param timeout from the mirror's start to the end of its answer; default 10 s
 * @param maxInFlight mirrors under way at once on the route, 1 or more; default 256
 * @param maxBodyBytes a request or answer above this passes through and is not compared; default 1
 *     MiB
 * @param removeHeaders names, lower case, left out of the mirrored request; default none
 * @param preserveHost true sends the user's {@code Host} to the challenger, false the challenger's
 *     own
 * @param rewrite what the challenger's request has otherwise; default nothing
 * @param selfCheckPercent the share of mirrored requests that the champion gets a second time, as a
 *     shadow, 0 to 100, at most four decimals; default 0, which sends none
 */
public record MirrorSettings(
    BigDecimal percent,
    Set<String> methods,
    Duration timeout,
    int maxInFlight,
    int maxBodyBytes,
    Set<String> removeHeaders,
    boolean preserveHost,
    RequestRewrite rewrite,
    BigDecimal selfCheckPercent) {

  /** What a route mirrors when its config says nothing. */
  public static final MirrorSettings DEFAULTS =
      new MirrorSettings(
          BigDecimal.valueOf(100),
          Set.of("POST"),
          Duration.ofSeconds(10),
          256,
          1 << 20,
          Set.of(),
          false);

  /** Settings that rewrite nothing, and without self checks. */
  public MirrorSettings(
      BigDecimal percent,
      Set<String> methods,
      Duration timeout,
      int maxInFlight,
      int maxBodyBytes,
      Set<String> removeHeaders,
      boolean preserveHost) {
    this(
        percent,
        methods,
        timeout,
        maxInFlight,
        maxBodyBytes,
        removeHeaders,
        preserveHost,
        RequestRewrite.NONE);
  }

  /** Settings without self checks. */
  public MirrorSettings(
      BigDecimal percent,
      Set<String> methods,
      Duration timeout,
      int maxInFlight,
      int maxBodyBytes,
      Set<String> removeHeaders,
      boolean preserveHost,
      RequestRewrite rewrite) {
    this(
        percent,
        methods,
        timeout,
        maxInFlight,
        maxBodyBytes,
        removeHeaders,
        preserveHost,
        rewrite,
        BigDecimal.ZERO);
  }

  public MirrorSettings {
    methods =
        methods.stream()
            .map(m -> m.toUpperCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    removeHeaders =
        removeHeaders.stream()
            .map(h -> h.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The same, with another share of self checks. */
  public MirrorSettings withSelfCheck(BigDecimal share) {
    return new MirrorSettings(
        percent,
        methods,
        timeout,
        maxInFlight,
        maxBodyBytes,
        removeHeaders,
        preserveHost,
        rewrite,
        share);
  }

  /** These settings with another rewrite. */
  public MirrorSettings withRewrite(RequestRewrite other) {
    return new MirrorSettings(
        percent,
        methods,
        timeout,
        maxInFlight,
        maxBodyBytes,
        removeHeaders,
        preserveHost,
        other,
        selfCheckPercent);
  }
}
