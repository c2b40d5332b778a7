package io.shadowsentinel.config;

import io.shadowsentinel.tls.Tls;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the dashboard, the API and the metrics are served, and who may do what there.
 *
 * @param host an address or a name to bind to; default {@code 127.0.0.1}
 * @param port 0 to 65535, 0 for any free one; default 9090
 * @param token an operator's, 16 characters or more; null for none
 * @param tls null for plain HTTP; default null
 * @param tokens more of them, with names; default none. There is one or {@code token} when {@code
 *     host} is not loopback
 * @param readAccess whether it takes a token to see routes, decisions, conflicts and events
 * @param metricsAccess the same of the metrics; default {@code OPEN}
 * @param allowedHosts names by which browsers may call the port; default none
 */
public record AdminConfig(
    String host,
    int port,
    @Nullable String token,
    @Nullable Tls tls,
    List<Token> tokens,
    ReadAccess readAccess,
    ReadAccess metricsAccess,
    List<String> allowedHosts) {

  /** Where commands look for a token that is not in a file. */
  public static final String TOKEN_VARIABLE = "SENTINEL_ADMIN_TOKEN";

  /** The fewest characters a token may have. */
  public static final int MIN_TOKEN_LENGTH = 16;

  /** What is served when the config says nothing. */
  public static final AdminConfig DEFAULTS = new AdminConfig("127.0.0.1", 9090, null, null);

  /** Whether it takes a token to see something. */
  public enum ReadAccess {
    OPEN,
    TOKEN,
    /** Not said: {@code OPEN} when {@code host} is loopback, else {@code TOKEN}. */
    BY_HOST
  }

  /**
   * A token with a name.
   *
   * @param operator true when it allows to act, and not only to see
   * @param value null when it is in the file
   * @param file null when there is a value
   */
  public record Token(String name, boolean operator, @Nullable String value, @Nullable Path file) {
    /** Leaves the token out. */
    @Override
    public String toString() {
      return "Token[" + name + ", " + (operator ? "operator" : "viewer") + "]";
    }
  }

  public AdminConfig {
    tokens = List.copyOf(tokens);
    allowedHosts = List.copyOf(allowedHosts);
  }

  /** With one token at most; else the defaults. */
  public AdminConfig(String host, int port, @Nullable String token, @Nullable Tls tls) {
    this(host, port, token, tls, List.of(), ReadAccess.BY_HOST, ReadAccess.OPEN, List.of());
  }

  /** Tells whether there is a token, but not which. */
  @Override
  public String toString() {
    return "AdminConfig[host="
        + host
        + ", port="
        + port
        + ", token="
        + (token == null ? "none" : "***")
        + ", tls="
        + tls
        + ", tokens="
        + tokens
        + ", readAccess="
        + readAccess
        + ", metricsAccess="
        + metricsAccess
        + ", allowedHosts="
        + allowedHosts
        + "]";
  }
}
