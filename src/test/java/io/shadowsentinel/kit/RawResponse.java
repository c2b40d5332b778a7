package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * An answer as it was on the wire.
 *
 * @param statusLine empty when none came
 * @param headers in order, in their original case
 * @param wireBody the body's bytes as they were, chunk sizes included
 * @param body the body's bytes, chunks joined; what came of it when {@code end} is not complete
 * @param trailers those of a chunked body
 * @param interim the status lines of 1xx answers that came before, but for 101
 * @param end how the reading ended
 */
public record RawResponse(
    String statusLine,
    HeaderList headers,
    byte[] wireBody,
    byte[] body,
    HeaderList trailers,
    List<String> interim,
    End end) {

  /** How the reading of an answer ended. */
  public enum End {
    /** Head and body arrived in full. */
    COMPLETE,
    /** The connection ended in order before the answer did. */
    CLOSED_EARLY,
    /** The connection was reset, or what came was not HTTP. */
    BROKEN,
    /** Nothing came for as long as the client waits. */
    TIMED_OUT
  }

  public boolean complete() {
    return end == End.COMPLETE;
  }

  /** The status code, or 0 when no status line came. */
  public int status() {
    String[] parts = statusLine.split(" ", 3);
    return parts.length < 2 ? 0 : Integer.parseInt(parts[1]);
  }

  /** The value of the first header of that name, or an empty text. */
  public String header(String name) {
    return headers.first(name).orElse("");
  }

  /** The body as UTF-8. */
  public String bodyText() {
    return new String(body, UTF_8);
  }
}
