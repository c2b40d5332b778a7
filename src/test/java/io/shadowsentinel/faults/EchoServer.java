package io.shadowsentinel.faults;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Debian's nginx as a model: answers every request with a label, a confidence, its own name, and
 * the {@code id} of the request's query; but a path that ends in {@code /big} with 1 MB. It can die
 * and come back on the same port.
 */
final class EchoServer implements AutoCloseable {
  private final Path home;
  private final String model;
  private final int port;
  private @Nullable Process process;

  private EchoServer(Path home, String model, int port) {
    this.home = home;
    this.model = model;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param label what it predicts, always with the confidence 0.9
   */
  static EchoServer start(Path directory, String model, int label) {
    int port = FakeUpstream.refusingPort();
    Path home = directory.resolve("nginx-" + model + "-" + port);
    EchoServer server = new EchoServer(home, model, port);
    try {
      Files.createDirectories(home);
      Files.writeString(
          home.resolve("big.json"), "{\"scores\":[" + "0.125,".repeat(170_000) + "1]}");
      Files.writeString(server.config(), config(home, port, model, label));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.start();
    return server;
  }

  private static String config(Path home, int port, String model, int label) {
    return String.format(
        Locale.ROOT,
        """
        daemon off; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log;
        worker_rlimit_nofile 20000;
        events { worker_connections 16384; }
        http {
          log_format ids '$arg_id'; access_log %1$s/ids.log ids if=$arg_id;
          keepalive_requests 100000000;
          client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c;
          uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
          server {
            listen 127.0.0.1:%2$d backlog=4096;
            location / {
              default_type application/json;
              return 200 '{"prediction": %4$d, "probability": 0.9, "model": "%3$s", "id": "$arg_id"}';
            }
            location ~ /big$ { default_type application/json; alias %1$s/big.json; }
          }
        }
        """,
        home,
        port,
        model,
        label);
  }

  private Path config() {
    return home.resolve("nginx.conf");
  }

  int port() {
    return port;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Starts it again after {@link #die()} or {@link #stop()}. */
  void start() {
    try {
      process =
          new ProcessBuilder(
                  "nginx", "-c", config().toString(), "-e", home.resolve("error.log").toString())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("out.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("nginx " + model + " listens on " + port, this::accepts);
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Ends it as {@code kill -9} does, workers and all. */
  void die() {
    Process running = process;
    if (running != null) {
      List<ProcessHandle> workers = running.descendants().toList();
      running.destroyForcibly();
      workers.forEach(ProcessHandle::destroyForcibly);
      await(running);
      workers.forEach(worker -> worker.onExit().join());
      process = null;
    }
  }

  /** Ends it as an operator does: it closes its connections, also those with a request. */
  void stop() {
    Process running = process;
    if (running != null) {
      running.destroy();
      await(running);
      process = null;
    }
  }

  /**
   * The ids of the requests that came, one as often as it came. A request that was cut before its
   * id is not there: nobody could tell which one it was.
   */
  List<String> seenIds() {
    try {
      return Files.readAllLines(home.resolve("ids.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  private static void await(Process ending) {
    try {
      if (!ending.waitFor(10, TimeUnit.SECONDS)) {
        ending.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
