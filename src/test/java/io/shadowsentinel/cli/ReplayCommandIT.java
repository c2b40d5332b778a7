package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Reply;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recording through a real instance, against real upstreams. */
@Timeout(120)
class ReplayCommandIT {
  private static final Reply THREE = Reply.json("{\"prediction\":3,\"rows\":[{\"p\":1}]}");
  private static final Reply FOUR = Reply.json("{\"prediction\":4,\"rows\":[{\"p\":2}]}");

  @TempDir Path temp;
  private final FakeUpstream champion = FakeUpstream.answering(THREE);
  private final FakeUpstream challenger = FakeUpstream.answering(THREE);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path input;

  @BeforeEach
  void setUp() {
    input = temp.resolve("requests.jsonl");
  }

  @AfterEach
  void closeUpstreams() {
    champion.close();
    challenger.close();
  }

  private int replay(String championUrl, String challengerUrl, int minRequests, String... more)
      throws IOException {
    Path config = temp.resolve("sentinel.yaml");
    Files.writeString(
        config,
        """
        routes:
          - name: other
            match: { path: /other/ }
            champion: { name: o, urls: [ "%1$s" ] }
          - name: m
            match: { path: / }
            champion: { name: v1, urls: [ "%1$s" ] }
            challenger: { name: v2, urls: [ "%2$s" ] }
            compare: { format: json }
            mirror: { rewritePath: { pattern: ^/m/, replacement: /m-2/ } }
            decide: { minRequests: %3$d }
        """
            .formatted(championUrl, challengerUrl, minRequests));
    List<String> arguments =
        new ArrayList<>(
            List.of("replay", "--input", input.toString(), "--config", config.toString()));
    arguments.addAll(List.of(more));
    return Commands.line()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments.toArray(String[]::new));
  }

  private int replay(int minRequests, String... more) throws IOException {
    return replay(champion.url(), challenger.url(), minRequests, more);
  }

  private void record(int count, String... more) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add("{\"method\":\"POST\",\"path\":\"/m/p?i=" + i + "\",\"body\":{\"i\":" + i + "}}");
    }
    lines.addAll(List.of(more));
    Files.write(input, lines);
  }

  @Test
  void agreement_isExitZero_andEveryRequestIsComparedOnce() throws IOException {
    record(300, "", "{\"path\":\"/other/x\"}");

    assertThat(replay(1_000)).as(err.toString()).isZero();

    assertThat(champion.requestCount()).isEqualTo(300);
    assertThat(challenger.requestCount()).isEqualTo(300);
    assertThat(challenger.awaitRequest().target()).startsWith("/m-2/p?i=");
    assertThat(out.toString())
        .contains(
            "route m: 300 requests sent, 300 answered 2xx, 0 not",
            "not sent         1 that do not match the route",
            "agree            300",
            "shed             0",
            "agreement 100.00 % of 300 rated",
            "decision none was taken");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void disagreement_isExitOne_withItsPaths_andTheDecisionThatEndedIt() throws IOException {
    challenger.behave(Behaviours.reply(FOUR));
    record(400);

    assertThat(replay(20, "--concurrency", "2")).isEqualTo(1);

    assertThat(champion.requestCount()).isBetween(20, 399);
    assertThat(out.toString())
        .contains("  /prediction", "  /rows/*/p", "agreement 0.00 %", "decision ROLLBACK: 0 of 20");
  }

  @Test
  void all_decidesNothing() throws IOException {
    challenger.behave(Behaviours.reply(FOUR));
    record(60);

    assertThat(replay(20, "--all", "--state", temp.resolve("kept").toString())).isEqualTo(1);

    assertThat(out.toString()).contains("disagree         60", "decision none was taken");
    assertThat(temp.resolve("kept/conflicts.jsonl")).isNotEmptyFile();
  }

  @Test
  void badLine_endsTheReplay_unlessItIsToBeSkipped() throws IOException {
    record(3, "{\"path\":\"/m/p\",\"bdy\":1}", "{\"path\":\"/m/p\"}");

    assertThat(replay(10)).isEqualTo(2);
    assertThat(err.toString()).startsWith(input + ":4: bdy: unknown key");

    assertThat(replay(10, "--skip-bad-lines")).isZero();
    assertThat(out.toString()).contains("bad lines        1", "route m: 4 requests sent");
  }

  @Test
  void nothingToSend_isBadInput() throws IOException {
    record(0, "{\"path\":\"/other/x\"}");

    assertThat(replay(10)).isEqualTo(2);
    assertThat(err.toString()).contains("no request for route m");
  }

  @Test
  void modelThatCannotBeReached_isExitThree_beforeAnythingIsSent() throws IOException {
    record(3);

    assertThat(replay(champion.url(), FakeUpstream.refusingUrl(), 10)).isEqualTo(3);
    assertThat(err.toString()).contains("no connection to v2 at");
    assertThat(replay(FakeUpstream.refusingUrl(), challenger.url(), 10)).isEqualTo(3);
    assertThat(champion.requestCount()).isZero();
  }

  @Test
  void badUsage_isExitTwo() throws IOException {
    assertThat(replay(10)).isEqualTo(2);
    assertThat(err.toString()).contains("--input: " + input);
    record(1);
    assertThat(replay(10, "--concurrency", "0")).isEqualTo(2);
    assertThat(replay(10, "--rate", "-1")).isEqualTo(2);
    assertThat(replay(10, "--route", "other")).isEqualTo(2);
    assertThat(err.toString()).contains("--route: other (expected one of m)");
  }
}
