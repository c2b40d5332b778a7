package io.shadowsentinel.admin;

import io.netty.util.NetUtil;
import io.shadowsentinel.tls.Tls;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the admin port listens, and who may change something there.
 *
 * @param host an address or a name; default {@code 127.0.0.1}
 * @param port 0 to 65535, 0 for any free one; default 9090
 * @param token what a caller must show to change something, visible ASCII; null lets everyone who
 *     reaches the port, which is why a host that is not loopback needs one
 * @param tls null for plain text
 * @param tokens more of them, by name and role
 * @param readsNeedToken true when seeing takes a token as well, but for the health and the page
 */
public record AdminSettings(
    String host,
    int port,
    @Nullable String token,
    @Nullable Tls tls,
    List<AdminToken> tokens,
    boolean readsNeedToken) {

  /** Who shows the token that has no name of its own. */
  static final String OPERATOR = "operator";

  /** Loopback, port 9090, no token. */
  public static final AdminSettings DEFAULTS = new AdminSettings("127.0.0.1", 9090, null);

  /** Plain text. */
  public AdminSettings(String host, int port, @Nullable String token) {
    this(host, port, token, null);
  }

  /** With one token at most. */
  public AdminSettings(String host, int port, @Nullable String token, @Nullable Tls tls) {
    this(host, port, token, tls, List.of(), false);
  }

  /**
   * @throws IllegalArgumentException for a value out of range, and for a host that is not loopback
   *     without a token
   */
  public AdminSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("admin.host: empty (expected an address or a name)");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("admin.port: " + port + " (expected 0..65535)");
    }
    tokens = List.copyOf(tokens);
    if (token != null && !AdminToken.isToken(token)) {
      throw new IllegalArgumentException(
          "admin.token: empty, or with a blank or a sign that is not visible ASCII");
    }
    if (token == null && tokens.isEmpty() && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "admin.token: none (expected a token, because admin.host "
              + host
              + " can be reached from other machines)");
    }
  }

  /** All tokens; the one without a name is an operator's. */
  List<AdminToken> allTokens() {
    List<AdminToken> all = new ArrayList<>(tokens);
    if (token != null) {
      all.add(new AdminToken(OPERATOR, AdminToken.Role.OPERATOR, token, null));
    }
    return all;
  }

  /** True when only this machine can reach the port. A name other than localhost counts as not. */
  public boolean isLoopback() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (NetUtil.isValidIpV4Address(name)) {
      return name.startsWith("127.");
    }
    InetAddress address = NetUtil.isValidIpV6Address(name) ? NetUtil.getByName(name) : null;
    return address == null ? name.equals("localhost") : address.isLoopbackAddress();
  }

  /** Leaves the token out, so that it does not get into a log. */
  @Override
  public String toString() {
    return "AdminSettings[host="
        + host
        + ", port="
        + port
        + ", token="
        + (token == null ? "none" : "set")
        + (tokens.isEmpty() ? "" : ", tokens=" + tokens.size())
        + ", tls="
        + (tls != null)
        + "]";
  }
}
