package io.shadowsentinel.wire;

import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a head that was read says one thing only: for whom it is, and where its body ends. RFC
 * 9112, sections 3.2 and 6. Pure.
 */
public final class RequestChecks {
  /** Codings that others know; whoever uses one did not mean to confuse. */
  private static final Set<String> KNOWN_CODINGS =
      Set.of("gzip", "x-gzip", "compress", "x-compress", "deflate", "identity");

  private static final Set<String> NOT_OF_ONE_HOP = Set.of("content-length", "host");

  private RequestChecks() {}

  /**
   * A head of its parts, with the target in origin form.
   *
   * @throws RequestFault when it can be read in more than one way
   */
  static RequestHead complete(String method, String target, boolean http10, Fields fields)
      throws RequestFault {
    String host = null;
    String length = null;
    String encoding = null;
    int connections = 0;
    for (int i = 0; i < fields.size(); i++) {
      CharSequence name = fields.name(i);
      switch (name.length()) {
        case 4 -> host = is(name, "host") ? once(host, fields.value(i), "Host") : host;
        case 10 -> connections += is(name, "connection") ? 1 : 0;
        case 14 -> {
          if (is(name, "content-length")) {
            length = once(length, fields.value(i), "Content-Length");
          }
          refuseAlias(name);
        }
        case 17 -> {
          if (is(name, "transfer-encoding")) {
            encoding = once(encoding, fields.value(i), "Transfer-Encoding");
          }
          refuseAlias(name);
        }
        default -> {}
      }
    }
    if (connections > 0) {
      requireOneHop(HeaderRules.namedByConnection(fields));
      sayPersistence(fields, connections);
    }
    long bodyBytes = bodyBytes(length, encoding, http10);
    if (host == null ? !http10 : !HostRules.isAuthority(host)) {
      throw RequestFault.malformed(
          (host == null ? "no Host" : "a malformed Host") + " (expected one, as in name:port)");
    }
    if (method.equals("CONNECT")) {
      throw new RequestFault(
          RequestFault.Reason.UNSUPPORTED,
          "CONNECT is for forward proxies; this is a reverse proxy");
    }
    return new RequestHead(method, origin(method, target, fields), http10, fields, bodyBytes);
  }

  private static boolean is(CharSequence name, String expected) {
    return AsciiString.contentEqualsIgnoreCase(name, expected);
  }

  private static String once(@Nullable String before, String value, String name)
      throws RequestFault {
    if (before != null) {
      throw RequestFault.malformed(name + " twice (expected it once)");
    }
    return value;
  }

  /** Where names become variables, as in CGI and WSGI, these two pass for the real ones. */
  public static void refuseAlias(CharSequence name) throws RequestFault {
    if (is(name, "content_length") || is(name, "transfer_encoding")) {
      throw RequestFault.malformed(name + " (expected a hyphen)");
    }
  }

  /** Without its length a body would be the champion's next request. */
  private static void requireOneHop(List<String> named) throws RequestFault {
    for (String name : named) {
      if (NOT_OF_ONE_HOP.contains(name)) {
        throw RequestFault.malformed(
            "Connection names " + name + " (expected fields of one connection only)");
      }
    }
  }

  /**
   * Says in a field of its own what a list says of the connection's end, and nowhere else: Vert.x
   * looks for fields that say nothing but that. None of them passes the proxy.
   */
  private static void sayPersistence(Fields fields, int connections) {
    List<String> options = HeaderRules.connectionOptions(fields, connections);
    if (options.isEmpty()) {
      return;
    }
    fields.set(HeaderRules.CONNECTION, String.join(", ", options) + ",");
    if (options.contains("close")) {
      fields.add(HeaderRules.CONNECTION, "close");
    } else if (options.contains("keep-alive")) {
      fields.add(HeaderRules.CONNECTION, "keep-alive");
    }
  }

  private static long bodyBytes(@Nullable String length, @Nullable String encoding, boolean http10)
      throws RequestFault {
    if (encoding != null) {
      if (length != null) {
        throw RequestFault.malformed(
            "both Transfer-Encoding and Content-Length (expected one of them)");
      }
      if (http10) {
        throw RequestFault.malformed("Transfer-Encoding in HTTP/1.0 (expected Content-Length)");
      }
      requireChunked(encoding);
      return -1;
    }
    if (length == null) {
      return 0;
    }
    long bytes = HeaderRules.parseLength(length);
    if (bytes < 0) {
      throw RequestFault.malformed("a malformed Content-Length (expected up to 18 digits)");
    }
    return bytes;
  }

  private static void requireChunked(String encoding) throws RequestFault {
    if (encoding.equalsIgnoreCase("chunked")) {
      return;
    }
    String[] codings = encoding.toLowerCase(Locale.ROOT).split(",", -1);
    boolean known = codings[codings.length - 1].strip().equals("chunked");
    for (int i = 0; i < codings.length - 1; i++) {
      known &= KNOWN_CODINGS.contains(codings[i].strip());
    }
    if (known) {
      throw new RequestFault(
          RequestFault.Reason.UNSUPPORTED,
          "a Transfer-Encoding of several codings (expected chunked alone)");
    }
    throw RequestFault.malformed("a malformed Transfer-Encoding (expected chunked)");
  }

  /**
   * The target as an origin server wants it. What an absolute one says of the host goes to the
   * field, whatever that said: RFC 9112, section 3.2.2.
   */
  private static String origin(String method, String target, Fields fields) throws RequestFault {
    if (target.charAt(0) == '/') {
      return target;
    }
    if (target.equals("*")) {
      if (method.equals("OPTIONS")) {
        return target;
      }
      throw RequestFault.malformed("the target * (expected it of OPTIONS only)");
    }
    int authority = target.indexOf("://") + 3;
    String scheme = authority < 3 ? "" : target.substring(0, authority - 3);
    if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
      throw RequestFault.malformed("a malformed target (expected a path, as in GET /path)");
    }
    int end = authority;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    String host = target.substring(authority, end);
    if (!HostRules.isAuthority(host)) {
      throw RequestFault.malformed(
          "a malformed host in the target (expected one, as in name:port)");
    }
    fields.set(HeaderRules.HOST, host);
    if (end == target.length()) {
      return method.equals("OPTIONS") ? "*" : "/";
    }
    return target.charAt(end) == '?' ? "/" + target.substring(end) : target.substring(end);
  }
}
