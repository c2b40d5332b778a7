package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FaultProxy;
import io.shadowsentinel.kit.Link;
import io.shadowsentinel.kit.Link.Stop;
import io.shadowsentinel.kit.Load;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The champion itself is what fails. Users get its answers, or are told that there is none. */
@Timeout(900)
class ChampionFaultsIT {
  private static final int CLIENTS = 12;

  @TempDir Path temp;
  private EchoServer champion;
  private EchoServer challenger;
  private Random random;

  @BeforeEach
  void start() {
    random = Stage.seeded("ChampionFaultsIT", 4_242);
    champion = EchoServer.start(temp, "v1", 3);
    challenger = EchoServer.start(temp, "v2", 3);
  }

  @AfterEach
  void stop() {
    champion.close();
    challenger.close();
  }

  @Test
  void network_thatFailsInEveryWay_isToldToUsers_andPasses() {
    everyWay(1);
  }

  @Tag("faults")
  @Test
  void network_thatFailsInEveryWay_manyTimes_isToldToUsers_andPasses() {
    everyWay(25);
  }

  private void everyWay(int rounds) {
    try (FaultProxy network = FaultProxy.to(champion.port(), random.nextLong());
        SentinelProcess sentinel =
            SentinelProcess.run(
                stage(List.of(network.url()), "timeout: 400ms", "connectTimeout: 300ms"));
        Load load = Load.of(CLIENTS, sentinel::port, Load.echo("/m")).start()) {
      load.awaitOk(100);
      long failed = 0;
      for (int round = 0; round < rounds; round++) {
        for (Stop stop : Stop.values()) {
          // Nothing of it, a part of its head, its head and a part of its body; and of requests.
          for (int after : List.of(0, 1 + random.nextInt(100), 200)) {
            network.answers(Link.CLEAR.stopping(stop, after));
            load.awaitTotal(load.total() + 2 * CLIENTS);
            network.heal();
            load.awaitMore(CLIENTS);
          }
          network.requests(Link.CLEAR.stopping(stop, random.nextInt(300)));
          load.awaitTotal(load.total() + 2 * CLIENTS);
          network.heal();
          load.awaitMore(CLIENTS);
        }
        network.refuse();
        network.reset();
        load.awaitTotal(load.total() + 2 * CLIENTS);
        network.accept();
        load.awaitMore(CLIENTS);
        network.answers(slow(300));
        load.awaitMore(CLIENTS);
        network.answers(Link.CLEAR.throttled(2_000));
        load.awaitMore(CLIENTS);
        network.heal();
        failed = load.failures();
      }
      load.awaitMore(500);

      // Whatever breaks before an answer has begun is a status; after that it can only be a break.
      assertThat(load.counts().keySet())
          .as("%s", load.examples())
          .isSubsetOf(Set.of(Load.OK, "status 502", "status 504", "broken in an answer"));
      assertThat(failed).isPositive();
      assertOnceEach();
      load.close();
      Stage.awaitBalance(sentinel, "m");
      System.out.printf("ChampionFaultsIT: every way, %d times: %s%n", rounds, load.counts());
    }
  }

  private Link slow(int millis) {
    return Link.CLEAR
        .withDelay(Duration.ofMillis(millis / 2))
        .withJitter(Duration.ofMillis(millis / 2));
  }

  @Test
  void restarted_underLoad_isServedFromAgain() {
    restart(2);
  }

  @Tag("faults")
  @Test
  void restarted_underLoad_manyTimes_isServedFromAgain() {
    restart(40);
  }

  private void restart(int rounds) {
    try (SentinelProcess sentinel = SentinelProcess.run(stage(List.of(champion.url())));
        Load load = Load.of(CLIENTS, sentinel::port, Load.echo("/m")).start()) {
      for (int round = 0; round < rounds; round++) {
        load.awaitMore(200 + random.nextInt(300));
        if (random.nextBoolean()) {
          champion.die();
        } else {
          champion.stop();
        }
        load.awaitTotal(load.total() + 2 * CLIENTS);
        champion.start();
      }
      load.awaitMore(500);

      assertThat(load.counts().keySet())
          .as("%s", load.examples())
          .isSubsetOf(Set.of(Load.OK, "status 502", "broken in an answer"));
      assertOnceEach();
      load.close();
      Stage.awaitBalance(sentinel, "m");
      System.out.printf("ChampionFaultsIT: %d restarts: %s%n", rounds, load.counts());
    }
  }

  @Test
  void oneOfThreeUrls_dead_costsOnlyWhatWasUnderWayThere() {
    oneOfThree(1);
  }

  @Tag("faults")
  @Test
  void oneOfThreeUrls_dead_manyTimes_costsOnlyWhatWasUnderWayThere() {
    oneOfThree(20);
  }

  private void oneOfThree(int rounds) {
    try (EchoServer second = EchoServer.start(temp, "v1b", 3);
        FaultProxy third = FaultProxy.to(second.port(), random.nextLong());
        SentinelProcess sentinel =
            SentinelProcess.run(
                stage(
                    List.of(champion.url(), second.url(), third.url()), "connectTimeout: 500ms"));
        Load load = Load.of(CLIENTS, sentinel::port, Load.echo("/m")).start()) {
      for (int round = 0; round < rounds; round++) {
        load.awaitMore(300);
        long failedBefore = load.failures();
        third.refuse();
        third.reset();
        // Of each client what was under way there, and the next one.
        load.awaitEach(3).awaitMore(1_000);
        long failed = load.failures() - failedBefore;
        // No client has more than one request there; a second one may meet a connection of the pool
        // whose end is not known yet.
        assertThat(failed).as("%s", load).isLessThanOrEqualTo(2 * CLIENTS);
        load.awaitMore(1_000);
        assertThat(load.failures() - failedBefore).as("%s", load).isEqualTo(failed);
        third.accept();
        int there = third.connectionCount();
        load.awaitMore(300);
        Await.until(
            "the third is asked again",
            Duration.ofSeconds(30),
            () -> third.connectionCount() > there);
      }
      assertThat(load.counts().keySet())
          .as("%s", load.examples())
          .isSubsetOf(Set.of(Load.OK, "status 502", "broken in an answer"));
      System.out.printf("ChampionFaultsIT: one of three dead, %d times: %s%n", rounds, load);
    }
  }

  private Path stage(List<String> urls, String... lines) {
    String[] all = Arrays.copyOf(lines, lines.length + 1);
    all[lines.length] = "decide: { auto: false }";
    return new Stage(temp).route("m", urls, challenger.url(), all).write();
  }

  /** No request was sent to the champion twice, whatever became of its answer. */
  private void assertOnceEach() {
    assertThat(champion.seenIds()).isNotEmpty().doesNotHaveDuplicates();
  }
}
