package io.shadowsentinel.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FaultProxy;
import io.shadowsentinel.kit.Link;
import io.shadowsentinel.kit.Load;
import io.shadowsentinel.kit.ProcessView;
import io.shadowsentinel.kit.RawClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Users who leave at every stage of an exchange, by the thousand, beside some who stay. Whatever an
 * exchange held is given back: connections, descriptors, places, bytes, buffers.
 */
@Timeout(900)
@Tag("alone")
class LeaversIT {
  private static final int LEAVERS_AT_ONCE = 12;

  @TempDir Path temp;

  /** Where in an exchange its user leaves. */
  private enum Stop {
    CONNECTED,
    IN_THE_HEAD,
    BEFORE_THE_BODY,
    IN_THE_BODY,
    WAITING,
    IN_THE_ANSWER
  }

  @Test
  void leftMidway_givesEverythingBack() throws Exception {
    leave(600, SentinelProcess.AS_SERVED);
  }

  @Tag("faults")
  @Test
  void leftMidway_tenThousandTimes_givesEverythingBack() throws Exception {
    leave(10_000, SentinelProcess.AS_SERVED);
  }

  @Tag("faults")
  @Test
  void leftMidway_withEveryBufferWatched_leaksNone() throws Exception {
    // A small heap is collected often, and it is then that a leak is found.
    leave(
        2_000,
        SentinelProcess.PLAIN.jvm(
            "-Xmx64m",
            "-Dio.netty.leakDetection.level=paranoid",
            "-Dio.netty.leakDetection.samplingInterval=1"));
  }

  private void leave(int leavers, SentinelProcess.Launch launch) throws Exception {
    Random random = Stage.seeded("LeaversIT", 499);
    try (EchoServer champion = EchoServer.start(temp, "v1", 3);
        EchoServer challenger = EchoServer.start(temp, "v2", 3);
        FaultProxy slow = FaultProxy.to(champion.port(), random.nextLong());
        FaultProxy slowToo = FaultProxy.to(challenger.port(), random.nextLong());
        SentinelProcess sentinel = launch.run(config(slow, slowToo))) {
      ProcessView process = ProcessView.of(sentinel.pid());
      try (Load load = staying(sentinel)) {
        load.awaitOk(300);
      }
      awaitIdle(sentinel, slow, slowToo);
      int before = process.fileDescriptors();
      double residentBefore = process.residentMebibytes();

      slow.answers(Link.CLEAR.withDelay(Duration.ofMillis(1)).withJitter(Duration.ofMillis(10)));
      slowToo.answers(Link.CLEAR.withJitter(Duration.ofMillis(20)));
      try (Load load = staying(sentinel)) {
        leaveAll(sentinel.port(), leavers, random.nextLong());
        load.awaitMore(300);
        load.close();
        assertThat(load.failures()).as("%s", load).isZero();
      }
      awaitIdle(sentinel, slow, slowToo);
      Stage.awaitBalance(sentinel, "m");
      Await.value(
          "descriptors are back at " + before,
          Duration.ofSeconds(30),
          process::fileDescriptors,
          n -> n <= before + 2);
      double left = sentinel.metric("shadow_sentinel_requests_total{code=\"499\",route=\"m\"}");
      double cancelled =
          sentinel.metric("shadow_sentinel_shed_total{reason=\"cancelled\",route=\"m\"}");
      assertThat(left).isPositive();
      assertThat(cancelled).isPositive();
      assertThat(sentinel.output()).doesNotContain("LEAK").doesNotContain("Exception");
      System.out.printf(
          "LeaversIT: %d left, %.0f in an exchange, %.0f mirrors cancelled; descriptors %d -> %d,"
              + " resident %.0f -> %.0f MiB%n",
          leavers,
          left,
          cancelled,
          before,
          process.fileDescriptors(),
          residentBefore,
          process.residentMebibytes());
    }
  }

  private Path config(FaultProxy champion, FaultProxy challenger) {
    return new Stage(temp)
        .route(
            "m",
            List.of(champion.url()),
            challenger.url(),
            "decide: { auto: false }",
            "mirror: { methods: [ GET, POST ], maxBody: 4MiB }")
        .write();
  }

  private static Load staying(SentinelProcess sentinel) {
    return Load.of(4, sentinel::port, Load.echo("/m")).start();
  }

  /** Nothing is under way, and no connection to a model is left. */
  private static void awaitIdle(SentinelProcess sentinel, FaultProxy... models) {
    for (String gauge :
        List.of(
            "shadow_sentinel_mirrors_in_flight{route=\"m\"}",
            "shadow_sentinel_captured_bytes",
            "shadow_sentinel_waiting_pairs")) {
      Await.value(
          gauge + " returns to 0",
          Duration.ofSeconds(60),
          () -> sentinel.metric(gauge),
          value -> value == 0);
    }
    for (FaultProxy model : models) {
      Await.value(
          "connections to a model end when nobody uses them",
          Duration.ofSeconds(60),
          model::openConnections,
          n -> n == 0);
    }
  }

  private static void leaveAll(int port, int leavers, long seed) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(LEAVERS_AT_ONCE);
    AtomicInteger failed = new AtomicInteger();
    for (int i = 0; i < leavers; i++) {
      int number = i;
      threads.execute(
          () -> {
            try {
              leave(port, number, new SplittableRandom(seed + number));
            } catch (UncheckedIOException e) {
              failed.incrementAndGet();
            }
          });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.MINUTES)).isTrue();
    assertThat(failed).as("leavers who were not let in").hasValue(0);
  }

  private static void leave(int port, int number, SplittableRandom random) {
    Stop stop = Stop.values()[number % Stop.values().length];
    byte[] post = RawClient.post("/m?id=x", "{\"x\":\"" + "0".repeat(20_000) + "\"}");
    int head = new String(post, ISO_8859_1).indexOf("\r\n\r\n") + 4;
    RawClient client = RawClient.connect(port);
    switch (stop) {
      case CONNECTED -> {}
      case IN_THE_HEAD -> client.send(Arrays.copyOf(post, 1 + random.nextInt(head - 1)));
      case BEFORE_THE_BODY -> client.send(Arrays.copyOf(post, head));
      case IN_THE_BODY -> client.send(Arrays.copyOf(post, head + 1 + random.nextInt(20_000)));
      case WAITING -> client.send(post);
      case IN_THE_ANSWER -> {
        client.send(RawClient.get("/m/big"));
        client.readSome(1 + random.nextInt(2_000));
      }
    }
    if (random.nextBoolean()) {
      client.reset();
    } else {
      client.close();
    }
  }
}
