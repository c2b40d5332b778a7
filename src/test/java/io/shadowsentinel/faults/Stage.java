package io.shadowsentinel.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What the tests of this package share: a config that is put together, and books that must add up.
 */
final class Stage {
  private final Path directory;
  private final List<String> routes = new ArrayList<>();
  private String more = "";
  private Path state;

  Stage(Path directory) {
    this.directory = directory;
    this.state = directory.resolve("state");
  }

  /** A seed, from {@code -Dfaults.seed} or this one, printed so that a failure can be repeated. */
  static Random seeded(String test, long fallback) {
    long seed = Long.getLong("faults.seed", fallback);
    System.out.printf("%s: seed %d (repeat with -Dfaults.seed=%d)%n", test, seed, seed);
    return new Random(seed);
  }

  Path state() {
    return state;
  }

  Stage state(Path other) {
    state = other;
    return this;
  }

  Path config() {
    return directory.resolve("sentinel.yaml");
  }

  /** Forgets the routes. */
  Stage clear() {
    routes.clear();
    more = "";
    return this;
  }

  /** A route by its prefix, without a challenger. */
  Stage route(String name, String champion, String... lines) {
    return route(name, List.of(champion), null, lines);
  }

  /**
   * A route that matches {@code /NAME}.
   *
   * @param challenger its URL, or null for none
   * @param lines what else the route has, YAML
   */
  Stage route(String name, List<String> champion, String challenger, String... lines) {
    StringBuilder route = new StringBuilder();
    route.append("  - name: ").append(name).append('\n');
    route.append("    match: { path: /").append(name).append(" }\n");
    route.append("    champion: { name: v1, urls: ").append(quoted(champion)).append(" }\n");
    if (challenger != null) {
      route.append("    challenger: { name: v2, urls: ").append(quoted(List.of(challenger)));
      route.append(" }\n");
      route.append("    compare: { format: json, label: /prediction, confidence: /probability }\n");
    }
    for (String line : lines) {
      route.append("    ").append(line).append('\n');
    }
    routes.add(route.toString());
    return this;
  }

  /** What else the config has, YAML at the top. */
  Stage and(String lines) {
    more += lines + "\n";
    return this;
  }

  String text() {
    return "listen: { host: 127.0.0.1, port: 0 }\nadmin: { host: 127.0.0.1, port: 0 }\n"
        + "state: { directory: "
        + state
        + " }\n"
        + more
        + "routes:\n"
        + String.join("", routes);
  }

  /** Writes the config, as a whole. */
  Path write() {
    return write(text());
  }

  /** Writes any text as the config, as a whole. */
  Path write(String text) {
    try {
      Path next = directory.resolve("next.yaml");
      Files.writeString(next, text);
      return Files.move(
          next, config(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until nothing is in flight, and everything that was eligible is accounted for. */
  static JsonNode awaitBalance(SentinelProcess sentinel, String route) {
    return Await.value(
        "the books of " + route + " balance with nothing in flight",
        Duration.ofSeconds(60),
        () -> sentinel.route(route).path("experiment").path("evidence"),
        evidence -> evidence.path("inFlight").asLong(-1) == 0 && balances(evidence));
  }

  /** Eligible = rated + incomparable + shed + in flight. */
  static boolean balances(JsonNode evidence) {
    return evidence.path("eligible").asLong(-1)
        == evidence.path("rated").asLong()
            + evidence.path("incomparable").asLong()
            + evidence.path("shed").asLong()
            + evidence.path("inFlight").asLong();
  }

  private static String quoted(List<String> urls) {
    return "[ \"" + String.join("\", \"", urls) + "\" ]";
  }
}
