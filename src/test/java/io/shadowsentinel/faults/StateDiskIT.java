package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Load;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk of the state directory is full, or read-only. Users are served as before; nothing is
 * decided that cannot be written down, but for a rollback, and what is due is decided once it can.
 */
@Timeout(600)
class StateDiskIT {
  private static final int NEEDED = 60;
  private static final int CLIENTS = 4;

  @TempDir Path temp;
  private final Mounts mounts = new Mounts();
  private EchoServer champion;
  private EchoServer challenger;
  private FakeUpstream receiver;
  private Path disk;
  private Stage stage;

  @BeforeEach
  void start() {
    disk = mounts.tmpfs(temp.resolve("disk"), 512);
    champion = EchoServer.start(temp, "v1", 3);
    challenger = EchoServer.start(temp, "v2", 3);
    receiver = FakeUpstream.answering(Reply.json("{}"));
    stage =
        new Stage(temp)
            .state(disk.resolve("state"))
            .route(
                "m",
                List.of(champion.url()),
                challenger.url(),
                "decide: { minRequests: " + NEEDED + " }")
            .and(
                "alerts: [ { type: webhook, url: \""
                    + receiver.url()
                    + "\", actions: [ PROMOTE, ROLLBACK ] } ]");
    stage.write();
  }

  @AfterEach
  void stop() {
    // Not there when the test was skipped.
    if (receiver != null) {
      champion.close();
      challenger.close();
      receiver.close();
    }
    mounts.close();
  }

  /** What befalls the disk, and how it ends. */
  private interface Trouble {
    void begin();

    /** Called again and again until it shows. */
    default void goOn() {}

    void end();
  }

  private Trouble full() {
    return new Trouble() {
      @Override
      public void begin() {
        Mounts.fill(disk);
      }

      @Override
      public void goOn() {
        Mounts.fill(disk);
      }

      @Override
      public void end() {
        try {
          Files.delete(disk.resolve("filler"));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private Trouble readOnly() {
    return new Trouble() {
      @Override
      public void begin() {
        mounts.makeReadOnly(disk);
      }

      @Override
      public void end() {
        mounts.free(disk);
      }
    };
  }

  @Test
  void full_decisionWaits_andIsTakenWhenThereIsRoom() throws IOException {
    decisionWaits(full());
  }

  @Test
  void readOnly_decisionWaits_andIsTakenWhenItCanBeWritten() throws IOException {
    decisionWaits(readOnly());
  }

  private void decisionWaits(Trouble trouble) throws IOException {
    try (SentinelProcess sentinel = SentinelProcess.run(stage.config())) {
      try (Load load =
          Load.of(CLIENTS, sentinel::port, models()).pausing(Duration.ofMillis(1)).start()) {
        // Below what the rule needs, whatever is in flight.
        load.awaitOk(10);
        load.close();
        assertThat(sentinel.metric("shadow_sentinel_state_writable")).isOne();
        assertThat(sentinel.metric("shadow_sentinel_state_write_failures_total")).isZero();
        assertThat(ready(sentinel)).isEqualTo("ready");
      }
      trouble.begin();
      try (Load load =
          Load.of(CLIENTS, sentinel::port, models()).pausing(Duration.ofMillis(1)).start()) {
        awaitDegraded(sentinel, trouble);
        Await.until(
            "it counts", () -> sentinel.metric("shadow_sentinel_state_write_failures_total") > 0);
        assertThat(sentinel.metric("shadow_sentinel_state_writable")).isZero();
        load.awaitMore(4 * NEEDED);
        JsonNode route = sentinel.route("m");
        assertThat(rated(route)).isGreaterThanOrEqualTo(NEEDED);
        assertThat(route.path("state").asText()).isEqualTo("SHADOWING");
        assertThat(sentinel.json("/api/v1/decisions")).isEmpty();
        assertThat(sentinel.operate("m", "promote")).isEqualTo(503);
        load.awaitMore(4 * NEEDED);
        assertThat(sentinel.route("m").path("state").asText()).isEqualTo("SHADOWING");
        assertThat(load.count("answered by v2")).isZero();
        assertThat(receiver.requestCount()).isZero();

        trouble.end();
        JsonNode promoted = sentinel.awaitState("m", "PROMOTED");
        Await.until("it is well again", () -> ready(sentinel).equals("ready"));
        assertThat(sentinel.metric("shadow_sentinel_state_writable")).isOne();
        assertThat(promoted.path("decision").path("by").asText()).isEqualTo("auto");
        assertThat(promoted.path("decision").path("evidence").path("rated").asLong())
            .isGreaterThan(NEEDED);
        assertThat(new ObjectMapper().readTree(receiver.awaitRequest().body()).path("decision"))
            .hasToString("\"PROMOTE\"");
        Await.until("v2 answers users", () -> load.count("answered by v2") > 0);

        assertThat(load.counts()).containsOnlyKeys(Load.OK, "answered by v2");
        Await.until(
            "its alert is delivered", () -> sentinel.metric("shadow_sentinel_alerts_pending") == 0);
        // Rate-limited: one line at once, and the next after half a minute.
        assertThat(sentinel.output().lines().filter(l -> l.contains("serving goes on")))
            .hasSizeLessThanOrEqualTo(3)
            .allMatch(l -> l.contains(" ERROR "));
        assertThat(sentinel.output()).contains("can be written again");
      }
      sentinel.kill();
    }
    try (SentinelProcess sentinel = SentinelProcess.run(stage.config())) {
      assertThat(sentinel.route("m").path("state").asText()).isEqualTo("PROMOTED");
      assertThat(sentinel.json("/api/v1/decisions").findValuesAsText("decision"))
          .containsExactly("PROMOTE");
      assertThat(receiver.requestCount()).isOne();
    }
  }

  @Test
  void fullAndRestarted_servesAllTheSame_asItWasDecided() {
    try (SentinelProcess sentinel = SentinelProcess.run(stage.config())) {
      assertThat(sentinel.operate("m", "promote")).isEqualTo(200);
      sentinel.kill();
      Mounts.fill(disk);
    }
    try (SentinelProcess sentinel = SentinelProcess.run(stage.config());
        Load load = Load.of(CLIENTS, sentinel::port, models()).start()) {
      Await.until("v2 answers users", () -> load.count("answered by v2") > 100);
      awaitDegraded(sentinel, full());
      rollBackOnAFullDisk(sentinel);
      stage.route("more", champion.url()).write();
      Await.until("the config waits", () -> sentinel.output().contains("config not applied: "));
      full().end();
      Await.until("it is well again", () -> ready(sentinel).equals("ready"));
      Await.until(
          "the config is applied",
          () -> sentinel.output().contains("config applied, routing table"));
      assertThat(RawClient.once(sentinel.port(), RawClient.get("/more")).status()).isEqualTo(200);
      assertThat(sentinel.operate("m", "rollback")).isEqualTo(409);
      load.awaitMore(100);
      assertThat(load.counts()).containsOnlyKeys(Load.OK, "answered by v2");
    }
  }

  @Test
  void readOnly_rollbackIsInForceAtOnce_andIsWrittenWhenItCanBe() {
    Trouble trouble = readOnly();
    try (SentinelProcess sentinel = SentinelProcess.run(stage.config())) {
      assertThat(sentinel.operate("m", "promote")).isEqualTo(200);
      Await.until("the promotion is told", () -> receiver.requestCount() == 1);
      trouble.begin();
      try (Load load = Load.of(CLIENTS, sentinel::port, models()).start()) {
        awaitDegraded(sentinel, trouble);
        assertThat(sentinel.operate("m", "rollback")).isEqualTo(200);
        JsonNode route = sentinel.route("m");
        assertThat(route.path("state").asText()).isEqualTo("ROLLED_BACK");
        assertThat(route.path("durable")).hasToString("false");
        assertThat(route.path("warning").asText()).contains("would undo it");
        assertThat(sentinel.json("/health/ready").toString()).contains("ROLLBACK of route m");
        assertThat(sentinel.output()).contains("is in force, but not written down");
        // From memory: the outbox cannot be written either.
        Await.until("the rollback is told", () -> receiver.requestCount() == 2);
        long before = load.count(Load.OK);
        Await.until("v1 answers users", () -> load.count(Load.OK) > before + 50);
        assertThat(sentinel.operate("m", "restart")).isEqualTo(503);

        trouble.end();
        Await.until("it is written", () -> sentinel.route("m").path("durable").asBoolean());
        assertThat(load.counts()).containsOnlyKeys(Load.OK, "answered by v2");
      }
      Await.until("it is well again", () -> ready(sentinel).equals("ready"));
      sentinel.kill();
    }
    try (SentinelProcess sentinel = SentinelProcess.run(stage.config())) {
      assertThat(sentinel.route("m").path("state").asText()).isEqualTo("ROLLED_BACK");
      assertThat(sentinel.json("/api/v1/decisions").findValuesAsText("decision"))
          .containsExactly("ROLLBACK", "PROMOTE");
    }
  }

  @Tag("faults")
  @Test
  void fullAgainAndAgain_underLoad_losesNothing() {
    int rounds = 25;
    try (SentinelProcess sentinel = SentinelProcess.run(stage.config());
        Load load = Load.of(CLIENTS, sentinel::port, models()).start()) {
      long taken = 0;
      for (int round = 0; round < rounds; round++) {
        sentinel.awaitState("m", "PROMOTED");
        full().begin();
        awaitDegraded(sentinel, full());
        rollBackOnAFullDisk(sentinel);
        long before = load.count(Load.OK);
        Await.until("users are served", () -> load.count(Load.OK) > before + 50);
        full().end();
        Await.until("it is well again", () -> ready(sentinel).equals("ready"));
        assertThat(sentinel.operate("m", "rollback")).isEqualTo(409);
        assertThat(sentinel.operate("m", "restart")).isEqualTo(200);
        taken += 3;
      }
      sentinel.awaitState("m", "PROMOTED");
      JsonNode decisions = sentinel.json("/api/v1/decisions?limit=1000");
      assertThat(decisions).hasSize((int) taken + 1);
      assertThat(load.counts()).containsOnlyKeys(Load.OK, "answered by v2");
      System.out.printf("StateDiskIT: full %d times, %s, %d decisions%n", rounds, load, taken + 1);
    }
  }

  /**
   * Rolls back on a full disk, which is in force at once. Whether the line still has room in the
   * log's last block is nobody's to say.
   */
  private static void rollBackOnAFullDisk(SentinelProcess sentinel) {
    assertThat(sentinel.operate("m", "rollback")).isEqualTo(200);
    JsonNode route = sentinel.route("m");
    assertThat(route.path("state").asText()).isEqualTo("ROLLED_BACK");
    assertThat(route.path("durable").isBoolean()).isTrue();
  }

  private static void awaitDegraded(SentinelProcess sentinel, Trouble trouble) {
    Await.until(
        "it says that it is degraded",
        Duration.ofSeconds(30),
        () -> {
          trouble.goOn();
          return ready(sentinel).equals("degraded");
        });
  }

  /** Right whichever of the two answers, and counted by that. */
  private static Load.Exchange models() {
    Load.Exchange echo = Load.echo("/m");
    return new Load.Exchange() {
      @Override
      public byte[] request(String id) {
        return echo.request(id);
      }

      @Override
      public String judge(String id, Load.Answer answer) {
        String verdict = echo.judge(id, answer);
        boolean second = answer.bodyText().contains("\"model\": \"v2\"");
        return verdict.equals(Load.OK) && second ? "answered by v2" : verdict;
      }
    };
  }

  private static String ready(SentinelProcess sentinel) {
    return sentinel.json("/health/ready").path("status").asText();
  }

  private static long rated(JsonNode route) {
    return route.path("experiment").path("evidence").path("rated").asLong();
  }
}
