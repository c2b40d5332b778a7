package io.shadowsentinel.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be told of a host to bind to without asking the network. */
final class Hosts {
  static final String EXPECTED = "a host name or an IP address, without a port";

  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");

  /** Only digits and dots: an address, or a mistake. */
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");

  private Hosts() {}

  static boolean isValid(String host) {
    boolean name = NAME.matcher(host).matches() && !NUMERIC.matcher(host).matches();
    return name || address(host) != null;
  }

  static boolean isLoopback(String host) {
    InetAddress address = address(host);
    return address == null ? host.equalsIgnoreCase("localhost") : address.isLoopbackAddress();
  }

  /** Whether one port cannot be bound on both. */
  static boolean overlap(String left, String right) {
    InetAddress a = address(left);
    InetAddress b = address(right);
    if (isAny(a) || isAny(b)) {
      // Where it can, a system binds :: for IPv4 as well; 0.0.0.0 never covers IPv6.
      return isAnyV6(a) || isAnyV6(b) || (!isV6(a) && !isV6(b));
    }
    if (a == null && b == null) {
      return left.equalsIgnoreCase(right);
    }
    if (a == null || b == null) {
      return isLoopback(left) && isLoopback(right);
    }
    return a.equals(b);
  }

  private static boolean isAny(@Nullable InetAddress address) {
    return address != null && address.isAnyLocalAddress();
  }

  private static boolean isAnyV6(@Nullable InetAddress address) {
    return isAny(address) && isV6(address);
  }

  private static boolean isV6(@Nullable InetAddress address) {
    return address != null && address.getAddress().length == 16;
  }

  private static @Nullable InetAddress address(String host) {
    boolean valid = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    byte[] bytes = valid ? NetUtil.createByteArrayFromIpAddressString(host) : null;
    if (bytes == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }
}
