package io.shadowsentinel.compare.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.compare.stream.EventStream.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples of the WHATWG's HTML Standard, section 9.2.6, and what its grammar and algorithm say
 * beside: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
class EventStreamTest {

  static Stream<Arguments> streams() {
    return Stream.of(
        // The standard's own examples
        stream("data: YHOO\ndata: +2\ndata: 10\n\n", message("YHOO\n+2\n10")),
        stream(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
                + "data:  third event\n\n",
            new Event("message", "first event", "1"),
            message("second event"),
            message(" third event")),
        stream("data\n\ndata\ndata\n\ndata:", message(""), message("\n")),
        stream("data:test\n\ndata: test\n\n", message("test"), message("test")),
        stream(
            "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n",
            new Event("add", "73857293", ""),
            new Event("remove", "2153", "")),
        // Line ends
        stream("data: a\r\n\r\ndata: b\r\n\r\n", message("a"), message("b")),
        stream("data: a\r\rdata: b\r\r", message("a"), message("b")),
        stream("data: a\r\n\rdata: b\n\r", message("a"), message("b")),
        stream("data: a\ndata: b\rdata: c\r\n\n", message("a\nb\nc")),
        stream("\n\r\n\rdata: a\n\n\n\n", message("a")),
        // A byte order mark, once, at the start
        stream("\uFEFFdata: a\n\n", message("a")),
        stream("\uFEFF\uFEFFdata: a\n\ndata: b\n\n", message("b")),
        stream("data: \uFEFF\n\n\uFEFFdata: b\n\n", message("\uFEFF")),
        // Fields
        stream("data:  two spaces\n\n", message(" two spaces")),
        stream("data:\ttab\n\n", message("\ttab")),
        stream("data: a:b: c\n\n", message("a:b: c")),
        stream("Data: a\n data: b\ndata : c\nxdata: d\n\n"),
        stream("event: x\n\ndata: a\n\n", message("a")),
        stream("event: x\nevent: y\ndata: a\n\n", new Event("y", "a", "")),
        stream("event: x\nevent\ndata: a\n\n", message("a")),
        stream(
            "id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid: x\0y\ndata: d\n\n",
            new Event("message", "a", "1"),
            new Event("message", "b", "1"),
            new Event("message", "c", "2"),
            new Event("message", "d", "2")),
        stream("retry: 10\nretry: x\ndata: a\n\n", message("a")),
        stream(":data: a\n:\n:\n\n: b\ndata: c\n: d\n\n", message("c")),
        // What is beyond ASCII, and what is no UTF-8
        stream(
            "data: é日\uD83D\uDE00\n\nevent: ü\ndata: ß\n\n",
            message("é日😀"),
            new Event("ü", "ß", "")),
        // The end
        stream(""),
        stream("data: never ended"),
        stream("data: never ended\n"),
        stream("data: a\n\nevent: b", message("a")));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void stream_givesItsEvents(String text, List<Event> events) throws UnreadableException {
    assertThat(read(bytes(text))).isEqualTo(events);
  }

  @ParameterizedTest
  @MethodSource("streams")
  void stream_cutAnywhere_givesTheSameEvents(String text, List<Event> events)
      throws UnreadableException {
    byte[] bytes = bytes(text);
    for (int first = 0; first <= bytes.length; first++) {
      for (int second = first; second <= bytes.length; second++) {
        assertThat(
                read(
                    Arrays.copyOf(bytes, first),
                    Arrays.copyOfRange(bytes, first, second),
                    Arrays.copyOfRange(bytes, second, bytes.length)))
            .as("cut at %d and %d", first, second)
            .isEqualTo(events);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void stream_byteByByte_givesTheSameEvents(String text, List<Event> events)
      throws UnreadableException {
    byte[] bytes = bytes(text);
    byte[][] pieces = new byte[bytes.length][];
    Arrays.setAll(pieces, i -> new byte[] {bytes[i]});
    assertThat(read(pieces)).isEqualTo(events);
  }

  @Test
  void invalidUtf8_isReplaced_andEndsNoLine() throws UnreadableException {
    byte[] bytes = {'d', 'a', 't', 'a', ':', (byte) 0xE6, (byte) 0x97, '\n', '\n'};
    assertThat(read(bytes)).containsExactly(message("\uFFFD"));
  }

  @Test
  void longLine_inManyPieces_isOneLine() throws UnreadableException {
    String text = "x".repeat(100_000);
    byte[] bytes = bytes("data: " + text + "\n\n");
    byte[][] pieces = new byte[bytes.length / 7 + 1][];
    Arrays.setAll(
        pieces, i -> Arrays.copyOfRange(bytes, 7 * i, Math.min(bytes.length, 7 * (i + 1))));
    assertThat(read(pieces)).containsExactly(message(text));
  }

  @Test
  void end_insideAnEvent_tellsItsData() throws UnreadableException {
    assertThat(unended("data: [DONE]")).isEqualTo("[DONE]");
    assertThat(unended("data: [DONE]\n")).isEqualTo("[DONE]");
    assertThat(unended("data: a\n\ndata: b\ndata: c")).isEqualTo("b\nc");
    assertThat(unended("data: a\n\n")).isNull();
    assertThat(unended("event: a")).isNull();
    assertThat(unended("")).isNull();
  }

  private static String unended(String text) throws UnreadableException {
    EventStream stream = new EventStream(unused -> {});
    stream.feed(bytes(text));
    return stream.end();
  }

  private static List<Event> read(byte[]... pieces) throws UnreadableException {
    List<Event> events = new ArrayList<>();
    EventStream stream = new EventStream(events::add);
    for (byte[] piece : pieces) {
      stream.feed(piece);
    }
    stream.end();
    return events;
  }

  private static Arguments stream(String text, Event... events) {
    return Arguments.of(text, List.of(events));
  }

  private static Event message(String data) {
    return new Event("message", data, "");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
