package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the parts of an HTTP/1.1 message from a stream, and never a byte more. One thread. */
final class HttpReader {
  private static final int MAX_LINE = 1 << 20;
  private final InputStream in;

  HttpReader(InputStream in) {
    this.in = in;
  }

  /** A line without its end, as Latin-1; null when the stream ends before its first byte. */
  @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (line.size() == 0) {
          return null;
        }
        throw new EOFException("stream ended inside the line '" + line.toString(ISO_8859_1) + "'");
      }
      line.write(c);
      if (line.size() > MAX_LINE) {
        throw new ProtocolException("line of more than " + MAX_LINE + " bytes");
      }
    }
    String text = line.toString(ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  HeaderList headers() throws IOException {
    return headers(new ByteArrayOutputStream());
  }

  private HeaderList headers(ByteArrayOutputStream raw) throws IOException {
    List<HeaderList.Field> fields = new ArrayList<>();
    for (String line = lineOfMessage(raw); !line.isEmpty(); line = lineOfMessage(raw)) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new ProtocolException("header line '" + line + "' (expected 'Name: value')");
      }
      fields.add(new HeaderList.Field(line.substring(0, colon), line.substring(colon + 1).trim()));
    }
    return new HeaderList(fields);
  }

  /** Copies {@code length} bytes to {@code body}; what came before an early end is copied too. */
  void fixed(long length, ByteArrayOutputStream body) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = length; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new EOFException(left + " of " + length + " bytes missing");
      }
      body.write(buffer, 0, n);
      left -= n;
    }
  }

  /** Copies everything up to the end of the stream. */
  void rest(ByteArrayOutputStream body) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      body.write(buffer, 0, n);
    }
  }

  /**
   * Decodes a chunked body.
   *
   * @param raw gets the bytes as they were on the wire
   * @param body gets the chunks' data
   * @return the trailers
   */
  HeaderList chunked(ByteArrayOutputStream raw, ByteArrayOutputStream body) throws IOException {
    while (true) {
      String line = lineOfMessage(raw);
      int semicolon = line.indexOf(';');
      String size = (semicolon < 0 ? line : line.substring(0, semicolon)).trim();
      long length;
      try {
        length = Long.parseLong(size, 16);
      } catch (NumberFormatException notHex) {
        throw new ProtocolException("chunk size '" + size + "' (expected hexadecimal)");
      }
      if (length == 0) {
        return headers(raw);
      }
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      try {
        fixed(length, data);
      } finally {
        data.writeTo(raw);
        data.writeTo(body);
      }
      String end = lineOfMessage(raw);
      if (!end.isEmpty()) {
        throw new ProtocolException("'" + end + "' after a chunk (expected a line end)");
      }
    }
  }

  private String lineOfMessage(ByteArrayOutputStream raw) throws IOException {
    String line = line();
    if (line == null) {
      throw new EOFException("stream ended before the message did");
    }
    raw.writeBytes((line + "\r\n").getBytes(ISO_8859_1));
    return line;
  }
}
