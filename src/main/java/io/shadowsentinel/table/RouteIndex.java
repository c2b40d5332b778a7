package io.shadowsentinel.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first of many routes that takes a request, without asking each: by host, then by path
 * prefix, and only what is left by method and headers. Immutable, any thread.
 *
 * @param <T> what stands for a route
 */
public final class RouteIndex<T> {
  /** One of the routes, at its place in their order. */
  private record Entry<T>(int order, Match match, T value) {}

  private final Map<String, Prefixes<T>> byHost;

  /** By what follows the {@code *} of a pattern, with its dot. */
  private final Map<String, Prefixes<T>> byDomain;

  private final Prefixes<T> ofAnyHost;

  private RouteIndex(
      Map<String, Prefixes<T>> byHost, Map<String, Prefixes<T>> byDomain, Prefixes<T> ofAnyHost) {
    this.byHost = byHost;
    this.byDomain = byDomain;
    this.ofAnyHost = ofAnyHost;
  }

  /**
   * An index of routes.
   *
   * @param routes in the order in which they are asked
   */
  public static <T> RouteIndex<T> of(List<T> routes, Function<T, Match> match) {
    Map<String, List<Entry<T>>> byHost = new HashMap<>();
    Map<String, List<Entry<T>>> byDomain = new HashMap<>();
    List<Entry<T>> ofAnyHost = new ArrayList<>();
    for (int i = 0; i < routes.size(); i++) {
      Entry<T> entry = new Entry<>(i, match.apply(routes.get(i)), routes.get(i));
      if (entry.match().hosts().isEmpty()) {
        ofAnyHost.add(entry);
      }
      for (String host : entry.match().hosts()) {
        if (host.startsWith("*.")) {
          byDomain.computeIfAbsent(host.substring(1), unused -> new ArrayList<>()).add(entry);
        } else {
          byHost.computeIfAbsent(host, unused -> new ArrayList<>()).add(entry);
        }
      }
    }
    return new RouteIndex<>(prefixes(byHost), prefixes(byDomain), new Prefixes<>(ofAnyHost));
  }

  private static <T> Map<String, Prefixes<T>> prefixes(Map<String, List<Entry<T>>> entries) {
    Map<String, Prefixes<T>> prefixes = new HashMap<>();
    entries.forEach((host, those) -> prefixes.put(host, new Prefixes<>(those)));
    return Map.copyOf(prefixes);
  }

  /** True when a request's host makes a difference. */
  public boolean asksForHost() {
    return !byHost.isEmpty() || !byDomain.isEmpty();
  }

  /**
   * The first route that takes a request, or null.
   *
   * @param host without port, in any case; null when the request names none
   * @param path as sent, not decoded, without the query
   * @param header gives a header's value by name, or null
   */
  public @Nullable T find(
      String method,
      @Nullable String host,
      String path,
      Function<String, @Nullable String> header) {
    Entry<T> first = ofAnyHost.find(method, path, header, null);
    if (host != null && asksForHost()) {
      String name = host.toLowerCase(Locale.ROOT);
      first = find(byHost.get(name), method, path, header, first);
      if (!byDomain.isEmpty()) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
          first = find(byDomain.get(name.substring(dot)), method, path, header, first);
        }
      }
    }
    return first == null ? null : first.value();
  }

  private static <T> @Nullable Entry<T> find(
      @Nullable Prefixes<T> among,
      String method,
      String path,
      Function<String, @Nullable String> header,
      @Nullable Entry<T> before) {
    return among == null ? before : among.find(method, path, header, before);
  }

  /**
   * Routes by their prefix of a path. All prefixes of a path that are here are on one chain, from
   * the longest to the shortest; and the longest is on the chain of whichever prefix comes last
   * before the path in the order of text, for what stands between the two begins with it as well.
   */
  private static final class Prefixes<T> {
    /** In the order of text, each once. */
    private final String[] prefixes;

    /** The longest of the others that a prefix begins with, or -1. */
    private final int[] parents;

    /** Those with this very prefix, in their order. */
    private final List<List<Entry<T>>> entries = new ArrayList<>();

    Prefixes(List<Entry<T>> all) {
      Map<String, List<Entry<T>>> byPrefix = new HashMap<>();
      for (Entry<T> entry : all) {
        byPrefix.computeIfAbsent(entry.match().path(), unused -> new ArrayList<>()).add(entry);
      }
      prefixes = byPrefix.keySet().toArray(String[]::new);
      Arrays.sort(prefixes);
      parents = new int[prefixes.length];
      for (int i = 0; i < prefixes.length; i++) {
        int parent = i - 1;
        while (parent >= 0 && !prefixes[i].startsWith(prefixes[parent])) {
          parent = parents[parent];
        }
        parents[i] = parent;
        entries.add(byPrefix.getOrDefault(prefixes[i], List.of()));
      }
    }

    /** The first that takes the request, if it comes before {@code known}; else that. */
    @Nullable Entry<T> find(
        String method,
        String path,
        Function<String, @Nullable String> header,
        @Nullable Entry<T> known) {
      Entry<T> first = known;
      for (int i = last(path); i >= 0; i = parents[i]) {
        if (!path.startsWith(prefixes[i])) {
          continue;
        }
        for (Entry<T> entry : entries.get(i)) {
          if (first != null && first.order() <= entry.order()) {
            break;
          }
          if (entry.match().takes(method, header)) {
            first = entry;
            break;
          }
        }
      }
      return first;
    }

    /** The last prefix that is not after the path, or -1. */
    private int last(String path) {
      int at = Arrays.binarySearch(prefixes, path);
      return at >= 0 ? at : -at - 2;
    }
  }
}
