package io.shadowsentinel.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads URLs; the messages show none that may hold a password. */
final class Urls {
  private static final Set<String> UPSTREAM_SCHEMES = Set.of("http", "https", "h2c");
  private static final Set<String> ALERT_SCHEMES = Set.of("http", "https");

  private Urls() {}

  /** Reads the URL of a model: scheme, host and perhaps port, and nothing more. */
  static @Nullable URI upstream(Value value) {
    String expected = "http://HOST[:PORT], https://HOST[:PORT] or h2c://HOST[:PORT]";
    String text = value.text(expected);
    if (text == null) {
      return null;
    }
    String shown = text.contains("@") ? "a URL with user information" : Quoted.text(text);
    URI url = parse(text);
    if (url == null || !reaches(url, UPSTREAM_SCHEMES)) {
      value.fault(text.isBlank() ? "empty" : shown, expected);
      return null;
    }
    boolean bare =
        url.getRawPath().isEmpty() && url.getRawQuery() == null && url.getRawFragment() == null;
    if (!bare || url.getRawUserInfo() != null) {
      value.fault(shown, expected + ", with no path, query, fragment or user");
      return null;
    }
    return url;
  }

  /** Reads where an alert goes. The URL is a secret: no message shows it. */
  static @Nullable URI alert(Value value) {
    String expected = "http://HOST[:PORT][/PATH] or https://HOST[:PORT][/PATH]";
    if (!(value.node() instanceof Node.Scalar scalar) || !holdsText(scalar)) {
      value.text(expected);
      return null;
    }
    URI url = parse(scalar.text());
    if (url == null || !reaches(url, ALERT_SCHEMES)) {
      value.fault("not a URL that alerts can go to", expected);
      return null;
    }
    if (url.getRawFragment() != null) {
      value.fault("a fragment in the URL", expected);
      return null;
    }
    return url;
  }

  private static boolean holdsText(Node.Scalar scalar) {
    return scalar.kind() == Node.Kind.TEXT || scalar.kind() == Node.Kind.FROM_ENVIRONMENT;
  }

  private static boolean reaches(URI url, Set<String> schemes) {
    if (url.getScheme() == null || !schemes.contains(url.getScheme())) {
      return false;
    }
    boolean port = url.getPort() == -1 || (url.getPort() >= 1 && url.getPort() <= 65535);
    // "http://host:" parses, with an empty port.
    return url.getHost() != null && port && !url.getRawAuthority().endsWith(":");
  }

  private static @Nullable URI parse(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
