package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.compare;
import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.ignoring;
import static io.shadowsentinel.compare.Answers.ok;
import static io.shadowsentinel.compare.Answers.pointing;
import static io.shadowsentinel.compare.Answers.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.Answer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats of models that write: what is compared of them, and what is not. */
class GeneratedTextFormatsTest {
  private static final String CHAT = fixture("openai-chat/default.json");
  private static final String CALL = fixture("openai-chat/functions.json");

  @Test
  void chat_idsTimesAndUsage_areNotCompared() {
    String other =
        CHAT.replace("chatcmpl-B9", "chatcmpl-XX")
            .replace("1741569952", "1")
            .replace("gpt-4.1-2025-04-14", "other")
            .replace("\"total_tokens\": 29", "\"total_tokens\": 30");
    assertThat(compare("openai-chat", CHAT, other).outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void chat_content_isComparedExactly() {
    Verdict verdict = compare("openai-chat", CHAT, CHAT.replace("today?", "today."));
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(conflict(verdict).paths()).containsExactly("/choices/0/message/content");
    assertThat(conflict(verdict).championLabel()).as("a conflict holds no body").isNull();
  }

  @Test
  void chat_contentInParts_isOneText() {
    String parts =
        CHAT.replace(
            "\"Hello! How can I assist you today?\"",
            "[{\"type\":\"text\",\"text\":\"Hello! How can I\"},"
                + "{\"type\":\"text\",\"text\":\" assist you today?\"}]");
    assertThat(compare("openai-chat", CHAT, parts).outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void toolCall_isComparedByNameAndArgumentsAsJson() {
    String sameInOtherWords =
        CALL.replace("call_abc123", "call_x")
            .replace(
                "{\\n\\\"location\\\": \\\"Boston, MA\\\"\\n}",
                "{\\\"location\\\":\\\"Boston, MA\\\"}")
            .replace("\"content\": null", "\"content\": \"\"");
    assertThat(sameInOtherWords).isNotEqualTo(CALL).doesNotContain("\\n");
    assertThat(compare("openai-chat", CALL, sameInOtherWords).outcome()).isEqualTo(Outcome.AGREE);

    Verdict place = compare("openai-chat", CALL, CALL.replace("Boston", "Austin"));
    assertThat(conflict(place).paths())
        .containsExactly("/choices/0/message/tool_calls/0/function/arguments/location");
    Verdict name = compare("openai-chat", CALL, CALL.replace("get_current_weather", "get_time"));
    assertThat(conflict(name).paths())
        .containsExactly("/choices/0/message/tool_calls/0/function/name");
    Verdict none = compare("openai-chat", CALL, CHAT);
    assertThat(conflict(none).paths())
        .containsExactly(
            "/choices/0/message/content",
            "/choices/0/finish_reason",
            "/choices/0/message/tool_calls");
  }

  @Test
  void toolCall_argumentsThatAreNoJson_areText() {
    String broken = CALL.replace("{\\n\\\"location\\\"", "{\\n\\\"location");
    assertThat(compare("openai-chat", broken, broken + " ").outcome()).isEqualTo(Outcome.AGREE);
    assertThat(compare("openai-chat", CALL, broken).outcome()).isEqualTo(Outcome.DISAGREE);
  }

  @ParameterizedTest
  @CsvSource({"stop, AGREE", "eos_token, AGREE", "length, DISAGREE"})
  void finishReason_isComparedInOneServersWords(String reason, Outcome outcome) {
    String other =
        CHAT.replace("\"finish_reason\": \"stop\"", "\"finish_reason\":\"" + reason + "\"");
    assertThat(compare("openai-chat", CHAT, other).outcome()).isEqualTo(outcome);
    String silent = CHAT.replace("\"finish_reason\": \"stop\"", "\"finish_reason\": null");
    assertThat(compare("openai-chat", silent, other).outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void choices_areMatchedByTheirIndex() {
    String forward = "{\"choices\":[{\"index\":0,\"text\":\"a\"},{\"index\":1,\"text\":\"b\"}]}";
    String backward = "{\"choices\":[{\"index\":1,\"text\":\"b\"},{\"index\":0,\"text\":\"a\"}]}";
    assertThat(compare("openai-completions", forward, backward).outcome()).isEqualTo(Outcome.AGREE);
    Verdict differ = compare("openai-completions", backward, forward.replace("\"b\"", "\"c\""));
    assertThat(conflict(differ).paths()).containsExactly("/choices/0/text");
    assertThat(differ.rowsAgree()).isEqualTo(1);
    assertThat(compare("openai-completions", forward, "{\"choices\":[{\"text\":\"a\"}]}").outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  @Test
  void logprobs_giveTheConfidence_andWithoutThemThereIsNone() {
    String logprobs = fixture("openai-chat/logprobs.json");
    Verdict same = compare("openai-chat", logprobs, logprobs.replace("-0.31725305", "-1.31725305"));
    assertThat(same.outcome()).isEqualTo(Outcome.AGREE);
    double mean = (-0.31725305 - 0.02380986) / 2;
    assertThat(same.confidenceGap()).isCloseTo(Math.exp(mean) - Math.exp(mean - 0.5), within(1e-9));
    assertThat(compare("openai-chat", logprobs, CHAT).confidenceGap()).isNaN();
    String legacy = "{\"choices\":[{\"text\":\"a\",\"logprobs\":{\"token_logprobs\":[null,LOG]}}]}";
    assertThat(
            compare(
                    "openai-completions",
                    legacy.replace("LOG", "0"),
                    legacy.replace("LOG", "-0.6931471805599453"))
                .confidenceGap())
        .isCloseTo(0.5, within(1e-9));
    assertThat(
            compare("openai-completions", legacy.replace("LOG", "1"), legacy.replace("LOG", "0"))
                .confidenceGap())
        .isNaN();
  }

  @Test
  void content_canBeMadeALabel_orIgnored() {
    Verdict labelled =
        compare(
            pointing("openai-chat", "/choices/0/message/content", null),
            CHAT,
            CHAT.replace("Hello!", "Hi!"));
    assertThat(conflict(labelled).challengerLabel()).startsWith("Hi!");
    assertThat(
            compare(
                    ignoring("openai-chat", "/choices/*/message/content"),
                    CHAT,
                    CHAT.replace("Hello!", "Hi!"))
                .outcome())
        .isEqualTo(Outcome.AGREE);
    assertThat(
            compare(
                    ignoring("openai-chat", "/choices/*/message"),
                    CHAT,
                    CALL.replace("tool_calls\"\n    }", "stop\"\n    }"))
                .outcome())
        .isEqualTo(Outcome.AGREE);
    assertThat(compare(ignoring("tgi", "/generated_text"), tgi("a"), tgi("b")).outcome())
        .isEqualTo(Outcome.AGREE);
  }

  @Test
  void tgi_textAndReason_areCompared() {
    assertThat(conflict(compare("tgi", tgi("a"), tgi("b"))).paths())
        .containsExactly("/generated_text");
    assertThat(compare("tgi", tgi("a"), "[" + tgi("a") + "]").outcome()).isEqualTo(Outcome.AGREE);
    String generated = fixture("tgi/generate.json");
    assertThat(compare("tgi", generated, tgi("test")).outcome()).isEqualTo(Outcome.AGREE);
    Verdict stopped = compare("tgi", generated, generated.replace("\"length\"", "\"eos_token\""));
    assertThat(conflict(stopped).paths()).containsExactly("/details/finish_reason");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[]", "1", "{\"choices\":[]}", "{\"choices\":[1]}", "{\"choices\":[{}]}"})
  void whatIsNoAnswer_isUnreadable(String body) {
    for (String format : new String[] {"openai-chat", "openai-completions", "tgi"}) {
      assertThat(compare(format, body, body).outcome()).isEqualTo(Outcome.INCOMPARABLE);
    }
  }

  @Test
  void text_isComparedAsItIs() {
    assertThat(compare("text", "a b", "a b").outcome()).isEqualTo(Outcome.AGREE);
    Verdict verdict = compare("text", "a b", "a  b");
    assertThat(conflict(verdict).paths()).containsExactly("");
    byte[] latin = "é".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(
            Comparator.of(settings("text")).compare(exchange(ok(latin, null), ok("é"))).outcome())
        .isEqualTo(Outcome.INCOMPARABLE);
    Answer declared =
        new Answer(Answer.Fate.COMPLETE, 200, "text/plain; charset=ISO-8859-1", null, latin, 1);
    assertThat(Comparator.of(settings("text")).compare(exchange(declared, ok("é"))).outcome())
        .isEqualTo(Outcome.AGREE);
  }

  private static String tgi(String text) {
    return "{\"generated_text\":\"" + text + "\"}";
  }
}
