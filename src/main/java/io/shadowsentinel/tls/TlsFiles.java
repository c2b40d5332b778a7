package io.shadowsentinel.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.shadowsentinel.tls.TlsFault.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the files of one {@link TlsSettings} hold at one moment: read whole, and bounded. */
final class TlsFiles {
  /** The largest file that is taken, in bytes; a bundle of all public authorities has 200 KiB. */
  static final int MAX_BYTES = 1 << 20;

  /** One file. */
  private static final class Read {
    final Path file;

    /** Null when it cannot be read; one byte over {@link #MAX_BYTES} when it is too large. */
    final byte @Nullable [] content;

    Read(Path file, byte @Nullable [] content) {
      this.file = file;
      this.content = content;
    }
  }

  private final Map<Part, Read> files = new EnumMap<>(Part.class);

  private TlsFiles() {}

  /** Reads them. Blocks; what cannot be read is told when it is asked for. */
  static TlsFiles read(TlsSettings settings) {
    TlsFiles read = new TlsFiles();
    read.add(Part.CERT, settings.cert());
    read.add(Part.KEY, settings.key());
    read.add(Part.AUTHORITIES, settings.authorities());
    return read;
  }

  private void add(Part part, @Nullable Path file) {
    if (file == null) {
      return;
    }
    byte[] content = null;
    if (Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        content = in.readNBytes(MAX_BYTES + 1);
      } catch (IOException unreadable) {
        content = null;
      }
    }
    files.put(part, new Read(file, content));
  }

  boolean has(Part part) {
    return files.containsKey(part);
  }

  Path file(Part part) {
    return need(part).file;
  }

  byte[] content(Part part) throws TlsFault {
    byte[] content = need(part).content;
    if (content == null) {
      throw fault(part, "which cannot be read", "a PEM file");
    }
    if (content.length > MAX_BYTES) {
      throw fault(part, "which is too large", "a PEM file of at most 1 MiB");
    }
    return content;
  }

  TlsFault fault(Part part, String what, String expected) {
    return new TlsFault(part, file(part), what, expected);
  }

  private Read need(Part part) {
    Read read = files.get(part);
    if (read == null) {
      throw new IllegalStateException("no " + part);
    }
    return read;
  }

  /** True when every file could be read. */
  boolean areThere() {
    return files.values().stream().allMatch(read -> read.content != null);
  }

  /** SHA-256 over all of them, in hexadecimal: the same text, the same content. */
  String digest() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    for (Read read : files.values()) {
      byte[] content = read.content == null ? new byte[0] : read.content;
      // The length keeps two files from being taken for one that was cut elsewhere.
      digest.update((content.length + ":").getBytes(US_ASCII));
      digest.update(content);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Hides the contents: one of them is a private key. */
  @Override
  public String toString() {
    return "TlsFiles" + Arrays.toString(files.values().stream().map(read -> read.file).toArray());
  }
}
