package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.shadowsentinel.Tool;
import io.shadowsentinel.kit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC of every kind, by its own client and server for Node: answered, and mirrored. */
class GrpcIT {
  private static final Path MODULES = Path.of("target/tools");
  private static final String CALLS = "48";

  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void need() {
    Tool.need("node");
    assumeTrue(
        Files.isDirectory(MODULES.resolve("node_modules/@grpc/grpc-js")),
        "no @grpc/grpc-js in target/tools (./sentinel test installs it)");
  }

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private Process node(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("node", "src/test/grpc/echo.cjs", MODULES.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  private static final class Server {
    final String url;
    final Queue<String> answered = new ConcurrentLinkedQueue<>();

    Server(Process process) throws IOException {
      BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
      url = "h2c://127.0.0.1:" + lines.readLine();
      Thread reader = new Thread(() -> lines.lines().forEach(answered::add), "grpc server");
      reader.setDaemon(true);
      reader.start();
    }
  }

  @Test
  void calls_ofEveryKind_areAnsweredAndMirrored() throws Exception {
    Server champion = new Server(node("serve"));
    Server challenger = new Server(node("serve"));
    try (ProxyHarness proxy = new ProxyHarness(Routes.shadowing(champion.url, challenger.url))) {
      Process client = node("call", String.valueOf(proxy.port));
      List<String> said = client.inputReader(StandardCharsets.UTF_8).lines().toList();

      assertThat(said).containsExactly(CALLS);
      assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
      proxy.awaitSettled("r", Routes.SCOPE, Long.parseLong(CALLS));
      assertThat(champion.answered).hasSize(Integer.parseInt(CALLS));
      Await.until(
          "the challenger has them, too",
          () -> challenger.answered.size() == Integer.parseInt(CALLS));
    }
  }
}
