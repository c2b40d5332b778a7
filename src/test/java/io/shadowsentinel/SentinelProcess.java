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
import java.util.Map;
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

  /**
   * A way to start the program.
   *
   * @param under a command that runs the command that follows it, {@code prlimit} for example
   * @param jvm flags
   */
  public record Launch(List<String> under, List<String> jvm) {

    /** By that command. */
    public Launch under(String... command) {
      return new Launch(List.of(command), jvm);
    }

    /** With these flags of the JVM, and no others. */
    public Launch jvm(String... flags) {
      return new Launch(under, List.of(flags));
    }

    /** Starts the program with these arguments. */
    public SentinelProcess start(String... arguments) {
      List<String> command = new ArrayList<>(under);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvm);
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
    public SentinelProcess run(Path config, String... more) {
      List<String> arguments = new ArrayList<>(List.of("run", "--config", config.toString()));
      arguments.addAll(List.of(more));
      return start(arguments.toArray(String[]::new)).awaitListening();
    }
  }

  /** As tests do when they care for nothing else. */
  public static final Launch PLAIN = new Launch(List.of(), List.of("-Xmx256m"));

  /** As the launcher does it for a server. */
  public static final Launch AS_SERVED =
      PLAIN.jvm(
          "-XX:+UseParallelGC",
          "-Xms256m",
          "-Xmx256m",
          "-XX:MaxDirectMemorySize=256m",
          "-XX:+ExitOnOutOfMemoryError");

  /** Starts the program with these arguments. */
  static SentinelProcess start(String... arguments) {
    return PLAIN.start(arguments);
  }

  /** Starts the program through its launcher, with more in its environment. */
  static SentinelProcess launch(Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of("sentinel").toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SENTINEL_JAR", JAR.toAbsolutePath().toString());
    builder.environment().putAll(environment);
    try {
      return new SentinelProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts {@code run} with a config, and waits until it is ready. */
  public static SentinelProcess run(Path config, String... more) {
    return PLAIN.run(config, more);
  }

  /**
   * Waits until it listens.
   *
   * @throws AssertionError when it ends before
   */
  public SentinelProcess awaitListening() {
    Await.until("the program listens or ends", START, () -> port(1) != 0 || !process.isAlive());
    if (!process.isAlive()) {
      throw new AssertionError("it ended: " + output());
    }
    return this;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
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

  public String output() {
    return String.join("\n", output);
  }

  public int awaitExit() {
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

  /** Sends a signal by its name, {@code TERM} for example. */
  public void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new AssertionError("kill -" + name + " " + pid() + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** {@code kill}. */
  public int terminate() {
    // Not by the Process itself: that would close its output before it has said its last words.
    process.toHandle().destroy();
    return awaitExit();
  }

  public String get(String path) {
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

  /**
   * Does something to a route as an operator.
   *
   * @return the status code of the admin API
   */
  public int operate(String route, String verb) {
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(adminUrl() + "/api/v1/routes/" + route + "/" + verb))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"reason\":\"by test\"}"))
            .build();
    try {
      return HTTP.send(post, HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The value of a sample of {@code /metrics}, named with its labels; NaN when there is none. */
  public double metric(String sample) {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
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
