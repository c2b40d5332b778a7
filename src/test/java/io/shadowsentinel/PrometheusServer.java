package io.shadowsentinel;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.kit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Prometheus in a process of its own, on a free port, that looks at one target each second. */
final class PrometheusServer implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("Listening on.*?127\\.0\\.0\\.1:([1-9]\\d*)");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final String url;

  private PrometheusServer(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Starts one that scrapes the target with the shipped rules loaded, as they are. */
  static PrometheusServer start(Path directory, String target) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ "%s" ]
            scrape_configs:
              - job_name: shadow-sentinel
                static_configs: [ { targets: [ "%s" ] } ]
            """
                .formatted(MonitoringFiles.RULES.toAbsolutePath(), target));
    Path log = directory.resolve("prometheus.log");
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    String output =
        Await.value(
            "Prometheus listens",
            Duration.ofSeconds(60),
            () -> read(log),
            text -> LISTENING.matcher(text).find() || !process.isAlive());
    Matcher listening = LISTENING.matcher(output);
    if (!listening.find()) {
      process.destroyForcibly();
      throw new AssertionError("Prometheus ended: " + output);
    }
    PrometheusServer started =
        new PrometheusServer(process, "http://127.0.0.1:" + listening.group(1));
    Await.until("Prometheus is ready", Duration.ofSeconds(60), started::isReady);
    return started;
  }

  private boolean isReady() {
    return send("/-/ready").statusCode() == 200;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The series that an expression has now; fails for one that is no PromQL. */
  JsonNode query(String expression) {
    JsonNode answer = get("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
    if (!answer.path("status").asText().equals("success")) {
      throw new AssertionError(expression + ": " + answer);
    }
    return answer.at("/data/result");
  }

  Set<String> metricNames() {
    Set<String> names = new TreeSet<>();
    get("/api/v1/label/__name__/values").path("data").forEach(name -> names.add(name.asText()));
    return names;
  }

  JsonNode alerts() {
    return get("/api/v1/alerts").at("/data/alerts");
  }

  JsonNode ruleGroups() {
    return get("/api/v1/rules").at("/data/groups");
  }

  private JsonNode get(String path) {
    try {
      return JSON.readTree(send(path).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> send(String path) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create(url + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
