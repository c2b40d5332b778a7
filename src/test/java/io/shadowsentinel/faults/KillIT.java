package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Load;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments, under load and with decisions on the way: two routes are
 * decided again and again, one for its challenger and one against, while an operator interferes.
 */
@Timeout(2_400)
@Tag("alone")
class KillIT {
  private static final int NEEDED = 40;
  private static final int CLIENTS = 3;

  /** While there is no process: the one it had may be given to somebody else. */
  private static final int NOBODYS_PORT = 1;

  /** Quick to start, since that is most of the test. */
  private static final SentinelProcess.Launch QUICK =
      SentinelProcess.PLAIN.jvm("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  @TempDir Path temp;

  private volatile int port = NOBODYS_PORT;

  @Test
  void killedUnderLoad_losesAndUndoesNothing() throws Exception {
    killAgainAndAgain(8);
  }

  @Tag("faults")
  @Test
  void killedUnderLoad_200Times_losesAndUndoesNothing() throws Exception {
    killAgainAndAgain(Integer.getInteger("faults.kills", 200));
  }

  private void killAgainAndAgain(int kills) throws Exception {
    Random random = Stage.seeded("KillIT", 9);
    Stage stage = new Stage(temp);
    StateBooks books = new StateBooks(stage.state());
    try (EchoServer champion = EchoServer.start(temp, "v1", 3);
        EchoServer agrees = EchoServer.start(temp, "v2", 3);
        EchoServer differs = EchoServer.start(temp, "v3", 4);
        Load good = load("/good");
        Load bad = load("/bad")) {
      String rule = "decide: { minRequests: " + NEEDED + " }";
      stage.route("good", List.of(champion.url()), agrees.url(), rule);
      // Few at once, so that some are shed.
      stage.route(
          "bad", List.of(champion.url()), differs.url(), rule, "mirror: { maxInFlight: 1 }");
      stage.write();
      for (int kill = 0; kill < kills; kill++) {
        live(stage, books, random, good, bad);
      }
      try (SentinelProcess sentinel = QUICK.run(stage.config())) {
        port = sentinel.port();
        answered(good, 100);
        answered(bad, 100);
        good.close();
        bad.close();
        assertThat(sentinel.route("good").path("experiment").isNull()).isFalse();
        Stage.awaitBalance(sentinel, "good");
        Stage.awaitBalance(sentinel, "bad");
        sentinel.terminate();
      }
      books.read();
      books.checkDecisions();
      assertThat(good.count("wrong answer") + bad.count("wrong answer")).isZero();
      for (Load load : List.of(good, bad)) {
        // What was under way when the process died, and nothing but that.
        assertThat(load.counts().keySet())
            .as("%s", load.examples())
            .allMatch(kind -> kind.matches("ok|v\\d|refused|broken .*"));
        assertThat(load.failures() - load.count("v2") - load.count("v3"))
            .isLessThanOrEqualTo((long) (kills + 2) * CLIENTS);
      }
      System.out.printf(
          "KillIT: %d kills; /good %s, /bad %s; %s%n", kills, good.counts(), bad.counts(), books);
    }
  }

  /** Waits for more answers, whichever model's they are. */
  private static void answered(Load load, long more) {
    long wanted = load.total() - load.count(Load.REFUSED) + more;
    Await.until(
        more + " more answers",
        Duration.ofSeconds(60),
        () -> load.total() - load.count(Load.REFUSED) >= wanted);
  }

  private Load load(String path) {
    Load.Exchange echo = Load.echo(path);
    Load.Exchange byModel =
        new Load.Exchange() {
          @Override
          public byte[] request(String id) {
            return echo.request(id);
          }

          @Override
          public String judge(String id, Load.Answer answer) {
            String verdict = echo.judge(id, answer);
            int model = answer.bodyText().indexOf("\"model\": \"v");
            String name = model < 0 ? "" : answer.bodyText().substring(model + 10, model + 12);
            return verdict.equals(Load.OK) && !name.equals("v1") ? name : verdict;
          }
        };
    return Load.of(CLIENTS, () -> port, byModel).pausing(Duration.ofMillis(2)).start();
  }

  /** One life of the process: from what the last one left to its sudden end. */
  private void live(Stage stage, StateBooks books, Random random, Load good, Load bad)
      throws InterruptedException {
    boolean young = random.nextInt(10) == 0;
    long afterMillis = random.nextInt(young ? 1_200 : 2_000);
    long promotedBefore = good.count("v2") + bad.count("v3");
    try (SentinelProcess sentinel = QUICK.start("run", "--config", stage.config().toString())) {
      CountDownLatch end = new CountDownLatch(1);
      if (young) {
        // At any moment of its start, before or after it serves.
        end.await(afterMillis, TimeUnit.MILLISECONDS);
        sentinel.kill();
        books.died(System.nanoTime());
      } else {
        sentinel.awaitListening();
        port = sentinel.port();
        long seed = random.nextLong();
        CompletableFuture<Void> operator =
            CompletableFuture.runAsync(() -> books.interfere(sentinel, seed, end));
        end.await(afterMillis, TimeUnit.MILLISECONDS);
        port = NOBODYS_PORT;
        long killed = System.nanoTime();
        sentinel.kill();
        end.countDown();
        operator.join();
        books.died(killed);
      }
    }
    books.read();
    books.checkDecisions();
    books.checkEvidence();
    boolean challengerAnswered = good.count("v2") + bad.count("v3") > promotedBefore;
    if (challengerAnswered) {
      assertThat(books.wasPromotedInThisLife("good")).as("users had its answers").isTrue();
    }
    assertThat(bad.count("v3")).as("it never came to be promoted").isZero();
  }
}
