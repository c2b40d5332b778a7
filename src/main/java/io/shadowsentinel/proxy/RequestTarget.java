package io.shadowsentinel.proxy;

import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/** What a request is for, and whom it names, in the forms of RFC 9112, section 3.2. Pure. */
public final class RequestTarget {
  private RequestTarget() {}

  /**
   * The target in origin form, as an origin server wants it.
   *
   * @return null for a target that is neither origin form, absolute form nor {@code *}
   */
  public static @Nullable String originForm(String uri) {
    if (uri.isEmpty()) {
      return null;
    }
    if (uri.charAt(0) == '/' || uri.equals("*")) {
      return uri;
    }
    int scheme = uri.indexOf("://");
    if (scheme <= 0) {
      return null;
    }
    for (int i = scheme + 3; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '/') {
        return uri.substring(i);
      }
      if (c == '?') {
        return "/" + uri.substring(i);
      }
    }
    return "/";
  }

  /** The path of an origin form, without its query. */
  public static String path(String originForm) {
    int query = originForm.indexOf('?');
    return query < 0 ? originForm : originForm.substring(0, query);
  }

  /** The host that a request names, without its port, or null. */
  static @Nullable String host(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    return authority == null ? null : authority.host();
  }

  /** Names a host among the fields, unless the protocol has another place for it. */
  public static void setHost(Fields fields, boolean http2, String authority) {
    if (http2) {
      fields.remove(HeaderRules.HOST);
    } else {
      fields.set(HeaderRules.HOST, authority);
    }
  }
}
