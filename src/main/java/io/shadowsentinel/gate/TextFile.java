package io.shadowsentinel.gate;

import io.shadowsentinel.model.OneLine;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Opens files of text, plain or gzip, and reads them strictly. */
final class TextFile {

  /** No line of a sample is longer, and a runaway file must not take the heap. */
  static final int LONGEST_LINE = 64 << 20;

  private TextFile() {}

  /**
   * A reader past a byte order mark, if there is one; what is no UTF-8 fails.
   *
   * @throws BadInputException when there is no such file, or it is Parquet
   */
  static BufferedReader open(Path file) throws IOException, BadInputException {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + ": no such file (expected CSV or JSON Lines)");
    }
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
    try {
      bytes.mark(4);
      byte[] magic = bytes.readNBytes(4);
      bytes.reset();
      if (new String(magic, StandardCharsets.ISO_8859_1).equals("PAR1")) {
        throw new BadInputException(file + ": Parquet is not read (expected CSV or JSON Lines)");
      }
      boolean gzip = magic.length > 1 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  gzip ? new GZIPInputStream(bytes) : bytes,
                  StandardCharsets.UTF_8
                      .newDecoder()
                      .onMalformedInput(CodingErrorAction.REPORT)
                      .onUnmappableCharacter(CodingErrorAction.REPORT)));
      reader.mark(1);
      if (reader.read() != '\uFEFF') {
        reader.reset();
      }
      return reader;
    } catch (IOException | BadInputException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  /**
   * The next line without its end; null at the file's.
   *
   * @throws IOException when it is longer than {@link #LONGEST_LINE}
   */
  static @Nullable String line(BufferedReader reader) throws IOException {
    int c = reader.read();
    if (c < 0) {
      return null;
    }
    StringBuilder line = new StringBuilder();
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new IOException("a line of over " + LONGEST_LINE + " characters");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  /** What cannot be read, and why. */
  static BadInputException unreadable(Path file, IOException e) {
    return new BadInputException(file + ": cannot be read: " + OneLine.of(e), e);
  }

  /** The file and its SHA-256. */
  static GateReport.MeasuredFile measured(Path file) throws BadInputException {
    try (InputStream bytes = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(bytes, digest).transferTo(OutputStream.nullOutputStream());
      return new GateReport.MeasuredFile(
          file.toString(), HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
