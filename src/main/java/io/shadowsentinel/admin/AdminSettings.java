package io.shadowsentinel.admin;

import io.netty.util.NetUtil;
import io.shadowsentinel.tls.Tls;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the admin port listens, and who may do what there.
 *
 * @param host an address or a name; default {@code 127.0.0.1}
 * @param port 0 to 65535, 0 for any free one; default 9090
 * @param tls null for plain text
 * @param access has a token, unless the host is loopback
 */
public record AdminSettings(String host, int port, @Nullable Tls tls, AdminAccess access) {

  /** Loopback, port 9090, no token. */
  public static final AdminSettings DEFAULTS = new AdminSettings("127.0.0.1", 9090, null);

  /** Plain text, with one operator's token or none. */
  public AdminSettings(String host, int port, @Nullable String token) {
    this(host, port, token, null);
  }

  /** With one operator's token, or none. */
  public AdminSettings(String host, int port, @Nullable String token, @Nullable Tls tls) {
    this(host, port, tls, AdminAccess.of(token));
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
    if (access.tokens().isEmpty() && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "admin.token: none (expected a token, because admin.host "
              + host
              + " can be reached from other machines)");
    }
  }

  /**
   * The same port under other rules.
   *
   * @throws IllegalArgumentException when it is not loopback and they have no token
   */
  public AdminSettings withAccess(AdminAccess other) {
    return new AdminSettings(host, port, tls, other);
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
}
