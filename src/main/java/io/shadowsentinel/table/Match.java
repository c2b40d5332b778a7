package io.shadowsentinel.table;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a request must look like for a route to take it. Every part that is given must hold.
 *
 * @param path a prefix of the request's path, as sent (not decoded); {@code /} matches all
 * @param hosts host names without port, lower case; empty matches all; {@code *.example.org}
 *     matches any one name or more below it
 * @param methods HTTP methods, upper case; empty matches all
 * @param headers header name (any case) to the exact value wanted
 */
public record Match(
    String path, List<String> hosts, Set<String> methods, Map<String, String> headers) {
  public Match {
    hosts = hosts.stream().map(h -> h.toLowerCase(Locale.ROOT)).toList();
    methods =
        methods.stream()
            .map(m -> m.toUpperCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    headers = Map.copyOf(headers);
  }

  /** Shows the headers' names only: a value may be a credential. */
  @Override
  public String toString() {
    return "Match[path="
        + path
        + ", hosts="
        + hosts
        + ", methods="
        + methods
        + ", headers="
        + headers.keySet()
        + "]";
  }

  /** Matches every request whose path begins with {@code path}. */
  public static Match path(String path) {
    return new Match(path, List.of(), Set.of(), Map.of());
  }

  /**
   * Tells whether a request is this route's, as far as its method and headers go: {@link
   * RouteIndex} looks at host and path.
   */
  boolean takes(String method, Function<String, @Nullable String> header) {
    if (!methods.isEmpty() && !methods.contains(method)) {
      return false;
    }
    for (Map.Entry<String, String> wanted : headers.entrySet()) {
      if (!wanted.getValue().equals(header.apply(wanted.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
