package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More than can be served, and far more connections than are used, in the launcher's heap. */
@Timeout(900)
@Tag("alone")
class OverloadIT {
  /** Heap, network buffers, and what the JVM itself needs: docs/operations.md promises it. */
  private static final double MOST_RESIDENT_MEBIBYTES = 700;

  @TempDir Path temp;
  private EchoServer champion;
  private EchoServer challenger;
  private double mostResident;

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
    overload(2, 96);
  }

  @Tag("faults")
  @Test
  void moreThanCanBeServed_forAMinute_isServedInTurn_inBoundedMemory_andPasses() throws Exception {
    overload(60, 512);
  }

  private void overload(int seconds, int clients) throws Exception {
    try (SentinelProcess sentinel = SentinelProcess.AS_SERVED.run(config("timeout: 30s"))) {
      ProcessView process = ProcessView.of(sentinel.pid());
      Load calm = loaded(sentinel, process, "/m", 4, 1, Duration.ofMillis(1));
      Load forwarded = loaded(sentinel, process, "/plain", clients, seconds, Duration.ZERO);
      Load mirrored = loaded(sentinel, process, "/m", clients, seconds, Duration.ZERO);
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
      JsonNode evidence = sentinel.route("m").path("experiment").path("evidence");
      System.out.printf(
          "OverloadIT: %d clients for %d s: calm %s; forwarded %s; mirrored %s; eligible %s, shed %s;"
              + " resident at most %.0f MiB; as before after %.2f s%n",
          clients,
          seconds,
          show(calm, 1),
          show(forwarded, seconds),
          show(mirrored, seconds),
          evidence.path("eligible"),
          evidence.path("shedByReason"),
          mostResident,
          recovered);
    }
  }

  /** Puts clients on a path for a time; none may be failed, and memory must stay bounded. */
  private Load loaded(
      SentinelProcess sentinel,
      ProcessView process,
      String path,
      int clients,
      int seconds,
      Duration pause) {
    Load load = Load.of(clients, sentinel::port, Load.echo(path)).pausing(pause).start();
    try {
      for (int i = 0; i < seconds * 4; i++) {
        LockSupport.parkNanos(250_000_000L);
        mostResident = Math.max(mostResident, process.residentMebibytes());
      }
    } finally {
      load.close();
    }
    assertThat(load.failures()).as("%s", load).isZero();
    assertThat(mostResident).as("resident").isLessThan(MOST_RESIDENT_MEBIBYTES);
    return load;
  }

  private static String show(Load load, int seconds) {
    return String.format(
        Locale.ROOT,
        "%.0f/s p50 %.1f ms p99 %.1f ms",
        (double) load.count(Load.OK) / seconds,
        load.latencyMillis(0.5),
        load.latencyMillis(0.99));
  }

  private Path config(String line) {
    return new Stage(temp)
        .route("m", List.of(champion.url()), challenger.url(), "decide: { auto: false }", line)
        .route("plain", champion.url(), line)
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
