package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * A correct HTTP/1.1 answer, and how it is framed. Immutable; each {@code with} makes another.
 *
 * @param headers those beside the framing's own
 * @param chunkSize bytes in a chunk, 1 or more; counts only for {@link Framing#CHUNKED}
 * @param trailers sent only with {@link Framing#CHUNKED}
 * @param close true sends {@code Connection: close} and closes after the answer
 */
public record Reply(
    int status,
    List<HeaderList.Field> headers,
    byte[] body,
    Framing framing,
    int chunkSize,
    List<HeaderList.Field> trailers,
    boolean close) {

  /** How the end of the body is told. */
  public enum Framing {
    LENGTH,
    CHUNKED,
    CLOSE_DELIMITED
  }

  public Reply {
    headers = List.copyOf(headers);
    trailers = List.copyOf(trailers);
    if (chunkSize < 1) {
      throw new IllegalArgumentException("chunkSize: " + chunkSize + " (expected 1 or more)");
    }
  }

  /** A 200 with a JSON body and its length. */
  public static Reply json(String body) {
    return of(200, "application/json", body.getBytes(UTF_8));
  }

  /** An answer with a body and its length. */
  public static Reply of(int status, String contentType, byte[] body) {
    return new Reply(
        status,
        List.of(new HeaderList.Field("Content-Type", contentType)),
        body,
        Framing.LENGTH,
        1024,
        List.of(),
        false);
  }

  public Reply withStatus(int newStatus) {
    return new Reply(newStatus, headers, body, framing, chunkSize, trailers, close);
  }

  /** Adds a header, after those that are there. */
  public Reply withHeader(String name, String value) {
    return new Reply(status, plus(headers, name, value), body, framing, chunkSize, trailers, close);
  }

  /** The same answer under another {@code Content-Type}. */
  public Reply withContentType(String type) {
    List<HeaderList.Field> others =
        headers.stream().filter(f -> !f.name().equalsIgnoreCase("Content-Type")).toList();
    return new Reply(
        status, plus(others, "Content-Type", type), body, framing, chunkSize, trailers, close);
  }

  public Reply withBody(byte[] newBody) {
    return new Reply(status, headers, newBody, framing, chunkSize, trailers, close);
  }

  public Reply chunked(int newChunkSize) {
    return new Reply(status, headers, body, Framing.CHUNKED, newChunkSize, trailers, close);
  }

  /** Adds a trailer; makes the answer chunked. */
  public Reply withTrailer(String name, String value) {
    return new Reply(
        status, headers, body, Framing.CHUNKED, chunkSize, plus(trailers, name, value), close);
  }

  /** Without a length: the end of the connection ends the body. */
  public Reply closeDelimited() {
    return new Reply(status, headers, body, Framing.CLOSE_DELIMITED, chunkSize, trailers, true);
  }

  /** Closes the connection after the answer, and says so. */
  public Reply closing() {
    return new Reply(status, headers, body, framing, chunkSize, trailers, true);
  }

  /** Compresses the body and names the encoding. */
  public Reply gzipped() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException inMemory) {
      throw new UncheckedIOException(inMemory);
    }
    return withBody(out.toByteArray()).withHeader("Content-Encoding", "gzip");
  }

  /** The status line and headers, with the empty line. */
  byte[] head() {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
    headers.forEach(f -> head.append(f.name()).append(": ").append(f.value()).append("\r\n"));
    if (allowsBody()) {
      switch (framing) {
        case LENGTH -> head.append("Content-Length: ").append(body.length).append("\r\n");
        case CHUNKED -> head.append("Transfer-Encoding: chunked\r\n");
        case CLOSE_DELIMITED -> {}
      }
    }
    if (close) {
      head.append("Connection: close\r\n");
    }
    return head.append("\r\n").toString().getBytes(ISO_8859_1);
  }

  /** The body as it is on the wire. */
  byte[] wireBody(String method) {
    if (method.equals("HEAD") || !allowsBody()) {
      return new byte[0];
    }
    if (framing != Framing.CHUNKED) {
      return body;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < body.length; at += chunkSize) {
      int size = Math.min(chunkSize, body.length - at);
      out.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
      out.write(body, at, size);
      out.writeBytes("\r\n".getBytes(ISO_8859_1));
    }
    StringBuilder end = new StringBuilder("0\r\n");
    trailers.forEach(f -> end.append(f.name()).append(": ").append(f.value()).append("\r\n"));
    out.writeBytes(end.append("\r\n").toString().getBytes(ISO_8859_1));
    return out.toByteArray();
  }

  private boolean allowsBody() {
    return status != 204 && status != 304;
  }

  private static List<HeaderList.Field> plus(
      List<HeaderList.Field> fields, String name, String value) {
    List<HeaderList.Field> more = new ArrayList<>(fields);
    more.add(new HeaderList.Field(name, value));
    return more;
  }
}
