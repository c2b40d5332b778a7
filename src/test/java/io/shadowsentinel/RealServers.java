package io.shadowsentinel;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Servers that are not ours, as users have them: Debian's nginx, and a small one in Python. */
final class RealServers implements AutoCloseable {
  private static final String PYTHON =
      """
      import json, sys
      from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

      every, count = int(sys.argv[2]), 0

      class Model(BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'

          def do_POST(self):
              global count
              self.rfile.read(int(self.headers.get('Content-Length', 0)))
              count += 1
              differs = every and count % every == 0
              body = json.dumps({'prediction': 4.0 if differs else 3.0, 'probability': 0.95,
                                 'model': 'python'}).encode()
              self.send_response(200)
              self.send_header('Content-Type', 'application/json')
              self.send_header('Content-Length', str(len(body)))
              self.end_headers()
              self.wfile.write(body)

          def log_message(self, *args):
              pass

      ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Model).serve_forever()
      """;

  private final Path directory;
  private final List<Process> started = new ArrayList<>();

  RealServers(Path directory) {
    this.directory = directory;
  }

  /** An nginx that answers every request with prediction 3 and confidence 0.9; gives its URL. */
  String nginx() throws IOException {
    int port = FakeUpstream.refusingPort();
    Path home = Files.createDirectories(directory.resolve("nginx-" + port));
    Path config = home.resolve("nginx.conf");
    Files.writeString(
        config,
        String.format(
            Locale.ROOT,
            """
            daemon off; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c;
              uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
              server {
                listen 127.0.0.1:%2$d;
                location / {
                  default_type application/json;
                  return 200 '{"prediction": 3, "probability": 0.9, "model": "nginx"}';
                }
              }
            }
            """,
            home,
            port));
    return start(
        port, "nginx", "-c", config.toString(), "-e", home.resolve("error.log").toString());
  }

  /** A Python server that differs from the nginx at every so many requests; 0 for never. */
  String python(int differsEvery) throws IOException {
    int port = FakeUpstream.refusingPort();
    Path script = directory.resolve("model-" + port + ".py");
    Files.writeString(script, PYTHON);
    return start(port, "python3", script.toString(), "" + port, "" + differsEvery);
  }

  private String start(int port, String... command) throws IOException {
    Path log = directory.resolve("server-" + port + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    started.add(process);
    Await.until(String.join(" ", command) + " listens", () -> accepts(port));
    return "http://127.0.0.1:" + port;
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    for (Process process : started) {
      process.destroy();
      try {
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }
}
