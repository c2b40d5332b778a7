package io.shadowsentinel.config;

import io.shadowsentinel.tls.Tls;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the dashboard, the API and the metrics are served.
 *
 * @param host an address or a name to bind to; default {@code 127.0.0.1}
 * @param port 0 to 65535, 0 for any free one; default 9090
 * @param token what calls that change something must bear, 16 characters or more; null only when
 *     {@code host} is loopback
 * @param tls null for plain HTTP; default null
 * @param tokens more of them; default none
 * @param readsNeedToken true when seeing takes a token too; default false
 */
public record AdminConfig(
    String host,
    int port,
    @Nullable String token,
    @Nullable Tls tls,
    List<Token> tokens,
    boolean readsNeedToken) {

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

  /** With one token at most. */
  public AdminConfig(String host, int port, @Nullable String token, @Nullable Tls tls) {
    this(host, port, token, tls, List.of(), false);
  }

  /** The fewest characters a token may have. */
  public static final int MIN_TOKEN_LENGTH = 16;

  /** What is served when the config says nothing. */
  public static final AdminConfig DEFAULTS = new AdminConfig("127.0.0.1", 9090, null, null);

  /** Tells whether there is a token, but not which. */
  @Override
  public String toString() {
    String shown = token == null ? "none" : "***";
    return "AdminConfig[host="
        + host
        + ", port="
        + port
        + ", token="
        + shown
        + ", tokens="
        + tokens
        + ", readsNeedToken="
        + readsNeedToken
        + ", tls="
        + tls
        + "]";
  }
}
