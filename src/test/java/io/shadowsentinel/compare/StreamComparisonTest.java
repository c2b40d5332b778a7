package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.bytes;
import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.ok;
import static io.shadowsentinel.compare.Answers.pointing;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.stream.ContentDecoderTest;
import io.shadowsentinel.exchange.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streamed answers against each other, and against answers that come at once. */
class StreamComparisonTest {
  private static final List<String> FIXTURES =
      List.of("streams/openai-chat.txt", "streams/openai-tool-call.txt", "streams/tgi.txt");

  private final Comparator byContent =
      Comparator.of(pointing("json", "/choices/0/message/content", null));
  private final Comparator whole =
      Comparator.of(Answers.ignoring("json", "/id", "/created", "/usage", "/system_fingerprint"));

  @Test
  void streams_cutOtherwise_withTheSameText_agree() {
    Answer one = chat("The answer", " is 42");
    Answer other = chat("The", " ans", "wer is", " 4", "2");
    assertThat(byContent.compare(exchange(one, other)).outcome()).isEqualTo(Outcome.AGREE);
    assertThat(whole.compare(exchange(one, other)).outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void streams_withOtherTexts_disagree_andShowThem() {
    Verdict verdict = byContent.compare(exchange(chat("4", "2"), chat("4", "3")));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(conflict(verdict).championLabel()).isEqualTo("42");
    assertThat(conflict(verdict).challengerLabel()).isEqualTo("43");
  }

  @Test
  void stream_againstTheAnswerAtOnce_agrees_bothWays() {
    Answer atOnce =
        ok(
            "{\"id\":\"chatcmpl-9\",\"object\":\"chat.completion\",\"created\":1,"
                + "\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"Hello\"},\"logprobs\":null,"
                + "\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":1}}");
    Answer stream = events(fixture("streams/openai-chat.txt"));
    for (Comparator comparator : List.of(byContent, whole)) {
      assertThat(comparator.compare(exchange(stream, atOnce)).outcome()).isEqualTo(Outcome.AGREE);
      assertThat(comparator.compare(exchange(atOnce, stream)).outcome()).isEqualTo(Outcome.AGREE);
    }
  }

  @Test
  void finishReason_alone_isADifference() {
    String text = fixture("streams/openai-chat.txt");
    Verdict verdict =
        whole.compare(exchange(events(text), events(text.replace("\"stop\"", "\"length\""))));
    assertThat(conflict(verdict).paths()).containsExactly("/choices/0/finish_reason");
  }

  @Test
  void toolArguments_alone_areADifference() {
    String text = fixture("streams/openai-tool-call.txt");
    Verdict verdict = whole.compare(exchange(events(text), events(text.replace("Paris", "Rome"))));
    assertThat(conflict(verdict).paths())
        .containsExactly("/choices/0/message/tool_calls/0/function/arguments");
  }

  @Test
  void ignoredParts_areThoseOfTheWholeAnswer() {
    String text = fixture("streams/openai-chat.txt");
    Answer other =
        events(text.replace("chatcmpl-123", "chatcmpl-456").replace("fp_44709d6fcb", "fp_0"));
    assertThat(whole.compare(exchange(events(text), other)).outcome()).isEqualTo(Outcome.AGREE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n",
        "event: error\ndata: {\"message\":\"boom\"}\n\n",
        ""
      })
  void faultMidway_isTheFaultOfItsSide(String fault) {
    Answer good = chat("Hel", "lo");
    String text = new String(good.body(), StandardCharsets.UTF_8);
    Answer bad = events(text.substring(0, text.indexOf("data: [DONE]")) + fault);
    assertThat(byContent.compare(exchange(good, bad)).outcome())
        .isEqualTo(Outcome.CHALLENGER_ERROR);
    assertThat(byContent.compare(exchange(bad, good)).outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(byContent.compare(exchange(bad, bad)).outcome()).isEqualTo(Outcome.INCOMPARABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"x\":1}", "1", "plain text", "[1,2]"})
  void namesOfEvents_alone_areADifference(String data) {
    Comparator comparator = Comparator.of(Answers.settings("json"));
    Answer add = events("event: add\ndata: " + data + "\n\n");
    Answer remove = events("event: remove\ndata: " + data + "\n\n");
    Answer unnamed = events("data: " + data + "\n\n");
    Answer message = events("event: message\ndata: " + data + "\n\n");
    for (Answer other : List.of(remove, unnamed, message)) {
      assertThat(comparator.compare(exchange(add, other)).outcome()).isEqualTo(Outcome.DISAGREE);
      assertThat(comparator.compare(exchange(other, add)).outcome()).isEqualTo(Outcome.DISAGREE);
      assertThat(comparator.compare(exchange(other, other)).outcome()).isEqualTo(Outcome.AGREE);
    }
    assertThat(comparator.compare(exchange(unnamed, message)).outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void invalidUtf8_isWhatTheUserSees() {
    Comparator comparator = Comparator.of(Answers.settings("json"));
    Answer cut = latin("data: {\"t\":\"caf\u00c3\"}\n\n");
    Answer replaced = events("data: {\"t\":\"caf\uFFFD\"}\n\n");
    assertThat(comparator.compare(exchange(cut, replaced)).outcome()).isEqualTo(Outcome.AGREE);
    assertThat(comparator.compare(exchange(replaced, cut)).outcome()).isEqualTo(Outcome.AGREE);
    Answer whole = events("data: {\"t\":\"café\"}\n\n");
    assertThat(comparator.compare(exchange(cut, whole)).outcome()).isEqualTo(Outcome.DISAGREE);
  }

  private static Answer latin(String text) {
    byte[] body = text.getBytes(StandardCharsets.ISO_8859_1);
    return new Answer(Answer.Fate.COMPLETE, 200, "text/event-stream", null, body, 1);
  }

  @Test
  void compressedStream_isReadLikeAPlainOne() throws IOException {
    Answer plain = chat("Hel", "lo");
    Answer packed =
        new Answer(
            Answer.Fate.COMPLETE,
            200,
            "text/event-stream",
            "gzip",
            ContentDecoderTest.gzip(plain.body()),
            1);
    assertThat(byContent.compare(exchange(plain, packed)).outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void lines_againstAnArray_agree() {
    Answer lines = answer("application/x-ndjson", "{\"r\":\"a\"}\n{\"r\":\"b\"}\n");
    Answer array = ok("[{\"r\":\"a\"},{\"r\":\"b\"}]");
    Comparator comparator = Comparator.of(pointing("json", "/*/r", null));
    Verdict verdict = comparator.compare(exchange(lines, array));
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.rows()).isEqualTo(2);
  }

  @Test
  @Timeout(120)
  void mutatedStreams_endInAnOutcome() {
    Random random = new Random(7);
    Comparator json = Comparator.of(Answers.settings("json"));
    for (int i = 0; i < 10_000; i++) {
      byte[] good = bytes(fixture(FIXTURES.get(i % FIXTURES.size())));
      Answer mutated = answer(type(random), mutate(good, random));
      Answer original = answer("text/event-stream", good);
      assertThat(json.compare(exchange(original, mutated)).outcome())
          .as("case %d", i)
          .isIn(Outcome.AGREE, Outcome.DISAGREE, Outcome.CHALLENGER_ERROR);
      assertThat(json.compare(exchange(mutated, mutated)).outcome())
          .as("case %d", i)
          .isIn(Outcome.AGREE, Outcome.INCOMPARABLE);
    }
  }

  @Test
  @Timeout(60)
  void hostileStreams_endInAnOutcome() {
    Comparator json = Comparator.of(Answers.settings("json"));
    Answer good = chat("Hello");
    for (String data :
        List.of(
            "data: " + "[".repeat(200_000) + "\n\n",
            "data: x\n\n".repeat(1_000_001),
            "data:\n".repeat(1_000_000) + "\n",
            ":".repeat(4_000_000),
            "data: {\"choices\":[{\"index\":1e999,\"delta\":{\"a\":1}}]}\n\ndata: [DONE]\n\n",
            "data: {\"choices\":[{\"index\":-1,\"delta\":[[]]}]}\n\ndata: [DONE]\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":{}}},{\"delta\":{\"content\":\"\"}}]}\n\n"
                + "data: [DONE]\n\n",
            "data: {\"choices\":[],\"n\":" + "9".repeat(10_000) + "}\n\n")) {
      Answer hostile = events(data);
      assertThat(json.compare(exchange(good, hostile)).outcome())
          .isIn(Outcome.DISAGREE, Outcome.CHALLENGER_ERROR);
      assertThat(json.compare(exchange(hostile, good)).outcome())
          .isIn(Outcome.DISAGREE, Outcome.INCOMPARABLE);
    }
  }

  private static String type(Random random) {
    return random.nextInt(4) == 0 ? "application/x-ndjson" : "text/event-stream";
  }

  private static byte[] mutate(byte[] from, Random random) {
    byte[] bytes = from.clone();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes = Arrays.copyOf(bytes, at + 1);
        case 2 -> bytes[at] = '\n';
        default -> bytes[at] = (byte) "{}[],:\"0".charAt(random.nextInt(8));
      }
    }
    return bytes;
  }

  private static Answer chat(String... contents) {
    StringBuilder text = new StringBuilder();
    for (String content : contents) {
      text.append(
              "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":")
          .append("{\"content\":\"")
          .append(content)
          .append("\"}}]}\n\n");
    }
    return events(text.append("data: [DONE]\n\n").toString());
  }

  private static Answer events(String text) {
    return answer("text/event-stream; charset=utf-8", text);
  }

  private static Answer answer(String type, String text) {
    return answer(type, bytes(text));
  }

  private static Answer answer(String type, byte[] body) {
    return new Answer(Answer.Fate.COMPLETE, 200, type, null, body, 1);
  }
}
