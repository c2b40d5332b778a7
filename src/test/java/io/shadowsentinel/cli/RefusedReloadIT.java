package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with a changed config: it counts as refused, and the running one goes on. */
@Timeout(120)
class RefusedReloadIT {
  @TempDir private Path directory;

  private Path write(String routes, String more) throws IOException {
    return Files.writeString(
        directory.resolve("sentinel.json"),
        """
        {"listen": {"host": "127.0.0.1", "port": 0}, "admin": {"host": "127.0.0.1", "port": 0},
         "state": {"directory": "%s"},
         "routes": [%s]%s}
        """
            .formatted(directory.resolve("state"), routes, more));
  }

  @Test
  void change_thatCannotBeTakenUp_countsAndChangesNothing() throws Exception {
    try (FakeUpstream champion = FakeUpstream.answering(Reply.json("{}"))) {
      String route =
          "{\"name\": \"r\", \"champion\": {\"name\": \"c\", \"urls\": [\""
              + champion.url()
              + "\"]}}";
      List<String> refused =
          List.of(
              ", \"x\": " + "9".repeat(1_200),
              ", \"" + "n".repeat(60_000) + "\": 1",
              ", \"x\": " + "[".repeat(5_000),
              ", \"x\": \"\\u202E",
              ", \"x\": 1e",
              ", \"limits\": {\"maxBody\": " + "9".repeat(1_200) + "}");
      try (Embedded sentinel = Embedded.start(write(route, ""))) {
        for (String more : refused) {
          write(route, more);
          assertThat(sentinel.reload()).as("%.40s", more).isFalse();
        }
        assertThat(sentinel.reload(new ConfigResult.Loaded(null, ""))).isFalse();
        assertThat(sentinel.sum("shadow.sentinel.config.reloads")).isEqualTo(refused.size() + 1);
        URI uri = URI.create("http://127.0.0.1:" + sentinel.port() + "/x");
        assertThat(
                HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .statusCode())
            .isEqualTo(200);
        write(route, "");
        assertThat(sentinel.reload()).isTrue();
      }
    }
  }
}
