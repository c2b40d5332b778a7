package io.shadowsentinel.wire;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which header fields pass the proxy. Hop-by-hop fields, and those that {@code Connection} names,
 * end here in either direction: RFC 9110, section 7.6.1. Pure, any thread.
 */
public final class HeaderRules {
  // With their hashes known, for these are looked up in each request.
  public static final CharSequence SHADOW_REQUEST = HttpHeaders.createOptimized("X-Shadow-Request");
  public static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
  public static final CharSequence CONTENT_LENGTH = HttpHeaders.createOptimized("Content-Length");
  public static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
  public static final CharSequence TRANSFER_ENCODING =
      HttpHeaders.createOptimized("Transfer-Encoding");
  public static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
  public static final CharSequence UPGRADE = HttpHeaders.createOptimized("Upgrade");
  public static final CharSequence EXPECT = HttpHeaders.createOptimized("Expect");
  public static final CharSequence HOST = HttpHeaders.createOptimized("Host");

  /** All numbers of so many digits are longs. */
  private static final int MAX_LENGTH_DIGITS = 18;

  private HeaderRules() {}

  /**
   * True for the fields that belong to one connection. {@code Trailer} is not one of them, as
   * trailers pass; {@code TE} is, and comes back as {@code trailers} where the next hop can use it.
   */
  public static boolean isHopByHop(CharSequence name) {
    return switch (name.length()) {
      case 2 -> is(name, "te");
      case 7 -> is(name, "upgrade");
      case 10 -> is(name, "connection") || is(name, "keep-alive");
      case 14 -> is(name, "http2-settings");
      case 16 -> is(name, "proxy-connection");
      case 17 -> is(name, "transfer-encoding");
      case 18 -> is(name, "proxy-authenticate");
      case 19 -> is(name, "proxy-authorization");
      default -> false;
    };
  }

  private static boolean is(CharSequence name, String expected) {
    return AsciiString.contentEqualsIgnoreCase(name, expected);
  }

  /** The fields that {@code Connection} names, lower case; empty in the common case. */
  static List<String> namedByConnection(MultiMap headers) {
    return named(headers.getAll(CONNECTION));
  }

  /** The same of fields. */
  static List<String> namedByConnection(Fields fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (is(fields.name(i), "connection") && !isPlain(fields.value(i))) {
        return named(fields.getAll(CONNECTION));
      }
    }
    return List.of();
  }

  /**
   * What {@code Connection} says in all its fields, lower case; empty when one field says one thing
   * that is plain.
   */
  static List<String> connectionOptions(Fields fields, int count) {
    return count == 1 ? namedByConnection(fields) : named(fields.getAll(CONNECTION));
  }

  private static boolean isPlain(String connection) {
    return connection.equalsIgnoreCase("keep-alive") || connection.equalsIgnoreCase("close");
  }

  private static List<String> named(List<String> values) {
    List<String> names = new ArrayList<>();
    for (String value : values) {
      for (String name : value.split(",", -1)) {
        names.add(name.trim().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  /** What passes of a request's fields, in order. */
  public static Fields endToEnd(MultiMap headers) {
    Fields fields = Fields.of(headers);
    List<String> named = namedByConnection(fields);
    fields.keep(name -> passes(name, named));
    return fields;
  }

  /** Adds what passes of an answer's fields, in order. */
  public static void addEndToEnd(Fields from, MultiMap to) {
    List<String> named = namedByConnection(from);
    for (int i = 0; i < from.size(); i++) {
      if (passes(from.name(i), named)) {
        to.add(from.name(i), from.value(i));
      }
    }
  }

  private static boolean passes(CharSequence name, List<String> named) {
    return !isHopByHop(name)
        && (named.isEmpty() || !named.contains(name.toString().toLowerCase(Locale.ROOT)));
  }

  /** Trailers that may not say what a head has to: RFC 9110, section 6.5.1. */
  public static boolean isTrailer(CharSequence name) {
    return !isHopByHop(name) && !is(name, "content-length") && !is(name, "host");
  }

  /** True when the request asks to switch protocols, to WebSocket for example. */
  public static boolean wantsUpgrade(HttpServerRequest request) {
    return request.headers().contains(UPGRADE)
        && namedByConnection(request.headers()).contains("upgrade");
  }

  /**
   * True when the connection may serve another request after this answer: RFC 9112, section 9.3.
   */
  public static boolean isPersistent(AnswerHead answer) {
    String option = answer.fields().get(CONNECTION);
    boolean old = answer.version() == HttpVersion.HTTP_1_0;
    if (option == null) {
      return !old;
    }
    if (option.equalsIgnoreCase("keep-alive")) {
      return true;
    }
    List<String> options = namedByConnection(answer.fields());
    return !option.equalsIgnoreCase("close")
        && !options.contains("close")
        && (!old || options.contains("keep-alive"));
  }

  /** True when a proxy in front has already made this request a shadow. */
  public static boolean isShadow(MultiMap headers) {
    return "true".equalsIgnoreCase(headers.get(SHADOW_REQUEST));
  }

  /**
   * The body's length as {@code Content-Length} gives it.
   *
   * @return 0 for no body, -1 for a body of unknown length
   */
  public static long bodyLength(MultiMap headers) {
    if (headers.contains(TRANSFER_ENCODING)) {
      return -1;
    }
    String length = headers.get(CONTENT_LENGTH);
    return length == null ? 0 : parseLength(length.trim());
  }

  /** A length as RFC 9110, section 8.6 spells it, or -1 when it is none. */
  public static long parseLength(@Nullable String length) {
    if (length == null || length.isEmpty() || length.length() > MAX_LENGTH_DIGITS) {
      return -1;
    }
    long parsed = 0;
    for (int i = 0; i < length.length(); i++) {
      int digit = length.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      parsed = 10 * parsed + digit;
    }
    return parsed;
  }
}
