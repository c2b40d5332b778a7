package io.shadowsentinel.exchange;

import org.jspecify.annotations.Nullable;

/** How an answer that comes part by part is cut into its parts, as its media type says. */
public enum StreamKind {
  /** Server-sent events: {@code text/event-stream}. */
  EVENTS,
  /**
   * A JSON value on each line: {@code application/x-ndjson}, {@code ndjson}, {@code jsonl} and
   * {@code json-lines}. Not SageMaker's {@code application/jsonlines}, which is a batch.
   */
  LINES;

  private static final String EVENT_TYPE = "text/event-stream";
  private static final String[] LINE_TYPES = {
    "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines"
  };

  /**
   * The kind that a {@code Content-Type} names, whatever its parameters and case; null when it
   * names no stream. Asked of every answer, so it allocates nothing.
   */
  public static @Nullable StreamKind of(@Nullable String contentType) {
    if (contentType == null) {
      return null;
    }
    int semicolon = contentType.indexOf(';');
    int to = semicolon < 0 ? contentType.length() : semicolon;
    int from = 0;
    while (to > from && contentType.charAt(to - 1) <= ' ') {
      to--;
    }
    while (from < to && contentType.charAt(from) <= ' ') {
      from++;
    }
    if (is(EVENT_TYPE, contentType, from, to)) {
      return EVENTS;
    }
    for (String lineType : LINE_TYPES) {
      if (is(lineType, contentType, from, to)) {
        return LINES;
      }
    }
    return null;
  }

  private static boolean is(String mediaType, String contentType, int from, int to) {
    return to - from == mediaType.length()
        && contentType.regionMatches(true, from, mediaType, 0, mediaType.length());
  }
}
