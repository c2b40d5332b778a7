package io.shadowsentinel.wire;

/**
 * Which text names a host, and perhaps a port: RFC 9110, section 7.2, and RFC 3986, section 3.2.
 * Pure.
 */
public final class HostRules {
  private static final int MAX_PORT = 65_535;
  private static final boolean[] IN_NAME = new boolean[128];
  private static final boolean[] IN_LITERAL = new boolean[128];

  static {
    for (char c = 0; c < 128; c++) {
      boolean letterOrDigit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || isUpper(c);
      // A comma is left out: whoever joins two fields would read a list of hosts.
      IN_NAME[c] = letterOrDigit || "-._~%!$&'()*+;=".indexOf(c) >= 0;
      IN_LITERAL[c] = letterOrDigit || "-._~!$&'()*+;=:".indexOf(c) >= 0;
    }
  }

  private HostRules() {}

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  /** True for {@code host}, {@code host:port} and {@code host:}, with a host that is not empty. */
  public static boolean isAuthority(String text) {
    int end = text.startsWith("[") ? literalEnd(text) : nameEnd(text);
    return end > 0 && (end == text.length() || isPort(text, end));
  }

  /** The index after a registered name or an IPv4 address; 0 when there is none. */
  private static int nameEnd(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) < 128 && IN_NAME[text.charAt(i)]) {
      i++;
    }
    return i;
  }

  /** The index after an IPv6 address in brackets; 0 when there is none. */
  private static int literalEnd(String text) {
    boolean colon = false;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ']') {
        return colon ? i + 1 : 0;
      }
      if (c >= 128 || !IN_LITERAL[c]) {
        return 0;
      }
      colon |= c == ':';
    }
    return 0;
  }

  private static boolean isPort(String text, int colon) {
    if (text.charAt(colon) != ':') {
      return false;
    }
    int port = 0;
    for (int i = colon + 1; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      port = 10 * port + digit;
      if (port > MAX_PORT) {
        return false;
      }
    }
    return true;
  }
}
