package io.shadowsentinel;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.kit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged program in a process of its own, started as its users start it. */
public final class SentinelProcess implements AutoCloseable {
  static final Path JAR = Path.of(System.getProperty("sentinel.jar", "target/shadow-sentinel.jar"));

  private static final Pattern LISTENING =
      Pattern.compile("listening on [^ ]*:(\\d+), admin on https?://[^ ]*:(\\d+),");
  private static final Duration START = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private SentinelProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "sentinel-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts the program with these arguments. */
  static SentinelProcess start(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-jar");
    command.add(JAR.toString());
    command.addAll(List.of(arguments));
    try {
      return new SentinelProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts {@code run} with a config, and waits until it is ready. */
  public static SentinelProcess run(Path config, String... more) {
    List<String> arguments = new ArrayList<>(List.of("run", "--config", config.toString()));
    arguments.addAll(List.of(more));
    SentinelProcess started = start(arguments.toArray(String[]::new));
    Await.until(
        "the program listens or ends",
        START,
        () -> started.port(1) != 0 || !started.process.isAlive());
    if (!started.process.isAlive()) {
      throw new AssertionError("it ended: " + started.output());
    }
    return started;
  }

  /** What a command prints, when it is done. */
  static Finished command(String... arguments) {
    try (SentinelProcess started = start(arguments)) {
      return new Finished(started.awaitExit(), started.output());
    }
  }

  record Finished(int exitCode, String output) {}

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
      }
    } catch (IOException ended) {
      output.add("(output ended: " + ended.getMessage() + ")");
    }
  }

  private int port(int group) {
    for (String line : output) {
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        return Integer.parseInt(matcher.group(group));
      }
    }
    return 0;
  }

  public int port() {
    return port(1);
  }

  public String adminUrl() {
    return "http://127.0.0.1:" + port(2);
  }

  String output() {
    return String.join("\n", output);
  }

  int awaitExit() {
    try {
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + output());
      }
      reader.join(10_000);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** {@code kill -9}. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** {@code kill}. */
  int terminate() {
    // Not by the Process itself: that would close its output before it has said its last words.
    process.toHandle().destroy();
    return awaitExit();
  }

  String get(String path) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create(adminUrl() + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public JsonNode json(String path) {
    try {
      return JSON.readTree(get(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JsonNode route(String name) {
    return json("/api/v1/routes/" + name);
  }

  /** Waits until a route is in a state. */
  public JsonNode awaitState(String route, String state) {
    return Await.value(
        route + " is " + state, () -> route(route), r -> r.path("state").asText().equals(state));
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
      awaitExit();
    }
  }
}
