package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.ok;
import static io.shadowsentinel.compare.Answers.settings;
import static io.shadowsentinel.compare.Answers.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.format.BinaryTensorsTest;
import io.shadowsentinel.compare.format.Formats;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.stream.ContentDecoderTest;
import io.shadowsentinel.exchange.Answer;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerComparatorTest {
  private static final String GOOD = "{\"predictions\":[1,2]}";
  private static final String HTML = "<html>Bad Gateway</html>";

  private final Comparator comparator = Comparator.of(settings("kserve-v1"));

  @ParameterizedTest
  @CsvSource({"199, false", "200, true", "201, true", "299, true", "300, false", "500, false"})
  void status_inThe200s_isSuccess(int status, boolean success) {
    Answer answer = new Answer(Answer.Fate.COMPLETE, status, null, null, Answers.bytes(GOOD), 1);
    assertThat(outcome(ok(GOOD), answer))
        .isEqualTo(success ? Outcome.AGREE : Outcome.CHALLENGER_ERROR);
    assertThat(outcome(answer, ok(GOOD))).isEqualTo(success ? Outcome.AGREE : Outcome.INCOMPARABLE);
  }

  @ParameterizedTest
  @EnumSource(value = Answer.Fate.class, names = "COMPLETE", mode = EnumSource.Mode.EXCLUDE)
  void champion_withoutAnAnswer_isIncomparable(Answer.Fate fate) {
    Answer none = Answer.without(fate, 0, 1);
    assertThat(outcome(none, ok(GOOD))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(outcome(none, none)).isEqualTo(Outcome.INCOMPARABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "TOO_LARGE, over the cap",
    "TIMED_OUT, timed out",
    "UNREACHABLE, no connection",
    "BROKEN, the connection broke",
  })
  void challenger_withoutAnAnswer_isItsError(Answer.Fate fate, String reason) {
    Verdict verdict = comparator.compare(exchange(ok(GOOD), Answer.without(fate, 200, 1)));
    assertThat(verdict.outcome()).isEqualTo(Outcome.CHALLENGER_ERROR);
    assertThat(conflict(verdict).reason()).isEqualTo(reason);
  }

  @Test
  void challenger_thatWasNotAsked_isIncomparable() {
    Answer notAsked = Answer.without(Answer.Fate.NOT_SENT, 0, 1);

    Verdict verdict = comparator.compare(exchange(ok(GOOD), notAsked));

    assertThat(verdict.outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(verdict.conflict()).isNull();
  }

  @Test
  void challengerError_holdsWhatTheChampionSaid() {
    Verdict verdict = comparator.compare(exchange(ok(GOOD), status(503)));
    assertThat(verdict.rows()).isEqualTo(2);
    assertThat(verdict.rowsAgree()).isZero();
    assertThat(verdict.confidenceGap()).isNaN();
    Conflict conflict = conflict(verdict);
    assertThat(conflict.time()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
    assertThat(conflict.route()).isEqualTo("digits");
    assertThat(conflict.experiment()).isEqualTo("e1");
    assertThat(conflict.requestId()).isEqualTo("r1");
    assertThat(conflict.target()).isEqualTo("/infer?x=[redacted]");
    assertThat(conflict.outcome()).isEqualTo("challenger_error");
    assertThat(conflict.reason()).isEqualTo("status 503");
    assertThat(conflict.championLabel()).isEqualTo("1");
    assertThat(conflict.challengerLabel()).isNull();
    assertThat(conflict.paths()).isEmpty();
  }

  @Test
  void champion_unreadable_comesBeforeTheChallengersFault() {
    assertThat(outcome(ok(HTML), status(500))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(outcome(ok(HTML), ok(HTML))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(outcome(status(500), status(500))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(outcome(ok(GOOD), ok(HTML))).isEqualTo(Outcome.CHALLENGER_ERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void encodings_mayDiffer(String encoding) throws IOException {
    byte[] body = Answers.bytes(GOOD);
    byte[] encoded =
        encoding.equals("gzip")
            ? ContentDecoderTest.gzip(body)
            : ContentDecoderTest.deflate(body, false);
    assertThat(outcome(ok(GOOD), ok(encoded, encoding))).isEqualTo(Outcome.AGREE);
    assertThat(outcome(ok(encoded, encoding), ok(GOOD))).isEqualTo(Outcome.AGREE);
    assertThat(outcome(ok(encoded, encoding), ok(encoded, encoding))).isEqualTo(Outcome.AGREE);
  }

  @Test
  void equalBytes_underAnotherEncoding_areNotEqual() {
    assertThat(outcome(ok(GOOD), ok(Answers.bytes(GOOD), "gzip")))
        .isEqualTo(Outcome.CHALLENGER_ERROR);
  }

  @Test
  void verdict_namesRouteAndScope() {
    Verdict verdict = comparator.compare(exchange(ok(GOOD), ok(GOOD)));
    assertThat(verdict)
        .isEqualTo(
            new Verdict(
                    "digits",
                    "e1",
                    Outcome.AGREE,
                    2,
                    2,
                    Double.NaN,
                    false,
                    null,
                    verdict.observation())
                .withFormat("kserve-v1"));
  }

  @Test
  void format_thatIsUnknown_isRefused() {
    assertThatThrownBy(() -> Comparator.of(settings("xml")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "format: \"xml\" (expected one of auto, huggingface, json, kserve-v1, mlflow,"
                + " open-inference, openai-chat, openai-completions, sagemaker, scikit, seldon,"
                + " tensorflow-serving, text, tgi, torchserve)");
  }

  @Test
  void names_allMakeAComparator() {
    assertThat(Formats.names())
        .allSatisfy(name -> assertThat(Comparator.of(settings(name))).isNotNull());
  }

  @Test
  void longKeysAndLabels_areCutInTheConflict() {
    String key = "k".repeat(5_000);
    Verdict verdict = Answers.compare("json", "{\"" + key + "\":1}", "{\"" + key + "\":2}");
    assertThat(conflict(verdict).paths()).singleElement().asString().hasSize(Path.MAX_CHARS + 1);
  }

  /** The same bytes are the same answer only when they are to be read in the same way. */
  @Test
  void sameBytes_thatAreReadOtherwise_areNotTheSameAnswer() {
    Comparator any = Comparator.of(settings("json"));
    byte[] lines = Answers.bytes("{\"a\":1}\n{\"a\":2}\n");
    Answer stream = of(lines, "application/x-ndjson", null);
    Answer document = of(lines, "application/json", null);
    assertThat(any.compare(exchange(stream, stream)).outcome()).isEqualTo(Outcome.AGREE);
    assertThat(any.compare(exchange(stream, document)).outcome())
        .isEqualTo(Outcome.CHALLENGER_ERROR);
    assertThat(any.compare(exchange(document, stream)).outcome()).isEqualTo(Outcome.INCOMPARABLE);

    byte[] text = Answers.bytes("[1]");
    assertThat(any.compare(exchange(of(text, null, null), of(text, null, "gzip"))).outcome())
        .isEqualTo(Outcome.CHALLENGER_ERROR);
  }

  @Test
  void sameBytes_withAnotherHeaderLength_areNotTheSameAnswer() {
    Comparator tensors = Comparator.of(settings("open-inference"));
    Answer binary = BinaryTensorsTest.documented(1, 2, 3, 4, 5, 6);
    Answer unsaid = binary.withInferenceHeaderLength(null);
    Answer padded = binary.withInferenceHeaderLength("0" + binary.inferenceHeaderLength());
    assertThat(tensors.compare(exchange(binary, binary)).outcome()).isEqualTo(Outcome.AGREE);
    assertThat(tensors.compare(exchange(binary, unsaid)).outcome())
        .isEqualTo(Outcome.CHALLENGER_ERROR);
    assertThat(tensors.compare(exchange(unsaid, binary)).outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(tensors.compare(exchange(binary, padded)).outcome())
        .isEqualTo(Outcome.CHALLENGER_ERROR);
  }

  private static Answer of(byte[] body, String contentType, String contentEncoding) {
    return new Answer(Answer.Fate.COMPLETE, 200, contentType, contentEncoding, body, 1);
  }

  private Outcome outcome(Answer champion, Answer challenger) {
    return comparator.compare(exchange(champion, challenger)).outcome();
  }
}
