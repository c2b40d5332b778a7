package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * A request as an upstream got it.
 *
 * @param target path and query as sent
 * @param version {@code HTTP/1.1} for example
 * @param headers in order, in their original case
 * @param body decoded when it was chunked
 * @param trailers those of a chunked body
 * @param connection the number of the connection it came on, from 1
 */
public record RecordedRequest(
    String method,
    String target,
    String version,
    HeaderList headers,
    byte[] body,
    HeaderList trailers,
    int connection) {

  /** The value of the first header of that name, or null. */
  public @Nullable String header(String name) {
    return headers.first(name).orElse(null);
  }

  /** The body as UTF-8. */
  public String bodyText() {
    return new String(body, UTF_8);
  }

  /** What to do between head and body, where {@code Expect: 100-continue} asks for an answer. */
  interface Continue {
    void send() throws IOException;
  }

  /** Reads the next request; null when the connection ends before it begins. */
  static @Nullable RecordedRequest read(HttpReader in, int connection, Continue onExpect)
      throws IOException {
    String line = in.line();
    if (line == null) {
      return null;
    }
    String[] parts = line.split(" ", -1);
    if (parts.length != 3) {
      throw new ProtocolException("request line '" + line + "' (expected three parts)");
    }
    HeaderList headers = in.headers();
    if (headers.hasToken("Expect", "100-continue")) {
      onExpect.send();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    HeaderList trailers = HeaderList.EMPTY;
    if (headers.hasToken("Transfer-Encoding", "chunked")) {
      trailers = in.chunked(new ByteArrayOutputStream(), body);
    } else if (headers.has("Content-Length")) {
      in.fixed(Long.parseLong(headers.first("Content-Length").orElseThrow()), body);
    }
    return new RecordedRequest(
        parts[0], parts[1], parts[2], headers, body.toByteArray(), trailers, connection);
  }
}
