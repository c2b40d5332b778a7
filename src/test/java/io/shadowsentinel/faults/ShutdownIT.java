package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.SentinelProcess;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.FaultProxy;
import io.shadowsentinel.kit.Link;
import io.shadowsentinel.kit.Load;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM, once and twice, while users are served. */
@Timeout(900)
class ShutdownIT {
  private static final int SIGTERM_EXIT = 143;

  @TempDir Path temp;

  @Test
  void terminatedUnderLoad_failsNoRequest() {
    terminateUnderLoad(1);
  }

  @Tag("faults")
  @Test
  void terminatedUnderLoad_manyTimes_failsNoRequest() {
    terminateUnderLoad(60);
  }

  private void terminateUnderLoad(int rounds) {
    Random random = Stage.seeded("ShutdownIT", 42);
    long answered = 0;
    try (EchoServer champion = EchoServer.start(temp, "v1", 3);
        EchoServer challenger = EchoServer.start(temp, "v2", 3);
        FaultProxy slow = FaultProxy.to(champion.port(), random.nextLong())) {
      // Some are answered at once, and some are under way for as long as a model may take.
      slow.answers(Link.CLEAR.withDelay(Duration.ofMillis(20)).withJitter(Duration.ofMillis(300)));
      Stage stage =
          new Stage(temp)
              .route("quick", List.of(champion.url()), challenger.url(), "decide: { auto: false }")
              .route("slow", List.of(slow.url()), challenger.url(), "decide: { auto: false }");
      stage.write();
      for (int round = 0; round < rounds; round++) {
        try (SentinelProcess sentinel = SentinelProcess.run(stage.config());
            Load quick =
                Load.of(8, sentinel::port, Load.echo("/quick")).endingWhenRefused().start();
            Load slowly =
                Load.of(24, sentinel::port, Load.echo("/slow")).endingWhenRefused().start()) {
          quick.awaitOk(500 + random.nextInt(500));
          slowly.awaitOk(50);
          sentinel.signal("TERM");
          Await.until(
              "every client was told to go, and found the door closed",
              Duration.ofSeconds(60),
              () -> quick.isOver() && slowly.isOver());

          assertThat(sentinel.awaitExit()).as(sentinel.output()).isEqualTo(SIGTERM_EXIT);
          assertThat(quick.failures()).as("round %d: %s", round, quick).isZero();
          assertThat(slowly.failures()).as("round %d: %s", round, slowly).isZero();
          assertThat(quick.count(Load.REFUSED) + slowly.count(Load.REFUSED)).isEqualTo(32);
          assertThat(sentinel.output()).contains("stopped").doesNotContain("cut off");
          answered += quick.count(Load.OK) + slowly.count(Load.OK);
        }
      }
    }
    System.out.printf("ShutdownIT: %d times SIGTERM, %d requests, none failed%n", rounds, answered);
  }

  @Test
  void terminated_withARequestUnderWay_isNotReady_answersIt_andClosesWhatIsIdle() {
    try (FakeUpstream champion = FakeUpstream.answering(Reply.json("{}"));
        SentinelProcess sentinel = SentinelProcess.run(stage(champion, "10m"));
        RawClient waiting = RawClient.connect(sentinel.port()).timeout(Duration.ofSeconds(60));
        RawClient idle = RawClient.connect(sentinel.port()).timeout(Duration.ofSeconds(60))) {
      assertThat(idle.exchange(RawClient.get("/m")).header("Connection")).isEmpty();
      CountDownLatch answer = new CountDownLatch(1);
      champion.behave(
          (request, wire) -> {
            while (answer.getCount() > 0) {
              wire.pause(Duration.ofMillis(5));
            }
            Behaviours.reply(Reply.json("{\"late\":1}")).answer(request, wire);
          });
      waiting.send(RawClient.get("/m"));
      champion.awaitRequestCount(2);
      sentinel.signal("TERM");

      Await.until(
          "it is not ready",
          () -> sentinel.get("/health/ready").contains("\"status\":\"not_ready\""));
      Await.until("nobody is let in", () -> !accepts(sentinel.port()));
      assertThat(idle.readSome(1)).as("closed in order").isEmpty();
      assertThat(sentinel.isAlive()).isTrue();
      answer.countDown();
      RawResponse late = waiting.read();
      assertThat(late.bodyText()).isEqualTo("{\"late\":1}");
      assertThat(late.header("Connection")).isEqualTo("close");
      assertThat(waiting.readSome(1)).isEmpty();
      assertThat(sentinel.awaitExit()).isEqualTo(SIGTERM_EXIT);
      assertThat(sentinel.output()).contains("stopped").doesNotContain("cut off");
    }
  }

  @Test
  void terminated_withARequestThatNeverEnds_cutsItOffAfterTheGrace() {
    try (FakeUpstream champion = FakeUpstream.start(Behaviours.never());
        SentinelProcess sentinel = SentinelProcess.run(stage(champion, "300ms"));
        RawClient waiting = RawClient.connect(sentinel.port()).timeout(Duration.ofSeconds(60))) {
      waiting.send(RawClient.get("/m"));
      champion.awaitRequestCount(1);
      sentinel.signal("TERM");

      assertThat(waiting.read().end()).isNotEqualTo(RawResponse.End.TIMED_OUT);
      assertThat(sentinel.awaitExit()).isEqualTo(SIGTERM_EXIT);
      assertThat(sentinel.output()).contains("1 connections are cut off").contains("stopped");
    }
  }

  @Test
  void terminatedTwice_endsAtOnce() {
    try (FakeUpstream champion = FakeUpstream.start(Behaviours.never());
        SentinelProcess sentinel = SentinelProcess.run(stage(champion, "1h"));
        RawClient waiting = RawClient.connect(sentinel.port())) {
      waiting.send(RawClient.get("/m"));
      champion.awaitRequestCount(1);
      sentinel.signal("TERM");
      Await.until("nobody is let in", () -> !accepts(sentinel.port()));
      sentinel.signal("TERM");

      // Within the minute and a half that is waited for at all; the grace is an hour.
      assertThat(sentinel.awaitExit()).isEqualTo(SIGTERM_EXIT);
      assertThat(sentinel.output())
          .contains("told to stop a second time, by SIGTERM")
          .doesNotContain("stopped\n");
    }
  }

  private Path stage(FakeUpstream champion, String grace) {
    return new Stage(temp)
        .route("m", champion.url(), "timeout: 1h")
        .and("shutdown: { grace: " + grace + " }")
        .write();
  }

  private static boolean accepts(int port) {
    try (RawClient client = RawClient.connect(port)) {
      return true;
    } catch (UncheckedIOException refused) {
      return false;
    }
  }
}
