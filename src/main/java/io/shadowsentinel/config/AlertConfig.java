package io.shadowsentinel.config;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.tls.ClientTls;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place where decisions are announced.
 *
 * @param url {@code http} or {@code https}, with a host and perhaps a user for HTTP Basic; a
 *     secret, since a Slack URL is one
 * @param actions what is announced, at least one; default rollbacks, and for Alertmanager those
 *     alone, because it resolves by itself
 * @param link where a person can see more, the dashboard for example; null leaves it out
 * @param tls how the connection is secured, where the URL is {@code https}
 */
public record AlertConfig(
    Type type, URI url, Set<Decision.Action> actions, @Nullable URI link, ClientTls tls) {

  /** What is announced when the config does not say. */
  public static final Set<Decision.Action> DEFAULT_ACTIONS = Set.of(Decision.Action.ROLLBACK);

  /** One whose certificate, if it has any, is known to the JVM. */
  public AlertConfig(Type type, URI url, Set<Decision.Action> actions, @Nullable URI link) {
    this(type, url, actions, link, ClientTls.DEFAULTS);
  }

  public AlertConfig {
    actions = Set.copyOf(actions);
  }

  /** What is spoken at the URL. */
  public enum Type {
    /** The decision as a JSON document, by POST. */
    WEBHOOK,
    /** A Slack incoming webhook. */
    SLACK,
    /** The Alertmanager API, version 2. */
    ALERTMANAGER;

    /** As the config spells it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    static List<String> labels() {
      return Arrays.stream(values()).map(Type::label).toList();
    }
  }

  /** Names the host, and hides the path and the query, where the secret is. */
  @Override
  public String toString() {
    String shown = url.getScheme() + "://" + url.getHost() + "/***";
    return "AlertConfig[type=" + type.label() + ", url=" + shown + ", actions=" + actions + "]";
  }
}
