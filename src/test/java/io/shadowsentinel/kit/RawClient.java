package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server on the loopback interface, over which exact bytes are sent and an
 * answer is read as it is. What the server does wrong is told in the {@link RawResponse}, never
 * thrown. One thread.
 */
public final class RawClient implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;

  private RawClient(int port) {
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
      timeout(Duration.ofSeconds(15));
    } catch (IOException noServer) {
      throw new UncheckedIOException(noServer);
    }
  }

  /** Connects, or fails with an {@link UncheckedIOException}. */
  public static RawClient connect(int port) {
    return new RawClient(port);
  }

  /** Sends one request over a connection of its own. */
  public static RawResponse once(int port, byte[] request) {
    try (RawClient client = connect(port)) {
      return client.exchange(request);
    }
  }

  /** A request with {@code Host}, the given header lines and, with a body, its length. */
  public static byte[] request(
      String method, String target, byte @Nullable [] body, String... headerLines) {
    StringBuilder head = new StringBuilder(method + ' ' + target + " HTTP/1.1\r\nHost: test\r\n");
    for (String line : headerLines) {
      head.append(line).append("\r\n");
    }
    if (body != null) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
    if (body != null) {
      request.writeBytes(body);
    }
    return request.toByteArray();
  }

  /** {@link #request} for a POST of JSON. */
  public static byte[] post(String target, String json, String... headerLines) {
    List<String> lines = new ArrayList<>(List.of(headerLines));
    lines.add("Content-Type: application/json");
    return request("POST", target, json.getBytes(UTF_8), lines.toArray(String[]::new));
  }

  /** {@link #request} for a GET. */
  public static byte[] get(String target, String... headerLines) {
    return request("GET", target, null, headerLines);
  }

  /** The longest silence that {@link #read} bears; 15 s at first. */
  public RawClient timeout(Duration silence) {
    try {
      socket.setSoTimeout(Math.toIntExact(silence.toMillis()));
      return this;
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
  }

  /** Sends bytes as they are. */
  public RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  /** Sends text as Latin-1. */
  public RawClient send(String text) {
    return send(text.getBytes(ISO_8859_1));
  }

  /** Sends a request and reads its answer; the connection stays open for the next. */
  public RawResponse exchange(byte[] request) {
    send(request);
    boolean head = new String(request, 0, Math.min(5, request.length), ISO_8859_1).equals("HEAD ");
    return read(head);
  }

  /** Reads one answer, to any request but HEAD. */
  public RawResponse read() {
    return read(false);
  }

  /**
   * Reads answers until the server ends the connection, or falls silent. The last one that it
   * returns has no status line, and tells which.
   */
  public List<RawResponse> readToEnd() {
    List<RawResponse> answers = new ArrayList<>();
    RawResponse last;
    do {
      last = read();
      answers.add(last);
    } while (last.complete());
    return answers;
  }

  /**
   * Reads what comes next, at least one byte: for streams and upgraded connections.
   *
   * @return empty when the server closed
   */
  public byte[] readSome(int atMost) {
    try {
      byte[] buffer = new byte[atMost];
      int n = in.read(buffer);
      return n < 0 ? new byte[0] : Arrays.copyOf(buffer, n);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  /** Says that nothing more will be sent, and goes on reading. */
  public RawClient shutdownOutput() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  /** Ends the connection with a TCP reset. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private RawResponse read(boolean toHead) {
    Reading reading = new Reading(new HttpReader(in));
    try {
      reading.read(toHead);
      return reading.ended(RawResponse.End.COMPLETE);
    } catch (SocketTimeoutException silence) {
      return reading.ended(RawResponse.End.TIMED_OUT);
    } catch (EOFException early) {
      return reading.ended(RawResponse.End.CLOSED_EARLY);
    } catch (IOException brokenOrNoHttp) {
      return reading.ended(RawResponse.End.BROKEN);
    }
  }

  /** What came so far of one answer. */
  private static final class Reading {
    private final HttpReader in;
    private final List<String> interim = new ArrayList<>();
    private final ByteArrayOutputStream wireBody = new ByteArrayOutputStream();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private String statusLine = "";
    private HeaderList headers = HeaderList.EMPTY;
    private HeaderList trailers = HeaderList.EMPTY;

    Reading(HttpReader in) {
      this.in = in;
    }

    void read(boolean toHead) throws IOException {
      head();
      while (statusLine.matches("HTTP/1\\.1 1(?!01)\\d\\d.*")) {
        interim.add(statusLine);
        head();
      }
      if (toHead || statusLine.matches("HTTP/1\\.\\d (101|204|304).*")) {
        return;
      }
      if (headers.hasToken("Transfer-Encoding", "chunked")) {
        trailers = in.chunked(wireBody, body);
      } else if (headers.has("Content-Length")) {
        plain(Long.parseLong(headers.first("Content-Length").orElseThrow()));
      } else {
        plain(-1);
      }
    }

    private void head() throws IOException {
      String line = in.line();
      if (line == null) {
        throw new EOFException("closed before an answer");
      }
      if (!line.matches("HTTP/1\\.\\d \\d{3}( .*)?")) {
        throw new IOException("status line '" + line + "'");
      }
      headers = in.headers();
      statusLine = line;
    }

    private void plain(long length) throws IOException {
      try {
        if (length < 0) {
          in.rest(body);
        } else {
          in.fixed(length, body);
        }
      } finally {
        body.writeTo(wireBody);
      }
    }

    RawResponse ended(RawResponse.End end) {
      return new RawResponse(
          statusLine,
          headers,
          wireBody.toByteArray(),
          body.toByteArray(),
          trailers,
          List.copyOf(interim),
          end);
    }
  }
}
