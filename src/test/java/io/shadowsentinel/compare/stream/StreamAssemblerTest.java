package io.shadowsentinel.compare.stream;

import static io.shadowsentinel.compare.Answers.bytes;
import static io.shadowsentinel.compare.Answers.fixture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.UnreadableException;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamAssemblerTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String DONE = "[DONE]";

  @Test
  void openAiChat_asDocumented_hasTheShapeOfOneAnswer() {
    assertThat(events(fixture("streams/openai-chat.txt")))
        .isEqualTo(
            json(
                """
                {"id":"chatcmpl-123","object":"chat.completion","created":1694268190,
                 "model":"gpt-4o-mini","system_fingerprint":"fp_44709d6fcb","choices":[
                  {"index":0,"message":{"role":"assistant","content":"Hello"},
                   "logprobs":null,"finish_reason":"stop"}]}
                """));
  }

  @Test
  void openAiToolCall_asDocumented_isPutTogetherFromItsFragments() {
    assertThat(events(fixture("streams/openai-tool-call.txt")))
        .isEqualTo(
            json(
                """
                {"id":"chatcmpl-123","object":"chat.completion","created":1694268190,
                 "model":"gpt-4o-mini","system_fingerprint":"fp_44709d6fcb","choices":[
                  {"index":0,"message":{"role":"assistant","content":null,"tool_calls":[
                    {"id":"call_DdmO9pD3xa9XTPNJ32zg2hcA","type":"function","function":
                     {"name":"get_weather","arguments":"{\\"location\\":\\"Paris, France\\"}"}}]},
                   "logprobs":null,"finish_reason":"tool_calls"}]}
                """));
  }

  @Test
  void tgi_asDocumented_hasTheShapeOfGenerate() {
    assertThat(events(fixture("streams/tgi.txt")))
        .isEqualTo(
            json(
                """
                {"generated_text":"\\nTo make cheese, you need to start with milk.",
                 "details":{"finish_reason":"length","generated_tokens":12,"seed":null,"tokens":[
                  {"id":193,"text":"\\n","logprob":-0.007358551,"special":false},
                  {"id":2044,"text":"To","logprob":-1.1357422,"special":false},
                  {"id":717,"text":" make","logprob":-0.009841919,"special":false},
                  {"id":25,"text":".","logprob":-1.3408203,"special":false}]}}
                """));
  }

  @Test
  void tgi_withoutDetails_isTheTextAlone() {
    assertThat(
            stream(
                "{\"token\":{\"text\":\"a\"},\"generated_text\":null,\"details\":null}",
                "{\"token\":{\"text\":\"b\"},\"generated_text\":\"ab\",\"details\":null}"))
        .isEqualTo(json("{\"generated_text\":\"ab\"}"));
  }

  @Test
  void completion_textsAndLogprobs_areJoined() {
    assertThat(
            stream(
                "{\"object\":\"text_completion\",\"choices\":[{\"text\":\"a\",\"index\":0,"
                    + "\"logprobs\":{\"tokens\":[\"a\"],\"token_logprobs\":[-0.5]},"
                    + "\"finish_reason\":null}]}",
                "{\"object\":\"text_completion\",\"choices\":[{\"text\":\"b\",\"index\":0,"
                    + "\"logprobs\":{\"tokens\":[\"b\"],\"token_logprobs\":[-1]},"
                    + "\"finish_reason\":\"length\"}]}",
                DONE))
        .isEqualTo(
            json(
                "{\"object\":\"text_completion\",\"choices\":[{\"index\":0,\"text\":\"ab\","
                    + "\"logprobs\":{\"tokens\":[\"a\",\"b\"],\"token_logprobs\":[-0.5,-1]},"
                    + "\"finish_reason\":\"length\"}]}"));
  }

  @Test
  void usageChunk_withoutChoices_isTheUsage() {
    for (String choices : new String[] {"\"choices\":[],", "\"choices\":null,", ""}) {
      assertThat(
              stream(
                      chunk("{\"index\":0,\"delta\":{\"content\":\"a\"}}"),
                      "{\"object\":\"chat.completion.chunk\","
                          + choices
                          + "\"usage\":{\"completion_tokens\":1}}",
                      DONE)
                  .at("/usage/completion_tokens")
                  .intValue())
          .isEqualTo(1);
    }
  }

  @Test
  void firstChunk_withoutChoicesAndNames_isOverridden() {
    JsonNode answer =
        stream(
            "{\"id\":\"\",\"object\":\"\",\"created\":0,\"model\":\"\",\"choices\":[],"
                + "\"prompt_filter_results\":[]}",
            "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\","
                + "\"obfuscation\":\"x3f\",\"choices\":[{\"index\":0,\"delta\":{}}]}",
            DONE);
    assertThat(answer.at("/id").textValue()).isEqualTo("c1");
    assertThat(answer.at("/object").textValue()).isEqualTo("chat.completion");
    assertThat(answer.at("/created").intValue()).isEqualTo(7);
    assertThat(answer.at("/choices/0/message/content").isNull()).isTrue();
    assertThat(answer.has("obfuscation")).isFalse();
  }

  @Test
  void choices_mixed_areSortedByIndex() {
    JsonNode answer =
        stream(
            chunk("{\"index\":1,\"delta\":{\"content\":\"x\"}}"),
            chunk("{\"index\":0,\"delta\":{\"content\":\"a\"}}"),
            chunk(
                "{\"index\":0,\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"},"
                    + "{\"index\":1,\"delta\":{\"content\":\"y\"},\"finish_reason\":\"length\"}"),
            DONE);
    assertThat(answer.at("/choices/0/message/content").textValue()).isEqualTo("ab");
    assertThat(answer.at("/choices/0/finish_reason").textValue()).isEqualTo("stop");
    assertThat(answer.at("/choices/1/message/content").textValue()).isEqualTo("xy");
    assertThat(answer.at("/choices/1/finish_reason").textValue()).isEqualTo("length");
  }

  @Test
  void toolCalls_mixed_areJoinedByIndex() {
    JsonNode calls =
        stream(
                call(
                    "{\"index\":1,\"id\":\"c1\",\"function\":{\"name\":\"g\",\"arguments\":\"[\"}}"),
                call(
                    "{\"index\":0,\"id\":\"c0\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}"),
                call("{\"index\":1,\"id\":\"\",\"function\":{\"arguments\":\"]\"}}"),
                call("{\"index\":0,\"id\":\"c0\",\"function\":{\"arguments\":\"}\"}}"),
                DONE)
            .at("/choices/0/message/tool_calls");
    assertThat(calls)
        .isEqualTo(
            json(
                "[{\"id\":\"c0\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
                    + "{\"id\":\"c1\",\"function\":{\"name\":\"g\",\"arguments\":\"[]\"}}]"));
  }

  @Test
  void toolCalls_withoutIndex_areKeptWhole() {
    assertThat(
            stream(call("{\"id\":\"a\"}"), call("{\"id\":\"b\"}"), DONE)
                .at("/choices/0/message/tool_calls"))
        .isEqualTo(json("[{\"id\":\"a\"},{\"id\":\"b\"}]"));
  }

  @Test
  void content_ofACallOfTools_emptyOrMissing_isNull() {
    JsonNode answer =
        stream(
            chunk("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}"),
            call("{\"index\":0,\"id\":\"a\"}"),
            DONE);
    assertThat(answer.at("/choices/0/message/content").isNull()).isTrue();
  }

  @Test
  void reasoning_andOtherTexts_areJoinedBeside() {
    JsonNode message =
        stream(
                chunk(
                    "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"h\"}}"),
                chunk(
                    "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"m\","
                        + "\"content\":null}}"),
                chunk("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"ok\"}}"),
                DONE)
            .at("/choices/0/message");
    assertThat(message)
        .isEqualTo(
            json("{\"role\":\"assistant\",\"reasoning_content\":\"hm\",\"content\":\"ok\"}"));
  }

  @Test
  void surrogatePair_splitBetweenChunks_isOneCharacter() {
    assertThat(
            stream(
                    chunk("{\"delta\":{\"content\":\"a\\ud83d\"}}"),
                    chunk("{\"delta\":{\"content\":\"\\ude00é日\"}}"),
                    DONE)
                .at("/choices/0/message/content")
                .textValue())
        .isEqualTo("a😀é日");
  }

  @Test
  void halfASurrogatePair_isKept() {
    assertThat(
            stream(chunk("{\"delta\":{\"content\":\"a\\ud83d\"}}"), DONE)
                .at("/choices/0/message/content")
                .textValue())
        .isEqualTo("a\uD83D");
  }

  @Test
  void numbers_keepTheirValue() {
    JsonNode answer =
        stream(
            "{\"choices\":[],\"a\":0.1,\"b\":-3,\"c\":12345678901234567890,\"d\":1e300,\"e\":true}",
            DONE);
    assertThat(answer.at("/a").decimalValue()).isEqualByComparingTo("0.1");
    assertThat(answer.at("/b").decimalValue()).isEqualByComparingTo("-3");
    assertThat(answer.at("/c").decimalValue()).isEqualByComparingTo("12345678901234567890");
    assertThat(answer.at("/d").doubleValue()).isEqualTo(1e300);
    assertThat(answer.at("/e").booleanValue()).isTrue();
  }

  @Test
  void whatComesAfterDone_doesNotCount() {
    assertThat(
            stream(
                    chunk("{\"delta\":{\"content\":\"a\"}}"),
                    DONE,
                    "{\"error\":\"late\"}",
                    chunk("{\"delta\":{\"content\":\"b\"}}"))
                .at("/choices/0/message/content")
                .textValue())
        .isEqualTo("a");
  }

  @Test
  void done_withoutAnEmptyLineBehind_counts() {
    assertThat(events("data: " + chunk("{\"delta\":{\"content\":\"a\"}}") + "\n\ndata: [DONE]"))
        .isNotNull();
  }

  @Test
  void noise_isLeftOut() {
    assertThat(
            events(
                "\uFEFF: OPENROUTER PROCESSING\r\n\r\nretry: 3\r\n\r\nevent: ping\r\ndata: {}\r\n\r\n"
                    + "data:\r\n\r\nid: 1\r\nevent: a\r\ndata: {\"x\":\r\ndata: 1}\r\n\r\n"))
        .isEqualTo(json("[{\"event:\":\"a\",\"x\":1}]"));
  }

  @Test
  void namesOfEvents_areBesideWhatTheyHold() {
    assertThat(
            events(
                "event: a\ndata: {}\n\nevent: message\ndata: {}\n\nevent: é\ndata: 1\n\n"
                    + "event: a\ndata: x\n\nevent: b\ndata:  {\"event:\":1}\n\n"))
        .isEqualTo(
            json(
                "[{\"event:\":\"a\"},{},{\"event:\":\"é\",\"data\":1},"
                    + "{\"event:\":\"a\",\"data\":\"x\"},{\"event:\":\"b\",\"data\":{\"event:\":1}}]"));
  }

  @Test
  void otherEvents_becomeAnArray() {
    assertThat(stream("{\"a\":1}", "[2]", "\"t\"", "3.50", "null", DONE))
        .isEqualTo(json("[{\"a\":1},[2],\"t\",3.50,null]"));
  }

  @Test
  void plainTextEvents_becomeStrings() {
    assertThat(stream("Hel", "lo \"you\"", " 1", "{\"end\":true}"))
        .isEqualTo(json("[\"Hel\",\"lo \\\"you\\\"\",\" 1\",{\"end\":true}]"));
    assertThat(events("data: a\ndata: b\n\n")).isEqualTo(json("[\"a\\nb\"]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/json-lines; charset=utf-8"
      })
  void lines_becomeAnArray(String type) throws UnreadableException {
    assertThat(json(assemble(type, bytes("\uFEFF{\"a\":1}\r\n\n [2]\n\"é\""))))
        .isEqualTo(json("[{\"a\":1},[2],\"é\"]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\":{\"message\":\"secret\",\"type\":\"server_error\",\"code\":null}} | (server_error)",
        "{\"error\":{\"message\":\"secret\",\"code\":500}} | (500)",
        "{\"error\":\"secret\",\"error_type\":\"generation\"} | (generation)",
        "{\"object\":\"error\",\"message\":\"secret\",\"code\":40303} | (40303)",
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}} | (overloaded_error)",
        "{\"error\":\"secret\"} | ''"
      })
  void error_midway_makesTheAnswerUnreadable(String error, String kind) {
    String reason = "event 2: an error" + (kind.isEmpty() ? "" : " " + kind);
    assertThatThrownBy(() -> stream(chunk("{\"delta\":{}}"), error, DONE)).hasMessage(reason);
    assertThatThrownBy(() -> stream("{\"a\":1}", error)).hasMessage(reason);
    assertThatThrownBy(() -> assemble("application/x-ndjson", bytes("{}\n" + error + "\n")))
        .hasMessage(reason.replace("event", "line"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"oh no", "{\"message\":\"x\"}", "1"})
  void errorEvent_whateverItHolds_isAnError(String data) {
    assertThatThrownBy(() -> events("data: {}\n\nevent: error\ndata: " + data + "\n\n"))
        .hasMessage("event 2: an error");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":null}",
        "{\"error\":\"\"}",
        "{\"error\":{}}",
        "{\"error\":0.25}",
        "{\"error\":false}"
      })
  void errorMember_thatTellsNone_isNone(String value) {
    assertThat(stream(value)).isEqualTo(json("[" + value + "]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"choices\":[]} | the stream ends without [DONE]",
        "{\"object\":\"chat.completion.chunk\"} | the stream ends without [DONE]",
        "{\"token\":{\"text\":\"a\"}} | the stream ends without generated_text",
        "{\"a\": | event 1: not JSON at line 1 column 6: the text ends too early",
        "{\"choices\":[1]} | event 1: /choices/0: expected an object",
        "[DONE] | the stream is empty"
      })
  void stream_cutOffOrWrong_isUnreadable(String data, String reason) {
    assertThatThrownBy(() -> stream(data)).hasMessage(reason);
  }

  @Test
  void chunk_ofAnotherKindMidway_isUnreadable() {
    assertThatThrownBy(() -> stream(chunk("{\"delta\":{}}"), "[1]", DONE))
        .hasMessage("event 2: expected an object");
    assertThatThrownBy(() -> stream(chunk("{\"delta\":{}}"), "{\"choices\":{}}", DONE))
        .hasMessage("event 2: /choices: expected an array");
  }

  @Test
  void body_thatIsNoUtf8OrEmpty_isUnreadable() {
    byte[] cut = Arrays.copyOf(bytes("\"é"), 2);
    assertThatThrownBy(() -> assemble("application/x-ndjson", cut)).hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> events("")).hasMessage("the stream is empty");
    assertThatThrownBy(() -> assemble("application/x-ndjson", bytes("\n")))
        .hasMessage("the stream is empty");
    assertThatThrownBy(() -> assemble("application/x-ndjson", bytes("{}\n{\"a\"")))
        .hasMessageStartingWith("line 2: not JSON");
  }

  @Test
  void values_inAll_areBounded() throws UnreadableException {
    // 2 values a line, the object and its member.
    byte[] within = bytes("{\"a\":1}\n".repeat(JsonReader.MAX_TOKENS / 2));
    byte[] above = bytes("{\"a\":1}\n".repeat(JsonReader.MAX_TOKENS / 2 + 1));
    assertThat(assemble("application/x-ndjson", within)).hasSize(within.length + 1);
    assertThatThrownBy(() -> assemble("application/x-ndjson", above))
        .hasMessage("line 500001: more than 1000000 values in the stream");
  }

  @Test
  void otherMediaTypes_areNotTouched() throws UnreadableException {
    for (String type :
        new String[] {"application/json", "application/jsonlines", "text/plain", null}) {
      Body body = new Body(bytes("data: 1\n\n"), type, new JsonReader(null));
      assertThat(StreamAssembler.assemble(body)).isSameAs(body);
    }
  }

  private static String chunk(String choices) {
    return "{\"object\":\"chat.completion.chunk\",\"choices\":[" + choices + "]}";
  }

  private static String call(String call) {
    return chunk("{\"index\":0,\"delta\":{\"tool_calls\":[" + call + "]}}");
  }

  private static JsonNode stream(String... data) {
    return events(
        Arrays.stream(data).map(each -> "data: " + each + "\n\n").collect(Collectors.joining()));
  }

  private static JsonNode events(String text) {
    try {
      return json(assemble("text/event-stream", bytes(text)));
    } catch (UnreadableException e) {
      throw new IllegalArgumentException(e.reason());
    }
  }

  private static byte[] assemble(String type, byte[] bytes) throws UnreadableException {
    Body body = StreamAssembler.assemble(new Body(bytes, type, new JsonReader(null)));
    assertThat(body.contentType()).isEqualTo("application/json");
    return body.bytes();
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
