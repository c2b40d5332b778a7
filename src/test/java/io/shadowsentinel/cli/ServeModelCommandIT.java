package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.model.Models;
import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class ServeModelCommandIT {

  private final StringWriter err = new StringWriter();

  private int run(PrintWriter out, String... arguments) {
    return new CommandLine(new ServeModelCommand())
        .setOut(out)
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void model_served_answersUntilInterrupted() throws Exception {
    AtomicInteger exit = new AtomicInteger(-1);
    String model = Models.CHAMPION.toString();
    PipedReader pipe = new PipedReader();
    PrintWriter out = new PrintWriter(new PipedWriter(pipe));
    Thread serving =
        new Thread(
            () -> exit.set(run(out, "--model", model, "--host", "127.0.0.1", "--port", "0")));
    serving.start();
    String line = new BufferedReader(pipe).readLine();
    URI uri = URI.create(line.substring(line.indexOf("http://")));
    assertThat(uri.getPath()).isEqualTo("/v2/models/champion");
    assertThat(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(200);
    serving.interrupt();
    serving.join();
    assertThat(exit).hasValue(0);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void start_thatCannotBe_isOneLineAndExit2() throws Exception {
    PrintWriter out = new PrintWriter(new StringWriter());
    String model = Models.CHAMPION.toString();
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = String.valueOf(taken.getLocalPort());
      assertThat(run(out, "--model", model, "--host", "127.0.0.1", "--port", port)).isEqualTo(2);
      assertThat(err.toString()).contains("127.0.0.1:" + port + ": cannot listen");
    }
    assertThat(run(out, "--model", Path.of("none.onnx").toString())).isEqualTo(2);
    assertThat(run(out, "--model", model, "--port", "65536")).isEqualTo(2);
    assertThat(run(out, "--model", model, "--name", "a/b", "--port", "0")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(4);
  }

  @Test
  void maxBody_thatTheHeapCannotTake_isOneLineAndExit2() {
    PrintWriter out = new PrintWriter(new StringWriter());
    String model = Models.CHAMPION.toString();
    for (String size : List.of("0", "x", "-1", "64 MiB", "900GiB")) {
      assertThat(run(out, "--model", model, "--port", "0", "--max-body", size)).isEqualTo(2);
      assertThat(err.toString().strip().lines().reduce((a, b) -> b).orElseThrow())
          .startsWith("--max-body: " + size + " (expected 1B..");
    }
  }
}
