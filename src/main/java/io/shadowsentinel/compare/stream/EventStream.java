package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.UnreadableException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a {@code text/event-stream} into events, by the algorithm of the WHATWG's HTML
 * Standard, section 9.2.6 "Interpreting an event stream"
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). Bytes may come in any pieces;
 * the events are the same. Lines are cut before they are decoded, which no UTF-8 sequence minds. It
 * holds one line and one event at a time. Mutable, one thread.
 */
final class EventStream {
  private static final int FIRST_CAPACITY = 256;

  /**
   * An event.
   *
   * @param type the {@code event} field, {@code message} when there was none
   * @param data the {@code data} lines, joined by line feeds
   * @param lastId the latest {@code id} of the stream so far, empty when there was none
   */
  record Event(String type, String data, String lastId) {}

  /** Takes the events in their order. */
  @FunctionalInterface
  interface Sink {
    void event(Event event) throws UnreadableException;
  }

  private final Sink sink;
  private final StringBuilder data = new StringBuilder();
  private String type = "";
  private String lastId = "";

  /** The bytes of a line of which the end has not come. */
  private byte[] line = new byte[FIRST_CAPACITY];

  private int lineLength;
  private boolean firstLine = true;
  private boolean afterReturn;

  EventStream(Sink sink) {
    this.sink = sink;
  }

  /** Takes the next piece, and passes on the events that are complete with it. */
  void feed(byte[] bytes) throws UnreadableException {
    int start = 0;
    for (int at = 0; at < bytes.length; at++) {
      byte b = bytes[at];
      if (b == '\n' && afterReturn) {
        // The second half of a CRLF: the line ended before it.
        start = at + 1;
      } else if (b == '\n' || b == '\r') {
        endLine(bytes, start, at);
        start = at + 1;
      }
      afterReturn = b == '\r';
    }
    keep(bytes, start, bytes.length);
  }

  /**
   * Takes the end of the stream. An event that no empty line has ended is none, so the standard
   * says, and is not passed on.
   *
   * @return the data of that event, which only some marks of a stream's end are worth looking for
   *     in; null when there is none
   */
  @Nullable String end() {
    if (lineLength > 0) {
      field(decode(line, 0, lineLength));
      lineLength = 0;
    }
    return data.isEmpty() ? null : takeData();
  }

  private void endLine(byte[] bytes, int from, int to) throws UnreadableException {
    if (lineLength == 0) {
      take(decode(bytes, from, to));
      return;
    }
    keep(bytes, from, to);
    int length = lineLength;
    lineLength = 0;
    take(decode(line, 0, length));
  }

  private void keep(byte[] bytes, int from, int to) {
    int length = lineLength + to - from;
    if (length > line.length) {
      line = Arrays.copyOf(line, Math.max(length, 2 * line.length));
    }
    System.arraycopy(bytes, from, line, lineLength, to - from);
    lineLength = length;
  }

  private String decode(byte[] bytes, int from, int to) {
    int start = from;
    if (firstLine) {
      firstLine = false;
      boolean mark =
          to - from >= 3
              && bytes[from] == (byte) 0xEF
              && bytes[from + 1] == (byte) 0xBB
              && bytes[from + 2] == (byte) 0xBF;
      start = mark ? from + 3 : from;
    }
    return Utf8.decode(bytes, start, to);
  }

  private void take(String text) throws UnreadableException {
    if (text.isEmpty()) {
      dispatch();
    } else {
      field(text);
    }
  }

  private void field(String text) {
    int colon = text.indexOf(':');
    if (colon == 0) {
      return; // a comment
    }
    String name = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : value(text, colon + 1);
    switch (name) {
      case "data" -> data.append(value).append('\n');
      case "event" -> type = value;
      case "id" -> lastId = value.indexOf('\0') < 0 ? value : lastId;
      default -> {} // retry is for who reconnects, and what is unknown is to be passed over
    }
  }

  private static String value(String text, int from) {
    boolean space = from < text.length() && text.charAt(from) == ' ';
    return text.substring(space ? from + 1 : from);
  }

  private void dispatch() throws UnreadableException {
    String name = type.isEmpty() ? "message" : type;
    type = "";
    if (!data.isEmpty()) {
      sink.event(new Event(name, takeData(), lastId));
    }
  }

  private String takeData() {
    String joined = data.substring(0, data.length() - 1);
    data.setLength(0);
    return joined;
  }
}
