package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeDns;
import io.shadowsentinel.kit.Load;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The name server stops answering. What is connected goes on; what needs a new connection is told
 * in time that there is none; routes without names do not notice.
 */
@Timeout(600)
class NamesIT {
  @TempDir Path temp;

  @Test
  void nameServer_goesSilent_andComesBack() throws Exception {
    goesSilent(1);
  }

  @Tag("faults")
  @Test
  void nameServer_goesSilent_manyTimes() throws Exception {
    goesSilent(15);
  }

  private void goesSilent(int rounds) throws Exception {
    Random random = Stage.seeded("NamesIT", 53);
    String address = "127.53." + (1 + random.nextInt(250)) + "." + (1 + random.nextInt(250));
    try (FakeDns dns = nameServer(address);
        EchoServer champion = EchoServer.start(temp, "v1", 3);
        EchoServer other = EchoServer.start(temp, "v2", 3)) {
      Path config =
          new Stage(temp)
              .route(
                  "named",
                  "http://champion.test:" + champion.port(),
                  "timeout: 3s",
                  "connectTimeout: 500ms")
              .route("numbered", other.url(), "timeout: 3s", "connectTimeout: 500ms")
              .write();
      SentinelProcess.Launch withNameServer = SentinelProcess.PLAIN.under(resolving(address));
      try (SentinelProcess sentinel = withNameServer.run(config);
          Load numbered =
              Load.of(2, sentinel::port, Load.echo("/numbered"))
                  .pausing(Duration.ofMillis(5))
                  .start()) {
        for (int round = 0; round < rounds; round++) {
          // What the round before left connected would need no name.
          champion.stop();
          champion.start();
          // One user: two that come at once may take a second connection whenever they first meet.
          try (Load named =
              Load.of(1, sentinel::port, Load.echo("/named"))
                  .pausing(Duration.ofMillis(5))
                  .start()) {
            named.awaitOk(100);
            assertThat(dns.questionCount()).isGreaterThan(round);
            dns.silent(true);
            // Far longer than a name lives: what is connected needs none.
            named.awaitMore(400);
            assertThat(named.failures()).as("%s", named).isZero();

            try (Load more = Load.of(8, sentinel::port, Load.echo("/named")).start()) {
              Await.until(
                  "who needs a new connection is told",
                  Duration.ofSeconds(30),
                  () -> more.failures() + named.failures() >= 8);
              long ok = numbered.count(Load.OK);
              numbered.awaitOk(ok + 100);
              dns.silent(false);
              Await.until(
                  "everybody is served again",
                  Duration.ofSeconds(60),
                  () -> {
                    long failed = more.failures() + named.failures();
                    more.awaitMore(1_000);
                    named.awaitMore(20);
                    return more.failures() + named.failures() == failed;
                  });
              assertThat(more.counts().keySet())
                  .as("%s", more.examples())
                  .isSubsetOf(Set.of(Load.OK, "status 502", "status 504"));
              System.out.printf("NamesIT: round %d: %s, then %s%n", round, named, more);
            }
          }
        }
        assertThat(numbered.failures()).as("%s", numbered).isZero();
      }
    }
  }

  private static FakeDns nameServer(String address) {
    try {
      return FakeDns.start(address, 1);
    } catch (UncheckedIOException notPermitted) {
      assumeTrue(
          false,
          "skipped: a name server takes port 53 of "
              + address
              + ", and that is not permitted here: "
              + notPermitted.getMessage());
      throw notPermitted;
    }
  }

  /** Runs a command with a name server of its own, in a mount namespace of its own. */
  private String[] resolving(String address) throws IOException, InterruptedException {
    Path resolvers = temp.resolve("resolv.conf");
    Files.writeString(resolvers, "nameserver " + address + "\n");
    String[] command = {
      "unshare",
      "--mount",
      "sh",
      "-c",
      "mount --bind '" + resolvers + "' /etc/resolv.conf && exec \"$@\"",
      "sh"
    };
    Process trial = new ProcessBuilder(append(command, "true")).inheritIO().start();
    assumeTrue(
        trial.waitFor() == 0,
        "skipped: a name server for one process takes a mount namespace, which is not permitted"
            + " here");
    return command;
  }

  private static String[] append(String[] command, String last) {
    String[] longer = Arrays.copyOf(command, command.length + 1);
    longer[command.length] = last;
    return longer;
  }
}
