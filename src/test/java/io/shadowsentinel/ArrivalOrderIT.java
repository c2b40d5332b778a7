package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A challenger is judged by all that it was asked, and not by its quickest answers. */
@Timeout(180)
class ArrivalOrderIT {
  private static final int SENT = 400;
  private static final Reply OK = Reply.json("{\"prediction\":1}");
  private static final byte[] POST = RawClient.post("/predict", "{\"x\":1}");

  @TempDir Path temp;

  private Path config(String champion, String challenger) throws IOException {
    return Files.writeString(
        temp.resolve("sentinel.yaml"),
        String.format(
            Locale.ROOT,
            """
            listen: { host: 127.0.0.1, port: 0 }
            admin: { host: 127.0.0.1, port: 0 }
            state: { directory: %s }
            routes:
              - name: m
                match: { path: / }
                champion: { name: v1, urls: [ "%s" ] }
                challenger: { name: v2, urls: [ "%s" ] }
                mirror: { timeout: 30s, maxInFlight: 2000 }
                compare: { format: json, label: /prediction }
            """,
            temp.resolve("state"),
            champion,
            challenger));
  }

  /** Of five requests, two go as the given behaviour says, and three are answered at once. */
  private static Behaviour slowOnTwoOfFive(Behaviour slow) {
    AtomicInteger asked = new AtomicInteger();
    return Behaviours.choosing(
        unused -> asked.getAndIncrement() % 5 < 2 ? slow : Behaviours.reply(OK));
  }

  /** Sends {@value #SENT} requests, waits until the quick ones are compared, then lets go. */
  private JsonNode decided(Behaviour slow, Runnable letGo) throws IOException {
    try (FakeUpstream champion = FakeUpstream.answering(OK);
        FakeUpstream challenger = FakeUpstream.start(slowOnTwoOfFive(slow));
        SentinelProcess sentinel = SentinelProcess.run(config(champion.url(), challenger.url()));
        RawClient client = RawClient.connect(sentinel.port())) {
      for (int sent = 0; sent < SENT; sent++) {
        assertThat(client.exchange(POST).status()).isEqualTo(200);
      }
      Await.until(
          "the quick answers are compared",
          () ->
              sentinel
                  .get("/metrics")
                  .contains(
                      "comparisons_total{outcome=\"agree\",route=\"m\"} " + SENT * 3 / 5 + ".0"));
      letGo.run();
      return Await.value(
          "it is decided",
          Duration.ofSeconds(90),
          () -> sentinel.route("m"),
          route -> !route.path("state").asText().equals("SHADOWING"));
    }
  }

  private static Behaviour after(CountDownLatch latch, Reply reply) {
    return (request, wire) -> {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Behaviours.reply(reply).answer(request, wire);
    };
  }

  private static void assertDecision(JsonNode route, String state, long mostAgree) {
    assertThat(route.path("state").asText()).as("%s", route).isEqualTo(state);
    JsonNode evidence = route.path("decision").path("evidence");
    assertThat(evidence.path("rated").asLong()).isEqualTo(200);
    // The two that came last may have been asked the other way round.
    assertThat(evidence.path("agree").asLong()).isBetween(mostAgree - 10, mostAgree);
  }

  @Test
  void challengerThatHangsOnFourOfTen_isRolledBack() throws IOException {
    assertDecision(decided(Behaviours.never(), () -> {}), "ROLLED_BACK", 125);
  }

  @Test
  void challengerThatErrsSlowlyOnFourOfTen_isRolledBack() throws IOException {
    CountDownLatch latch = new CountDownLatch(1);

    JsonNode route = decided(after(latch, OK.withStatus(500)), latch::countDown);

    assertDecision(route, "ROLLED_BACK", 125);
  }

  @Test
  void challengerThatIsSlow_andRight_isPromoted() throws IOException {
    CountDownLatch latch = new CountDownLatch(1);

    assertDecision(decided(after(latch, OK), latch::countDown), "PROMOTED", 200);
  }
}
