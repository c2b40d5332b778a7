package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Load;
import io.shadowsentinel.kit.ProcessView;
import io.shadowsentinel.kit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process has no file descriptor left. Who is connected is served, nothing spins, and when some
 * are free again everything is as before.
 */
@Timeout(600)
class DescriptorsIT {
  private static final int SPARE = 12;

  @TempDir Path temp;

  @Test
  void usedUp_servesWhoIsConnected_andRecovers() throws Exception {
    usedUp(1);
  }

  @Tag("faults")
  @Test
  void usedUp_manyTimes_servesWhoIsConnected_andRecovers() throws Exception {
    usedUp(20);
  }

  private void usedUp(int rounds) throws Exception {
    try (EchoServer champion = EchoServer.start(temp, "v1", 3);
        EchoServer challenger = EchoServer.start(temp, "v2", 3);
        SentinelProcess sentinel =
            SentinelProcess.run(
                new Stage(temp)
                    .route(
                        "m", List.of(champion.url()), challenger.url(), "decide: { auto: false }")
                    .write());
        Load load =
            Load.of(2, sentinel::port, Load.echo("/m")).pausing(Duration.ofMillis(10)).start()) {
      load.awaitOk(200);
      assertThat(ready(sentinel)).isEqualTo("ready");
      ProcessView process = ProcessView.of(sentinel.pid());
      limit(sentinel.pid(), process.highestFileDescriptor() + 1 + SPARE);
      for (int round = 0; round < rounds; round++) {
        List<RawClient> crowd = new ArrayList<>();
        try {
          for (int i = 0; i < 4 * SPARE; i++) {
            // The kernel takes them, whether the process can or not.
            crowd.add(RawClient.connect(sentinel.port()));
          }
          Await.until(
              "it cannot even write its state",
              Duration.ofSeconds(30),
              () -> ready(sentinel).equals("degraded"));
          load.awaitMore(200);
          assertThat(load.failures()).as("%s", load).isZero();
          // Compilers may be at work still; whoever spins does so for as long as this lasts.
          Await.value(
              "no more of a core is used than the little there is to do takes",
              Duration.ofSeconds(60),
              () -> share(process),
              share -> share < 0.5);
        } finally {
          crowd.forEach(RawClient::close);
        }
        Await.until(
            "whoever comes is served", Duration.ofSeconds(30), () -> served(sentinel.port()));
        Await.until(
            "the state is written", Duration.ofSeconds(30), () -> ready(sentinel).equals("ready"));
      }
      load.awaitMore(100);
      assertThat(load.failures()).as("%s", load).isZero();
      load.close();
      Stage.awaitBalance(sentinel, "m");
      assertThat(sentinel.metric("shadow_sentinel_state_write_failures_total")).isPositive();
      System.out.printf(
          "DescriptorsIT: used up %d times, %s, %d lines about it in the log%n",
          rounds,
          load,
          sentinel.output().lines().filter(l -> l.contains("Too many open files")).count());
    }
  }

  /** What a process uses of a core, over a second and a half. */
  private static double share(ProcessView process) {
    long start = System.nanoTime();
    double before = process.cpuSeconds();
    LockSupport.parkNanos(1_500_000_000L);
    return (process.cpuSeconds() - before) * 1e9 / (System.nanoTime() - start);
  }

  private static boolean served(int port) {
    try (RawClient client = RawClient.connect(port).timeout(Duration.ofSeconds(5))) {
      return client.exchange(RawClient.post("/m?id=1", "{}")).status() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  private static String ready(SentinelProcess sentinel) {
    return sentinel.json("/health/ready").path("status").asText();
  }

  private static void limit(long pid, int descriptors) throws IOException, InterruptedException {
    Process prlimit =
        new ProcessBuilder(
                "prlimit",
                "--pid",
                Long.toString(pid),
                "--nofile=" + descriptors + ":" + descriptors)
            .inheritIO()
            .start();
    assertThat(prlimit.waitFor()).isZero();
  }
}
