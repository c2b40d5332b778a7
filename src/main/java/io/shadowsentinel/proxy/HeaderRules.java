package io.shadowsentinel.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which header fields pass the proxy. Hop-by-hop fields, and those that {@code Connection} names,
 * end here in either direction: RFC 9110, section 7.6.1. Pure, any thread.
 */
final class HeaderRules {
  static final String SHADOW_REQUEST = "X-Shadow-Request";
  static final String REQUEST_ID = "X-Request-Id";

  private HeaderRules() {}

  /**
   * True for the fields that belong to one connection. {@code Trailer} is not one of them, as
   * trailers pass; {@code TE} is, and comes back as {@code trailers} where the next hop can use it.
   */
  static boolean isHopByHop(String name) {
    return switch (name.length()) {
      case 2 -> name.equalsIgnoreCase("te");
      case 7 -> name.equalsIgnoreCase("upgrade");
      case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
      case 14 -> name.equalsIgnoreCase("http2-settings");
      case 16 -> name.equalsIgnoreCase("proxy-connection");
      case 17 -> name.equalsIgnoreCase("transfer-encoding");
      case 18 -> name.equalsIgnoreCase("proxy-authenticate");
      case 19 -> name.equalsIgnoreCase("proxy-authorization");
      default -> false;
    };
  }

  /** The fields that {@code Connection} names, lower case; empty in the common case. */
  static List<String> namedByConnection(MultiMap headers) {
    String single = headers.get("Connection");
    if (single == null
        || single.equalsIgnoreCase("keep-alive")
        || single.equalsIgnoreCase("close")) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (String value : headers.getAll("Connection")) {
      for (String name : value.split(",", -1)) {
        names.add(name.trim().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  /** Copies what passes from one message to the next, in order. */
  static void copyEndToEnd(MultiMap from, MultiMap to) {
    List<String> named = namedByConnection(from);
    for (Map.Entry<String, String> field : from) {
      String name = field.getKey();
      if (!isHopByHop(name)
          && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT)))) {
        to.add(name, field.getValue());
      }
    }
  }

  /** True when the request asks to switch protocols, to WebSocket for example. */
  static boolean wantsUpgrade(HttpServerRequest request) {
    return request.headers().contains("Upgrade")
        && namedByConnection(request.headers()).contains("upgrade");
  }

  /**
   * True when the connection may serve another request after this answer: RFC 9112, section 9.3.
   */
  static boolean isPersistent(HttpClientResponse answer) {
    String option = answer.headers().get("Connection");
    boolean old = answer.version() == HttpVersion.HTTP_1_0;
    if (option == null) {
      return !old;
    }
    if (option.equalsIgnoreCase("keep-alive")) {
      return true;
    }
    List<String> options = namedByConnection(answer.headers());
    return !option.equalsIgnoreCase("close")
        && !options.contains("close")
        && (!old || options.contains("keep-alive"));
  }

  /** True when a proxy in front has already made this request a shadow. */
  static boolean isShadow(MultiMap headers) {
    return "true".equalsIgnoreCase(headers.get(SHADOW_REQUEST));
  }

  /**
   * The body's length as {@code Content-Length} gives it.
   *
   * @return 0 for no body, -1 for a body of unknown length
   */
  static long bodyLength(MultiMap headers) {
    if (headers.contains("Transfer-Encoding")) {
      return -1;
    }
    String length = headers.get("Content-Length");
    return length == null ? 0 : parseLength(length);
  }

  /** A length, or -1 when it is none. */
  static long parseLength(@Nullable String length) {
    if (length == null) {
      return -1;
    }
    try {
      return Long.parseUnsignedLong(length.trim());
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
