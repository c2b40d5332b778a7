package io.shadowsentinel.browser;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * The product with models as a company has them, one route in each state, and traffic at a steady
 * pace: what the pictures of the documentation are taken of. What an upstream answers follows from
 * the number in the request, so that every run shows the same.
 */
final class Exhibition implements AutoCloseable {
  private static final String[] MOODS = {"positive", "negative", "neutral"};

  private final List<FakeUpstream> upstreams = new ArrayList<>();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
  private final StringBuilder config = new StringBuilder();
  private final SentinelProcess sentinel;

  Exhibition(Path directory) throws IOException {
    config.append(
        String.format(
            Locale.ROOT,
            """
            listen: { host: 127.0.0.1, port: 0 }
            admin: { host: 127.0.0.1, port: 0 }
            state: { directory: %s }
            routes:
            """,
            directory.resolve("state")));
    route(
        "digits",
        "{ format: json, label: /prediction, confidence: /probability }",
        420,
        served(i -> digit(i, i % 10, 0.98), 4, 9),
        served(i -> digit(i, i % 14 == 3 ? wrong(i) : i % 10, i % 28 == 3 ? 0.95 : 0.82), 3, 14));
    route(
        "sentiment",
        "{ format: json, label: /label, confidence: /score }",
        200,
        served(i -> mood(i, 0.93), 12, 20),
        served(i -> mood(i % 16 == 5 ? i + 1 : i, 0.9), 7, 12));
    route(
        "recommend",
        "{ format: json }",
        200,
        served(i -> basket(i, 0), 6, 10),
        served(i -> basket(i, i % 5 == 1 ? 2 : i % 3 == 0 ? 1 : 0), 9, 30));
    route(
        "fraud",
        "{ format: json, label: /verdict, confidence: /risk }",
        500,
        served(i -> "{\"verdict\":\"clear\",\"risk\":0.91}", 3, 5),
        failing(
            i -> i % 19 == 7,
            served(
                i -> "{\"verdict\":\"" + (i % 12 == 1 ? "review" : "clear") + "\",\"risk\":0.88}",
                4,
                9)));
    alone("translate", served(i -> "{\"text\":\"ok\"}", 20, 40));
    Path file = directory.resolve("sentinel.yaml");
    Files.writeString(file, config);
    sentinel = SentinelProcess.run(file);
  }

  private void route(
      String name, String compare, int minRequests, Behaviour champion, Behaviour challenger) {
    config.append(
        String.format(
            Locale.ROOT,
            """
              - name: %1$s
                match: { path: /%1$s }
                champion: { name: %1$s-v1, urls: [ "%2$s" ] }
                challenger: { name: %1$s-v2, urls: [ "%3$s" ] }
                compare: %4$s
                conflicts: { keepBodies: true }
                decide: { minRequests: %5$d }
            """,
            name,
            start(champion),
            start(challenger),
            compare,
            minRequests));
  }

  private void alone(String name, Behaviour champion) {
    config.append(
        String.format(
            Locale.ROOT,
            """
              - name: %1$s
                match: { path: /%1$s }
                champion: { name: %1$s-v1, urls: [ "%2$s" ] }
            """,
            name,
            start(champion)));
  }

  private String start(Behaviour behaviour) {
    FakeUpstream upstream = FakeUpstream.start(behaviour);
    upstreams.add(upstream);
    return upstream.url();
  }

  private static String digit(int i, int label, double probability) {
    return String.format(
        Locale.ROOT,
        "{\"model\":\"digits\",\"prediction\":\"%d\",\"probability\":%.3f}",
        label,
        probability - (i % 7) * 0.004);
  }

  private static int wrong(int i) {
    return i % 10 == 7 ? 3 : i % 10 == 1 ? 7 : (i + 4) % 10;
  }

  private static String mood(int i, double score) {
    return "{\"label\":\"" + MOODS[i % 3] + "\",\"score\":" + score + "}";
  }

  private static String basket(int i, int kind) {
    return String.format(
        Locale.ROOT,
        "{\"items\":[{\"sku\":\"A-%1$d\",\"price\":%2$s},{\"sku\":\"%3$s\",\"price\":4.50}],"
            + "\"currency\":\"EUR\"}",
        i % 50,
        kind >= 1 ? "19.95" : "19.90",
        kind == 2 ? "B-7" : "B-2");
  }

  /** Answers what follows from the number in the request, after so many milliseconds. */
  private static Behaviour served(IntFunction<String> answer, int fromMillis, int toMillis) {
    return Behaviours.choosing(
        request -> {
          int i = number(request.bodyText());
          int spread = Math.floorMod(i * 7919, 100);
          // A tail like that of a real server: one in twenty takes the longest.
          int millis =
              spread >= 95 ? toMillis * 2 : fromMillis + (toMillis - fromMillis) * spread / 100;
          return Behaviours.delayed(
              Duration.ofMillis(millis), Behaviours.reply(Reply.json(answer.apply(i))));
        });
  }

  private static Behaviour failing(IntPredicate when, Behaviour otherwise) {
    return Behaviours.choosing(
        request ->
            when.test(number(request.bodyText()))
                ? Behaviours.reply(
                    Reply.of(
                        503,
                        "text/plain",
                        "overloaded".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                : otherwise);
  }

  private static int number(String body) {
    return Integer.parseInt(body.replaceAll("[^0-9]", ""));
  }

  /** Sends at a steady pace until so many are out. */
  void traffic(String route, int perSecond, int total) {
    AtomicInteger next = new AtomicInteger();
    clock.scheduleAtFixedRate(
        () -> {
          int i = next.getAndIncrement();
          if (i < total) {
            try (RawClient client = RawClient.connect(sentinel.port())) {
              client.exchange(RawClient.post("/" + route, "{\"row\":" + i + "}"));
            }
          }
        },
        0,
        1_000_000L / perSecond,
        TimeUnit.MICROSECONDS);
  }

  /** Does what an operator would, by the API. */
  void act(Browser browser, String route, String action, String reason) {
    browser.script(
        "return fetch('api/v1/routes/' + arguments[0] + '/' + arguments[1], {method: 'POST',"
            + " headers: {'Content-Type': 'application/json'},"
            + " body: JSON.stringify({reason: arguments[2]})}).then((answer) => answer.status)",
        route,
        action,
        reason);
  }

  SentinelProcess sentinel() {
    return sentinel;
  }

  String page() {
    return sentinel.adminUrl() + "/";
  }

  @Override
  public void close() {
    clock.shutdownNow();
    sentinel.close();
    upstreams.forEach(FakeUpstream::close);
  }
}
