package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.admin.AdminFixture;
import io.shadowsentinel.exchange.EligibleCounts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The admin port beside a disk that does not come to the end of a sync. */
@Timeout(120)
class SlowDiskApiIT {
  @TempDir Path temp;
  private final HttpClient http = HttpClient.newHttpClient();
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final CountDownLatch free = new CountDownLatch(1);

  private final StoreProbe probe =
      new StoreProbe() {
        @Override
        public void before(Step step, String file) {}

        @Override
        public void force(FileChannel channel, String file) throws IOException {
          if (file.equals(DecisionLog.FILE)) {
            stuck.countDown();
            try {
              assertThat(free.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
          channel.force(true);
        }
      };

  @Test
  void reads_areAnsweredDuringASync_andWritesWait() throws Exception {
    try (AdminFixture admin = new AdminFixture((String) null);
        StateStore store = StateStore.open(temp, probe, ConflictLog.MAX_FILE_BYTES)) {
      DecisionVerticle decision =
          new DecisionVerticle(
              store,
              new EligibleCounts(),
              Given.config(Given.spec("digits", "v1", "v2")),
              ForcedRollback.NONE,
              Clock.systemUTC(),
              admin.registry);
      admin
          .vertx
          .deployVerticle(decision, DecisionVerticle.deployment())
          .await(30, TimeUnit.SECONDS);
      CompletableFuture<HttpResponse<String>> pause =
          http.sendAsync(
              HttpRequest.newBuilder(URI.create(admin.url() + "/api/v1/routes/digits/pause"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
      for (String path :
          new String[] {
            "/api/v1/routes",
            "/api/v1/routes/digits",
            "/api/v1/routes/digits/history",
            "/api/v1/routes/digits/differences",
            "/api/v1/latency",
            "/api/v1/conflicts?route=digits",
            "/api/v1/decisions",
            "/metrics",
            "/health/live",
            "/health/ready"
          }) {
        HttpResponse<String> answer = get(admin, path);
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
      }
      // What is not on the disk has not happened.
      assertThat(get(admin, "/api/v1/routes/digits").body()).contains("SHADOWING");
      assertThat(get(admin, "/api/v1/decisions").body()).isEqualTo("[]");
      assertThat(pause).isNotDone();

      free.countDown();
      assertThat(pause.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(get(admin, "/api/v1/routes/digits").body()).contains("PAUSED");
      admin.vertx.undeploy(decision.deploymentID()).await(30, TimeUnit.SECONDS);
    } finally {
      free.countDown();
    }
  }

  private HttpResponse<String> get(AdminFixture admin, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(admin.url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
