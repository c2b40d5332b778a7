package io.shadowsentinel.alert;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.tls.ClientTls;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One receiver of alerts.
 *
 * @param type which protocol it speaks
 * @param url where it listens: {@code http} or {@code https} with a host. User and password in it
 *     are sent as HTTP Basic credentials. Path, query and user may be secrets, so {@link #toString}
 *     leaves them out. For Alertmanager the base URL, with or without {@code /api/v2/alerts}
 * @param on what it is told of, at least one; Alertmanager takes {@code ROLLBACK} alone, because it
 *     resolves by itself
 * @param link where a person can see more, the dashboard for example; null leaves links out
 * @param tls how the connection is secured, where the URL is {@code https}
 */
public record ChannelSettings(
    Type type, URI url, Set<Decision.Action> on, @Nullable URI link, ClientTls tls) {

  /** What a channel is told of when its settings do not say. */
  public static final Set<Decision.Action> DEFAULT_ON = Set.of(Decision.Action.ROLLBACK);

  /** The protocols; in JSON, config and metrics in lower case. */
  public enum Type {
    WEBHOOK,
    SLACK,
    ALERTMANAGER;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws IllegalArgumentException if a value is not as described; the message holds no secret
   */
  public ChannelSettings {
    boolean http = "http".equalsIgnoreCase(url.getScheme());
    boolean https = "https".equalsIgnoreCase(url.getScheme());
    if (!(http || https) || url.getHost() == null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "url: %s (expected http:// or https:// with a host, without a fragment)"
              .formatted(origin(url)));
    }
    if (on.isEmpty()) {
      throw new IllegalArgumentException("actions: [] (expected at least one action)");
    }
    if (type == Type.ALERTMANAGER && !on.equals(DEFAULT_ON)) {
      throw new IllegalArgumentException(
          "actions: %s (expected [ROLLBACK] for alertmanager, which resolves by itself)"
              .formatted(on));
    }
    on = Collections.unmodifiableSet(EnumSet.copyOf(on));
  }

  /** A channel whose certificate, if it has any, is known to the JVM. */
  public ChannelSettings(Type type, URI url, Set<Decision.Action> on, @Nullable URI link) {
    this(type, url, on, link, ClientTls.DEFAULTS);
  }

  /** A channel with the defaults: told of rollbacks, without a link. */
  public static ChannelSettings of(Type type, URI url) {
    return new ChannelSettings(type, url, DEFAULT_ON, null);
  }

  /**
   * The name by which outbox and receivers know this channel, for example {@code
   * slack-3f2a91c05b7e}: the same for the same type and URL, after a restart too.
   */
  public String id() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(url.toString().getBytes(StandardCharsets.UTF_8));
      return type.label() + "-" + HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Type, scheme, host and port: what may be shown to anyone. */
  @Override
  public String toString() {
    return type.label() + " " + origin(url);
  }

  private static String origin(URI url) {
    String host = url.getHost() == null ? "(no host)" : url.getHost();
    return url.getScheme() + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }
}
