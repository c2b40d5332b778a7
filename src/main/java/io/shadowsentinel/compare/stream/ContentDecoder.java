package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Texts;
import io.shadowsentinel.compare.json.UnreadableException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Undoes a {@code Content-Encoding} for the comparison: gzip, x-gzip, deflate with or without the
 * zlib wrapping, identity, and lists of these. What the user gets is never decoded.
 */
public final class ContentDecoder {
  /** The most that a body may decode to, in bytes, at each step; more is a bomb. 16 MiB. */
  static final int MAX_DECODED_BYTES = 16 * 1024 * 1024;

  /** How many encodings one body may be wrapped in. */
  static final int MAX_ENCODINGS = 4;

  private ContentDecoder() {}

  /**
   * The body as it was before it was encoded; the body itself when it was not.
   *
   * @param contentEncoding the header as it came, or null
   * @throws UnreadableException when it cannot be decoded, or not within the bounds
   */
  public static byte[] decode(byte[] body, @Nullable String contentEncoding)
      throws UnreadableException {
    if (contentEncoding == null || contentEncoding.isBlank()) {
      return body;
    }
    String[] encodings = contentEncoding.toLowerCase(Locale.ROOT).split(",", MAX_ENCODINGS + 1);
    if (encodings.length > MAX_ENCODINGS) {
      throw new UnreadableException("more than " + MAX_ENCODINGS + " content encodings");
    }
    byte[] decoded = body;
    for (int i = encodings.length - 1; i >= 0; i--) {
      decoded = decodeOne(decoded, encodings[i].strip());
    }
    return decoded;
  }

  private static byte[] decodeOne(byte[] body, String encoding) throws UnreadableException {
    try {
      return switch (encoding) {
        case "", "identity" -> body;
        case "gzip", "x-gzip" -> bounded(new GZIPInputStream(new ByteArrayInputStream(body)));
        case "deflate" -> inflate(body);
        default ->
            throw new UnreadableException(
                "content encoding "
                    + Texts.cut(encoding, 32)
                    + " (expected gzip, deflate or identity)");
      };
    } catch (EOFException e) {
      throw new UnreadableException("the " + encoding + " body ends too early");
    } catch (IOException e) {
      throw new UnreadableException("the body is not " + encoding);
    }
  }

  /** RFC 9110 means zlib by deflate; some servers send it bare. */
  private static byte[] inflate(byte[] body) throws IOException, UnreadableException {
    try {
      return bounded(new InflaterInputStream(new ByteArrayInputStream(body)));
    } catch (ZipException e) {
      Inflater bare = new Inflater(true);
      try {
        // The inflater asks for a byte past the end of a bare stream.
        byte[] padded = Arrays.copyOf(body, body.length + 1);
        return bounded(new InflaterInputStream(new ByteArrayInputStream(padded), bare));
      } finally {
        bare.end();
      }
    }
  }

  private static byte[] bounded(InputStream in) throws IOException, UnreadableException {
    try (in) {
      byte[] decoded = in.readNBytes(MAX_DECODED_BYTES + 1);
      if (decoded.length > MAX_DECODED_BYTES) {
        throw new UnreadableException(
            "the body decodes to more than " + MAX_DECODED_BYTES + " bytes");
      }
      return decoded;
    }
  }
}
