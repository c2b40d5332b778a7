package io.shadowsentinel.browser;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The product in front of two model servers, with routes that tests play through. */
final class Stage implements AutoCloseable {
  private final Path directory;
  private final int adminPort;
  private final FakeUpstream champion;
  private final FakeUpstream challenger;
  private final FakeUpstream alerts = FakeUpstream.answering(Reply.json("{}"));
  private SentinelProcess sentinel;

  /**
   * Starts everything.
   *
   * @param admin more keys of the config's {@code admin}, or nothing
   * @param routes their names; all have a challenger but {@code alone}, and {@code bodies} keeps
   *     answers
   */
  Stage(Path directory, String admin, String... routes) throws IOException {
    this.directory = directory;
    this.adminPort = FakeUpstream.refusingPort();
    this.champion = FakeUpstream.start(Behaviours.replying(Stage::championAnswer));
    this.challenger = FakeUpstream.start(Behaviours.replying(Stage::challengerAnswer));
    StringBuilder config = new StringBuilder();
    config.append(
        String.format(
            Locale.ROOT,
            """
            listen: { host: 127.0.0.1, port: 0 }
            admin: { host: 127.0.0.1, port: %d%s }
            state: { directory: %s }
            alerts: [ { type: webhook, url: "%s/alert" } ]
            routes:
            """,
            adminPort,
            admin.isEmpty() ? "" : ", " + admin,
            directory.resolve("state"),
            alerts.url()));
    for (String route : routes) {
      config.append(route(route));
    }
    Files.writeString(config(), config);
    this.sentinel = SentinelProcess.run(config());
  }

  private String route(String name) {
    String second =
        name.equals("alone")
            ? ""
            : "    challenger: { name: " + name + "-v2, urls: [ \"" + challenger.url() + "\" ] }\n";
    String kept =
        name.equals("bodies") ? "    conflicts: { keepBodies: true, redact: [ /unit ] }\n" : "";
    return String.format(
        Locale.ROOT,
        """
          - name: %1$s
            match: { path: /%1$s }
            champion: { name: %1$s-v1, urls: [ "%2$s" ] }
        %3$s%4$s    compare: { format: json, label: /prediction, confidence: /probability }
        """,
        name,
        champion.url(),
        second,
        kept);
  }

  private Path config() {
    return directory.resolve("sentinel.yaml");
  }

  /** A label that follows from the request, so that two servers can agree without speaking. */
  private static int label(RecordedRequest request) {
    return Math.floorMod(request.bodyText().hashCode(), 10);
  }

  private static Reply championAnswer(RecordedRequest request) {
    return answer(label(request), 0.97);
  }

  /** Agrees, but on a body that says otherwise. */
  private static Reply challengerAnswer(RecordedRequest request) {
    String body = request.bodyText();
    int label = label(request);
    if (body.contains("differ")) {
      return answer((label + 1) % 10, body.contains("unsure") ? 0.55 : 0.96);
    }
    return answer(label, 0.91);
  }

  private static Reply answer(int label, double probability) {
    return Reply.json(
        "{\"prediction\":\""
            + label
            + "\",\"probability\":"
            + String.format(Locale.ROOT, "%.3f", probability)
            + ",\"unit\":\"digit\"}");
  }

  /** Sends requests one after another; the words go into their bodies. */
  void send(String route, int count, String words) {
    send(route, count, i -> words + " " + i);
  }

  private void send(String route, int count, UnaryOperator<String> body) {
    try (RawClient client = RawClient.connect(sentinel.port())) {
      for (int i = 0; i < count; i++) {
        String json = "{\"x\":\"" + body.apply(String.valueOf(i)) + "\"}";
        int status = client.exchange(RawClient.post("/" + route, json)).status();
        if (status != 200) {
          throw new AssertionError("the proxy answered " + status);
        }
      }
    }
  }

  /** The page's address, which stays the same when the server comes back. */
  String page() {
    return "http://127.0.0.1:" + adminPort + "/";
  }

  SentinelProcess sentinel() {
    return sentinel;
  }

  /** Where alerts go. */
  FakeUpstream alerts() {
    return alerts;
  }

  void kill() {
    sentinel.kill();
  }

  void startAgain() {
    sentinel = SentinelProcess.run(config());
  }

  @Override
  public void close() {
    sentinel.close();
    champion.close();
    challenger.close();
    alerts.close();
  }
}
