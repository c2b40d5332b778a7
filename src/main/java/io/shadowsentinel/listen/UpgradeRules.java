package io.shadowsentinel.listen;

import io.shadowsentinel.wire.HeaderRules;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Locale;

/**
 * Which requests may become a tunnel: RFC 9110, section 7.8. One to another version of HTTP may
 * not, since what goes through it would be requests that no rule of the proxy has seen. Whatever
 * asks for what is not offered is a request like another. Pure.
 */
public final class UpgradeRules {
  private UpgradeRules() {}

  /** True when the request asks for a protocol that the champion may agree to. */
  public static boolean isTunnel(HttpServerRequest request, long bodyBytes) {
    return request.version() == HttpVersion.HTTP_1_1
        && bodyBytes == 0
        && HeaderRules.wantsUpgrade(request)
        && isOffered(request.headers().getAll(HeaderRules.UPGRADE));
  }

  private static boolean isOffered(List<String> values) {
    boolean any = false;
    for (String value : values) {
      for (String protocol : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        String name = protocol.strip();
        any |= !name.isEmpty();
        if (name.startsWith("h2") || name.startsWith("http") || name.startsWith("tls")) {
          return false;
        }
      }
    }
    return any;
  }
}
