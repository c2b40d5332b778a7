package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Load;
import io.shadowsentinel.kit.ProcessView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More than can be served, and far more connections than are used, in the launcher's heap. */
@Timeout(900)
class OverloadIT {
  /** Heap, network buffers, and what the JVM itself needs: docs/operations.md promises it. */
  private static final double MOST_RESIDENT_MEBIBYTES = 700;

  @TempDir Path temp;
  private EchoServer champion;
  private EchoServer challenger;

  @BeforeEach
  void start() {
    champion = EchoServer.start(temp, "v1", 3);
    challenger = EchoServer.start(temp, "v2", 3);
  }

  @AfterEach
  void stop() {
    champion.close();
    challenger.close();
  }

  @Test
  void idleConnections_takeLittle_andHoldNobodyUp() throws Exception {
    idle(2_000);
  }

  @Tag("faults")
  @Test
  void idleConnections_tenThousand_takeLittle_andHoldNobodyUp() throws Exception {
    idle(10_000);
  }

  private void idle(int connections) throws Exception {
    assumeTrue(
        descriptorsAllowed() > connections + 500,
        "skipped: " + connections + " connections take more descriptors than are allowed here");
    List<SocketChannel> idle = new ArrayList<>();
    try (SentinelProcess sentinel = SentinelProcess.AS_SERVED.run(config("timeout: 30s"))) {
      ProcessView process = ProcessView.of(sentinel.pid());
      try (Load load = Load.of(4, sentinel::port, Load.echo("/m")).start()) {
        load.awaitOk(500);
      }
      int before = process.fileDescriptors();
      double residentBefore = process.residentMebibytes();
      for (int i = 0; i < connections; i++) {
        idle.add(
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), sentinel.port())));
      }
      Await.value(
          "all are accepted",
          Duration.ofSeconds(60),
          process::fileDescriptors,
          n -> n >= connections);
      double resident = process.residentMebibytes();
      try (Load load = Load.of(4, sentinel::port, Load.echo("/m")).start()) {
        load.awaitOk(2_000);
        load.close();
        assertThat(load.failures()).as("%s", load).isZero();
      }
      assertThat(process.residentMebibytes()).isLessThan(MOST_RESIDENT_MEBIBYTES);
      close(idle);
      Await.value(
          "they are gone", Duration.ofSeconds(60), process::fileDescriptors, n -> n <= before + 16);
      System.out.printf(
          "OverloadIT: %d idle connections, resident %.0f -> %.0f MiB, %.1f KiB each%n",
          connections, residentBefore, resident, (resident - residentBefore) * 1024 / connections);
    } finally {
      close(idle);
    }
  }

  @Test
  void moreThanCanBeServed_isServedInTurn_inBoundedMemory_andPasses() throws Exception {
    overload(3, 96);
  }

  @Tag("faults")
  @Test
  void moreThanCanBeServed_forAMinute_isServedInTurn_inBoundedMemory_andPasses() throws Exception {
    overload(60, 400);
  }

  private void overload(int seconds, int clients) throws Exception {
    try (SentinelProcess sentinel = SentinelProcess.AS_SERVED.run(config("timeout: 30s"))) {
      ProcessView process = ProcessView.of(sentinel.pid());
      double calm;
      try (Load load =
          Load.of(4, sentinel::port, Load.echo("/m")).pausing(Duration.ofMillis(1)).start()) {
        load.awaitOk(2_000);
        load.close();
        calm = load.latencyMillis(0.5);
      }
      double most = 0;
      CountDownLatch never = new CountDownLatch(1);
      Load load = Load.of(clients, sentinel::port, Load.echo("/m")).start();
      try {
        for (int i = 0; i < seconds * 4; i++) {
          boolean unused = never.await(250, TimeUnit.MILLISECONDS);
          most = Math.max(most, process.residentMebibytes());
        }
      } finally {
        load.close();
      }
      assertThat(load.failures()).as("%s", load).isZero();
      assertThat(most).as("resident").isLessThan(MOST_RESIDENT_MEBIBYTES);
      long ended = System.nanoTime();
      Await.value(
          "nothing is in flight",
          Duration.ofSeconds(30),
          () -> sentinel.metric("shadow_sentinel_mirrors_in_flight{route=\"m\"}"),
          n -> n == 0);
      double recovered;
      try (Load after = Load.of(1, sentinel::port, Load.echo("/m")).start()) {
        after.awaitOk(20);
        recovered = (System.nanoTime() - ended) / 1e9;
        after.close();
        assertThat(after.failures()).isZero();
      }
      Stage.awaitBalance(sentinel, "m");
      assertThat(sentinel.metric("shadow_sentinel_captured_bytes")).isZero();
      System.out.printf(
          "OverloadIT: %d clients for %d s: %s, p50 %.1f ms, p99 %.1f ms (calm p50 %.2f ms);"
              + " resident at most %.0f MiB; as before after %.2f s; evidence %s%n",
          clients,
          seconds,
          load,
          load.latencyMillis(0.5),
          load.latencyMillis(0.99),
          calm,
          most,
          recovered,
          sentinel.route("m").path("experiment").path("evidence"));
    }
  }

  private Path config(String line) {
    return new Stage(temp)
        .route("m", List.of(champion.url()), challenger.url(), "decide: { auto: false }", line)
        .write();
  }

  private static void close(List<SocketChannel> channels) throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    channels.clear();
  }

  private static long descriptorsAllowed() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split(" +", -1)[4])
        .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
        .findFirst()
        .orElse(0);
  }
}
