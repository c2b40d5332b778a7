package io.shadowsentinel.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteIndexTest {
  private static RouteIndex<Match> index(Match... matches) {
    return RouteIndex.of(List.of(matches), Function.identity());
  }

  private static Match hosts(String path, String... hosts) {
    return new Match(path, List.of(hosts), Set.of(), Map.of());
  }

  private static Match find(RouteIndex<Match> index, String host, String path) {
    return index.find("POST", host, path, name -> null);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, 0", "/a/b, 0", "/ab, 0", "/b/c, 2", "/b, 3", "/bc, 3", "/c, 3", "/, 3", "'', ", "x, "
  })
  void route_isTheFirstWhosePathBeginsTheRequests(String path, Integer expected) {
    List<Match> matches =
        List.of(Match.path("/a"), hosts("/b", "*.x"), Match.path("/b/"), Match.path("/"));
    RouteIndex<Match> index = RouteIndex.of(matches, Function.identity());

    assertThat(find(index, null, path)).isSameAs(expected == null ? null : matches.get(expected));
    assertThat(find(index, "h.x", path))
        .isSameAs(
            path.startsWith("/b")
                ? matches.get(1)
                : expected == null ? null : matches.get(expected));
  }

  @Test
  void longerPath_behindAShorterOne_isNeverAsked() {
    Match first = Match.path("/");
    assertThat(find(index(first, Match.path("/a/b/c")), null, "/a/b/c")).isSameAs(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.example.org", "A.EXAMPLE.ORG", "b.a.example.org"})
  void wildcard_takesAnyNameBelow_inAnyCase(String host) {
    Match wild = hosts("/", "*.example.org");
    assertThat(find(index(hosts("/", "example.org"), wild), host, "/")).isSameAs(wild);
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", "badexample.org", "example.org.evil", "org", ""})
  void wildcard_takesNothingElse(String host) {
    assertThat(find(index(hosts("/", "*.example.org")), host, "/")).isNull();
  }

  @Test
  void requestWithoutAHost_isTakenByWhoAsksForNone() {
    Match any = Match.path("/");
    assertThat(find(index(hosts("/", "a"), any), null, "/")).isSameAs(any);
    assertThat(index(any).asksForHost()).isFalse();
    assertThat(index(any, hosts("/", "a")).asksForHost()).isTrue();
  }

  @Test
  void methodAndHeaders_decideAmongThoseThatAreLeft() {
    Match get = new Match("/m", List.of(), Set.of("get"), Map.of());
    Match canary = new Match("/m", List.of(), Set.of(), Map.of("X-Canary", "1"));
    Match rest = Match.path("/");
    RouteIndex<Match> index = index(get, canary, rest);

    assertThat(index.find("GET", null, "/m", name -> "1")).isSameAs(get);
    assertThat(index.find("POST", null, "/m", name -> name.equals("X-Canary") ? "1" : null))
        .isSameAs(canary);
    assertThat(index.find("POST", null, "/m", name -> "2")).isSameAs(rest);
  }

  /** Held against the plain reading of the contract: the first route of which all parts hold. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyRoutes_answerAsIfEachWereAsked(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      List<Match> matches =
          IntStream.range(0, random.nextInt(1, 40)).mapToObj(i -> match(random)).toList();
      RouteIndex<Match> index = RouteIndex.of(matches, Function.identity());
      for (int i = 0; i < 50; i++) {
        String method = random.nextBoolean() ? "GET" : "POST";
        String host = random.nextInt(5) == 0 ? null : host(random).replace("*", "Q");
        String path = path(random) + path(random);
        String canary = random.nextBoolean() ? "1" : "2";
        Function<String, String> header = name -> canary;

        Match expected =
            matches.stream()
                .filter(each -> takes(each, method, host, path, canary))
                .findFirst()
                .orElse(null);
        assertThat(index.find(method, host, path, header))
            .as("%s %s %s %s of %s", method, host, path, canary, matches)
            .isSameAs(expected);
      }
    }
  }

  private static boolean takes(
      Match match, String method, String host, String path, String canary) {
    return path.startsWith(match.path())
        && (match.methods().isEmpty() || match.methods().contains(method))
        && match.headers().values().stream().allMatch(canary::equals)
        && (match.hosts().isEmpty()
            || (host != null && match.hosts().stream().anyMatch(each -> names(each, host))));
  }

  private static boolean names(String pattern, String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return pattern.startsWith("*.") ? name.endsWith(pattern.substring(1)) : name.equals(pattern);
  }

  private static Match match(SplittableRandom random) {
    List<String> hosts = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      hosts.add(host(random));
    }
    return new Match(
        path(random),
        hosts,
        random.nextInt(3) == 0 ? Set.of("GET") : Set.of(),
        random.nextInt(4) == 0 ? Map.of("x", "1") : Map.of());
  }

  private static String host(SplittableRandom random) {
    String[] names = {"*", "a", "b", "A"};
    StringBuilder host = new StringBuilder(names[random.nextInt(4)]);
    for (int i = random.nextInt(3); i > 0; i--) {
      host.append('.').append(names[random.nextInt(1, 4)]);
    }
    return host.length() == 1 && host.charAt(0) == '*' ? "a" : host.toString();
  }

  private static String path(SplittableRandom random) {
    StringBuilder path = new StringBuilder("/");
    for (int i = random.nextInt(4); i > 0; i--) {
      path.append("ab/".charAt(random.nextInt(3)));
    }
    return path.toString();
  }
}
