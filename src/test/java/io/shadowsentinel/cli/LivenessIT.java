package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product whose event loops hang, all that serve users at once. */
class LivenessIT {
  @TempDir private Path temp;

  @Test
  void live_is503_whileEventLoopsHang_andTheAdminPortAnswers() throws IOException {
    CountDownLatch release = new CountDownLatch(1);
    try (FakeUpstream champion = FakeUpstream.answering(Reply.json("{}"));
        Embedded sentinel = Embedded.start(config(champion))) {
      RawClient.once(sentinel.port(), RawClient.get("/p"));
      assertThat(live(sentinel).status()).isEqualTo(200);

      sentinel.onEveryLoop(() -> hang(release));

      RawResponse stuck =
          Await.value(
              "liveness is 503",
              Duration.ofSeconds(60),
              () -> live(sentinel),
              answer -> answer.status() == 503);
      assertThat(stuck.bodyText()).contains("\"stuck\"").contains("event loop proxy-1 has not");
      assertThat(get(sentinel, "/metrics").bodyText())
          .containsPattern("event_loop_lag_seconds\\{loop=\"proxy-1\"} 1\\d");
      assertThat(get(sentinel, "/api/v1/routes").status()).isEqualTo(200);

      release.countDown();
      Await.value("liveness is 200", () -> live(sentinel), answer -> answer.status() == 200);
      assertThat(RawClient.once(sentinel.port(), RawClient.get("/p")).status()).isEqualTo(200);
    } finally {
      release.countDown();
    }
  }

  private static void hang(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private static RawResponse live(Embedded sentinel) {
    return get(sentinel, "/health/live");
  }

  private static RawResponse get(Embedded sentinel, String path) {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    return RawClient.once(
        sentinel.adminPort(), request.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private Path config(FakeUpstream champion) throws IOException {
    return Files.writeString(
        temp.resolve("sentinel.yaml"),
        """
        listen: { host: 127.0.0.1, port: 0 }
        admin: { host: 127.0.0.1, port: 0 }
        state: { directory: %s }
        routes:
          - name: r
            match: { path: / }
            champion: { name: m, urls: [ "%s" ] }
        """
            .formatted(temp.resolve("state"), champion.url()));
  }
}
