package io.shadowsentinel.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.yaml.snakeyaml.reader.StreamReader;

/** The content of a configuration file: read whole, bounded, hashed, and decoded without mercy. */
final class SourceText {
  /** The largest file that is taken, in bytes. */
  static final int MAX_BYTES = 1 << 20;

  private SourceText() {}

  /** The file's bytes, and one more than {@link #MAX_BYTES} of them when there are too many. */
  static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_BYTES + 1);
    }
  }

  static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The text, less a byte order mark; line ends stay as they are. */
  static String decode(byte[] content) throws SyntaxFault {
    if (content.length > MAX_BYTES) {
      throw new SyntaxFault(
          Place.START, "too large (expected at most " + Sizes.format(MAX_BYTES) + ")");
    }
    ByteBuffer in = ByteBuffer.wrap(content);
    CharBuffer out = CharBuffer.allocate(content.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    out.flip();
    if (out.length() > 0 && out.charAt(0) == '\uFEFF') {
      out.get();
    }
    if (result.isError()) {
      String shown = String.format("0x%02X", content[in.position()]);
      throw new SyntaxFault(
          Place.after(out), "byte " + shown + ": not UTF-8 (expected UTF-8 text)");
    }
    return out.toString();
  }

  /** Refuses control characters by their place, which the YAML parser itself does not tell. */
  static void requirePrintable(String text) throws SyntaxFault {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (!StreamReader.isPrintable(c)) {
        throw new SyntaxFault(
            Place.after(text.substring(0, i)),
            String.format("character U+%04X (expected printable text)", c));
      }
    }
  }
}
