package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.app.Metrics;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names are looked up again: also those of the hosts file. */
class MetricsNamesIT {
  @TempDir private Path directory;

  @Test
  void hostsFile_thatChanges_isReadAgain() throws Exception {
    Path hosts = directory.resolve("hosts");
    // Nobody listens on this port of the first address.
    Files.writeString(hosts, "127.77.77.77 champion.test\n");
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setAddressResolverOptions(Metrics.names().setHostsPath(hosts.toString())));
    try (FakeUpstream server = FakeUpstream.answering(Reply.json("{}"))) {
      NetClient client = vertx.createNetClient();
      assertThat(connects(client, server.port())).isFalse();

      Files.writeString(hosts, "127.0.0.1 champion.test\n");
      Await.until("the new address is taken", () -> connects(client, server.port()));
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }
  }

  private static boolean connects(NetClient client, int port) {
    try {
      client.connect(port, "champion.test").await(20, TimeUnit.SECONDS).close();
      return true;
    } catch (Exception refused) {
      return false;
    }
  }
}
