package io.shadowsentinel.compare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.ConflictSettings;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a disagreement is kept, from the answers to the conflict. */
class ConflictRulesTest {
  private static final String OURS = "{\"label\":\"cat\",\"user\":{\"mail\":\"a@b.example\"}}";
  private static final String THEIRS = "{\"label\":\"dog\",\"user\":{\"mail\":\"c@d.example\"}}";

  private static Answer json(String body) {
    return answer(200, "application/json", body.getBytes(UTF_8));
  }

  private static Answer answer(int status, String type, byte[] body) {
    return new Answer(Answer.Fate.COMPLETE, status, type, null, body, 1);
  }

  private static ConflictSettings keeping(String... redact) {
    return new ConflictSettings(true, 1_000, List.of(redact));
  }

  private static Verdict compare(
      CompareSettings settings, String target, Answer champion, Answer challenger) {
    return Comparator.of(settings)
        .compare(new Exchange("r", "e", "id", target, 1_000, champion, challenger));
  }

  private static Conflict conflict(ConflictSettings kept, Answer champion, Answer challenger) {
    CompareSettings settings =
        new CompareSettings("json", JsonPointer.compile("/label"), null, List.of(), 0, 0.9);
    return compare(settings.withConflicts(kept), "/p", champion, challenger).conflict();
  }

  @Test
  void bodies_areNotKept_unlessAskedFor() {
    Conflict conflict = conflict(ConflictSettings.DEFAULTS, json(OURS), json(THEIRS));

    assertThat(conflict.championBody()).isNull();
    assertThat(conflict.challengerBody()).isNull();
    assertThat(conflict.bodiesLeftOut()).isNull();
    assertThat(conflict.championLabel()).isEqualTo("cat");
  }

  @Test
  void bodies_askedFor_areKeptAsTheyCame() {
    Conflict conflict = conflict(keeping(), json(OURS), json(THEIRS));

    assertThat(conflict.championBody()).isEqualTo(OURS);
    assertThat(conflict.challengerBody()).isEqualTo(THEIRS);
    assertThat(conflict.bodiesLeftOut()).isNull();
  }

  @Test
  void redacted_isNeitherInABodyNorALabelNorAStatistic() {
    CompareSettings settings =
        new CompareSettings("json", JsonPointer.compile("/label"), null, List.of(), 0, 0.9)
            .withConflicts(keeping("/label", "/user/mail"));
    Verdict verdict = compare(settings, "/p", json(OURS), json(THEIRS));

    Conflict conflict = verdict.conflict();
    assertThat(conflict.championBody())
        .isEqualTo("{\"label\":\"[redacted]\",\"user\":{\"mail\":\"[redacted]\"}}");
    assertThat(conflict.championLabel()).isEqualTo("[redacted]");
    assertThat(conflict.challengerLabel()).isEqualTo("[redacted]");
    assertThat(conflict.paths()).containsExactly("/label");
    assertThat(verdict.observation().championLabels()).containsExactly("[redacted]");
    assertThat(verdict.toString()).doesNotContain("cat", "dog", "@");
  }

  @Test
  void errorPage_isKept_butNotWhereSomethingMustBeRedacted() {
    Answer page = answer(500, "text/html", "<h1>secret</h1>".getBytes(UTF_8));

    assertThat(conflict(keeping(), json(OURS), page).challengerBody()).isEqualTo("<h1>secret</h1>");
    Conflict redacted = conflict(keeping("/x"), json(OURS), page);
    assertThat(redacted.championBody()).isEqualTo(OURS);
    assertThat(redacted.challengerBody()).isNull();
    assertThat(redacted.bodiesLeftOut())
        .isEqualTo("challenger: not JSON, in which alone something can be redacted");
  }

  @ParameterizedTest
  @CsvSource({"999, true", "1000, true", "1001, false"})
  void body_upToTheBound_isKept(int length, boolean kept) {
    String body = "{\"label\":\"" + "x".repeat(length - 12) + "\"}";
    assertThat(body).hasSize(length);

    Conflict conflict = conflict(keeping(), json(body), json(THEIRS));

    assertThat(conflict.championBody()).isEqualTo(kept ? body : null);
    assertThat(conflict.bodiesLeftOut()).isEqualTo(kept ? null : "champion: over 1000 B");
    assertThat(conflict.challengerBody()).isEqualTo(THEIRS);
  }

  @Test
  void body_thatGrowsOverTheBoundByRedaction_isNotKept() {
    String many = "{\"label\":\"a\",\"x\":[" + "1,".repeat(200) + "1]}";

    Conflict conflict = conflict(keeping("/x/*"), json(many), json(THEIRS));

    assertThat(conflict.championBody()).isNull();
    assertThat(conflict.bodiesLeftOut()).isEqualTo("champion: over 1000 B");
  }

  @Test
  void gzippedBody_isKeptDecoded() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(OURS.getBytes(UTF_8));
    }
    Answer gzipped =
        new Answer(Answer.Fate.COMPLETE, 200, "application/json", "gzip", out.toByteArray(), 1);

    assertThat(conflict(keeping(), gzipped, json(THEIRS)).championBody()).isEqualTo(OURS);
  }

  @Test
  void stream_isKeptPutTogether_andRedactedSo() {
    String events =
        """
        data: {"choices":[{"index":0,"delta":{"content":"my PIN "}}]}

        data: {"choices":[{"index":0,"delta":{"content":"is 1234"},"finish_reason":"stop"}]}

        data: [DONE]

        """;
    Answer streamed = answer(200, "text/event-stream", events.getBytes(UTF_8));
    CompareSettings chat =
        new CompareSettings("openai-chat", null, null, List.of(), 0, 0.9)
            .withConflicts(keeping("/choices/*/message/content"));
    Conflict conflict =
        compare(
                chat,
                "/v1/chat/completions",
                streamed,
                json(
                    "{\"choices\":[{\"message\":{\"content\":\"no\"},\"finish_reason\":\"stop\"}]}"))
            .conflict();

    assertThat(conflict.championBody()).contains("\"content\":\"[redacted]\"", "\"stop\"");
    assertThat(conflict.toString()).doesNotContain("PIN", "1234", "\"no\"");
  }

  @Test
  void whatIsNoText_isNotKept() {
    Answer binary = answer(500, "application/octet-stream", new byte[] {'a', 0, 'b'});
    Answer latin = answer(500, "text/plain", new byte[] {(byte) 0xe4});
    Answer tensors = answer(500, "application/json", "{}".getBytes(UTF_8));

    assertThat(conflict(keeping(), json(OURS), binary).bodiesLeftOut())
        .isEqualTo("challenger: not text");
    assertThat(conflict(keeping(), json(OURS), latin).bodiesLeftOut())
        .isEqualTo("challenger: not readable");
    assertThat(
            conflict(keeping(), json(OURS), tensors.withInferenceHeaderLength("2")).bodiesLeftOut())
        .isEqualTo("challenger: holds binary tensors");
  }

  @Test
  void answerThatNeverCame_hasNoBodyAndNoExcuse() {
    Conflict conflict =
        conflict(keeping(), json(OURS), Answer.without(Answer.Fate.TIMED_OUT, 0, 1));

    assertThat(conflict.championBody()).isEqualTo(OURS);
    assertThat(conflict.challengerBody()).isNull();
    assertThat(conflict.bodiesLeftOut()).isNull();
  }

  @Test
  void bodies_areKeptForSoManyInASecond() {
    ConflictRules rules = new ConflictRules(keeping());
    Conflict bare = conflict(ConflictSettings.DEFAULTS, json(OURS), json(THEIRS));
    for (int i = 0; i < BodyAllowance.PER_SECOND; i++) {
      assertThat(rules.withBodies(bare, at(1_000 + i)).championBody()).isNotNull();
    }

    Conflict over = rules.withBodies(bare, at(1_999));
    assertThat(over.championBody()).isNull();
    assertThat(over.bodiesLeftOut()).isEqualTo("more than 10 disagreements in a second");
    assertThat(rules.withBodies(bare, at(2_000)).championBody()).isNotNull();
    // Workers are not in step: what is late counts in the second that runs.
    assertThat(rules.withBodies(bare, at(1_500)).championBody()).isNotNull();
  }

  private static Exchange at(long millis) {
    return new Exchange("r", "e", "id", "/p", millis, json(OURS), json(THEIRS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          /p                      | /p                                     | /p
          /p?                     | /p?                                    | /p?
          /p?q=my+illness&n=2     | /p?q=[redacted]&n=[redacted]           | /p?q=my+illness&n=2
          /p?api_key=s3&n=2       | /p?api_key=[redacted]&n=[redacted]     | /p?api_key=[redacted]&n=2
          /p?X-Amz-Signature=s3&b | /p?X-Amz-Signature=[redacted]&[redacted] | /p?X-Amz-Signature=[redacted]&b
          /p?s3cret               | /p?[redacted]                          | /p?s3cret
          /p?a=b=c                | /p?a=[redacted]                        | /p?a=b=c
          """)
  void target_keepsTheQuerysValuesWithTheBodiesOnly(String target, String without, String with) {
    assertThat(new ConflictRules(ConflictSettings.DEFAULTS).target(target)).isEqualTo(without);
    assertThat(new ConflictRules(keeping()).target(target)).isEqualTo(with);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, ConflictSettings.MAX_BODY_BYTES + 1})
  void bound_outOfRange_isRefused(int bound) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConflictSettings(true, bound, List.of()))
        .withMessage("conflicts.maxBody: " + bound + " (expected 1..1048576)");
  }
}
