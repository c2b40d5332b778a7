package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.alert.ChannelSettings.Type;
import io.shadowsentinel.decide.Decision;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against a real Alertmanager, where one is installed (Debian: {@code prometheus-alertmanager}).
 */
class AlertmanagerIT {

  private static final Pattern LISTENING =
      Pattern.compile("(?:address|Listening on).*?127\\.0\\.0\\.1:(\\d+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private Process alertmanager;
  private URI url;

  @BeforeEach
  void startAlertmanager() throws Exception {
    Optional<Path> binary = binary();
    assumeTrue(
        binary.isPresent(),
        "no Alertmanager on the PATH (expected prometheus-alertmanager or alertmanager)");
    Path config =
        Files.writeString(
            directory.resolve("alertmanager.yml"),
            "route: { receiver: none }\nreceivers: [ { name: none } ]\n");
    alertmanager =
        new ProcessBuilder(
                binary.get().toString(),
                "--config.file=" + config,
                "--storage.path=" + directory.resolve("data"),
                "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:0")
            .redirectErrorStream(true)
            .start();
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(port), "alertmanager-output");
    reader.setDaemon(true);
    reader.start();
    url = URI.create("http://127.0.0.1:" + port.get(Waits.BOUND_SECONDS, TimeUnit.SECONDS));
  }

  @AfterEach
  void stopAlertmanager() throws InterruptedException {
    if (alertmanager != null) {
      alertmanager.destroy();
      assertThat(alertmanager.waitFor(Waits.BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void rollbackThenRestart_firesThenIsResolved() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    List<Decision> log = new ArrayList<>();
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    try (Sentinel sentinel = new Sentinel(log, directory.resolve("outbox"), clock)) {
      sentinel.start(
          new ChannelSettings(
              Type.ALERTMANAGER,
              url,
              ChannelSettings.DEFAULT_ON,
              URI.create("http://127.0.0.1:9090/")));
      sentinel.decide(TestDecisions.withTime(TestDecisions.rollback(1, "digits"), now));
      sentinel.awaitCount("delivered", 1);

      JsonNode firing = active();
      assertThat(firing).hasSize(1);
      assertThat(firing.at("/0/labels/alertname").textValue()).isEqualTo("ShadowSentinelRollback");
      assertThat(firing.at("/0/labels/experiment").textValue()).isEqualTo("exp-1");
      assertThat(Instant.parse(firing.at("/0/endsAt").textValue()))
          .isEqualTo(now.plus(AlertmanagerChannel.FIRES_FOR));

      sentinel.decide(TestDecisions.withTime(TestDecisions.restart(2, "digits"), now));
      sentinel.awaitCount("delivered", 2);
      assertThat(active()).isEmpty();
    }
  }

  /** What Alertmanager holds that is not resolved. */
  private JsonNode active() {
    try {
      HttpRequest request = HttpRequest.newBuilder(url.resolve("/api/v2/alerts")).build();
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void read(CompletableFuture<Integer> port) {
    StringBuilder output = new StringBuilder();
    try (BufferedReader lines = alertmanager.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
        Matcher listening = LISTENING.matcher(line);
        if (listening.find() && !listening.group(1).equals("0")) {
          port.complete(Integer.parseInt(listening.group(1)));
        }
      }
    } catch (IOException e) {
      output.append(e);
    }
    port.completeExceptionally(new AssertionError("Alertmanager ended:\n" + output));
  }

  private static Optional<Path> binary() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(
            entry ->
                Stream.of("prometheus-alertmanager", "alertmanager")
                    .map(name -> Path.of(entry, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
