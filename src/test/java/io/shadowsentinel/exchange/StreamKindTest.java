package io.shadowsentinel.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamKindTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "Text/Event-Stream",
        "text/event-stream;charset=UTF-8",
        " text/event-stream ; charset=utf-8"
      })
  void eventStream_isEvents(String contentType) {
    assertThat(StreamKind.of(contentType)).isEqualTo(StreamKind.EVENTS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/json-lines",
        "APPLICATION/X-NDJSON; charset=utf-8"
      })
  void jsonOnLines_isLines(String contentType) {
    assertThat(StreamKind.of(contentType)).isEqualTo(StreamKind.LINES);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        ";",
        " ",
        "application/json",
        "application/jsonlines",
        "application/json; x=text/event-stream",
        "text/event-streams",
        "text/event-strea",
        "text/plain"
      })
  void others_areNone(String contentType) {
    assertThat(StreamKind.of(contentType)).isNull();
  }
}
