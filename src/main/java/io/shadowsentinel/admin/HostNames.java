package io.shadowsentinel.admin;

import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;

/**
 * By which hosts the admin port may be called. A web page that has its own name lead to this
 * machine (DNS rebinding) shows that name; an address cannot be rebound. Immutable, any thread.
 *
 * @param bound what the port is bound to
 * @param allowed more names, lower case; {@code *.example.org} is every name below
 */
record HostNames(String bound, List<String> allowed) {

  HostNames {
    allowed = List.copyOf(allowed);
  }

  /** True for an address, {@code localhost}, the name that is bound, and the allowed ones. */
  boolean knows(String host) {
    return NetUtil.isValidIpV4Address(host)
        || NetUtil.isValidIpV6Address(host)
        || host.equalsIgnoreCase("localhost")
        || host.equalsIgnoreCase(bound)
        || allows(host);
  }

  /** True for those that are allowed by name. */
  boolean allows(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return allowed.stream()
        .anyMatch(
            each -> each.startsWith("*.") ? name.endsWith(each.substring(1)) : name.equals(each));
  }
}
