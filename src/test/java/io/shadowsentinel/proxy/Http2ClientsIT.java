package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.shadowsentinel.Tool;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Wanted;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.tls.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/2 clients that others have made: what they frame as they like, and what they make of ends.
 */
class Http2ClientsIT {
  private static final Path CLIENTS = Path.of("src/test/resources/clients").toAbsolutePath();
  private static final TestCa CA = TestCa.create("Test CA");

  private static final Behaviour ECHO =
      Behaviours.replying(request -> Reply.of(200, "application/octet-stream", request.body()));
  private static final Behaviour SLOW = Behaviours.delayed(Duration.ofMillis(350), ECHO);
  private static final Behaviour BROKEN = Behaviours.closeEarly(Reply.json("x".repeat(1000)));

  @TempDir private Path directory;

  private final FakeUpstream champion =
      FakeUpstream.start(
          Behaviours.choosing(
              request ->
                  switch (request.target()) {
                    case "/slow" -> SLOW;
                    case "/broken" -> BROKEN;
                    default -> ECHO;
                  }));
  private final FakeUpstream challenger = FakeUpstream.start(ECHO);

  @AfterEach
  void close() {
    champion.close();
    challenger.close();
  }

  @Test
  void node_framesAsItLikes_andIsAnswered_andIsToldOfABrokenAnswer() throws Exception {
    Tool.need("node");
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      assertThat(run("node", "http2.mjs", proxy.port)).isEqualTo("done\n");
      assertMirroredOnce(proxy);
    }
  }

  @Test
  void httpx_framesAsItLikes_andIsAnswered_andIsToldOfABrokenAnswer() throws Exception {
    for (String module : List.of("httpx", "h2")) {
      assumeTrue(
          Files.isDirectory(Path.of("/usr/lib/python3/dist-packages", module)), "no " + module);
    }
    Written server =
        CA.issue(new Wanted("localhost").named("localhost")).write(directory, "server");
    Tls tls = new Tls(server.cert(), server.key(), null);
    try (ProxyHarness proxy =
        new ProxyHarness(
            new ProxySettings("127.0.0.1", 0, tls, false),
            Routes.shadowing(champion.url(), challenger.url()))) {
      assertThat(run("/usr/bin/python3", "http2.py", proxy.port)).isEqualTo("done\n");
      assertMirroredOnce(proxy);
    }
  }

  private void assertMirroredOnce(ProxyHarness proxy) {
    proxy.awaitSettled("r", Routes.SCOPE, proxy.eligible.count(Routes.SCOPE));
    assertThat(proxy.exchanges).isNotEmpty();
    assertThat(challenger.requestCount()).isEqualTo(proxy.exchanges.size());
  }

  private static String run(String program, String script, int port) throws Exception {
    Tool.Result result =
        Tool.run(CLIENTS, program, CLIENTS.resolve(script).toString(), Integer.toString(port));
    return result.output();
  }

  /** 18: a part of the file; 56: reset; 92: the stream ended with an error. */
  @ParameterizedTest
  @ValueSource(strings = {"--http2-prior-knowledge", "--http1.1", "--http1.0"})
  void curl_isToldOfABrokenAnswer(String version) throws Exception {
    Tool.need("curl");
    champion.behave(Behaviours.closeEarly(Reply.json("x".repeat(1000)).chunked(100)));
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()))) {
      Tool.Result result =
          Tool.run(
              directory,
              "curl",
              "-sS",
              "-m",
              "20",
              version,
              "http://127.0.0.1:" + proxy.port + "/p");
      assertThat(result.exitCode()).as(result.output()).isIn(18, 56, 92);
    }
  }
}
