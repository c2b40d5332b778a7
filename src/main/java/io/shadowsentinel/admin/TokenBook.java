package io.shadowsentinel.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of the admin port, as digests, and those in files as the files have them now. A
 * look-up takes the same time whichever token it finds, or none. Look-ups from any thread; {@link
 * #refresh} blocks, and is for one thread at a time.
 */
final class TokenBook {
  /** A token file is short; what is longer is another file. */
  static final int MAX_FILE_BYTES = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(TokenBook.class);

  /** Whose token was shown. */
  record Caller(String name, AdminToken.Role role) {}

  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, and not as a record
  private record Entry(Caller caller, byte[] digest) {}

  private final List<AdminToken> tokens;
  private volatile List<Entry> entries = List.of();

  TokenBook(List<AdminToken> tokens) {
    this.tokens = List.copyOf(tokens);
  }

  /** True when nobody needs a token. */
  boolean isEmpty() {
    return tokens.isEmpty();
  }

  /** True when some tokens are in files. */
  boolean hasFiles() {
    return tokens.stream().anyMatch(token -> token.file() != null);
  }

  /**
   * Reads all files.
   *
   * @throws IOException when one of them holds no token
   */
  void load() throws IOException {
    List<Entry> read = new ArrayList<>();
    for (AdminToken token : tokens) {
      Path file = token.file();
      String value = file == null ? token.value() : read(token.name(), file);
      read.add(entry(token, value));
    }
    entries = List.copyOf(read);
  }

  /** Reads them again. While a file holds no token, the one that it held goes on. */
  void refresh() {
    List<Entry> known = entries;
    List<Entry> read = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      AdminToken token = tokens.get(i);
      Entry before = known.get(i);
      read.add(token.file() == null ? before : again(token, token.file(), before));
    }
    entries = List.copyOf(read);
  }

  private static Entry again(AdminToken token, Path file, Entry before) {
    try {
      Entry now = entry(token, read(token.name(), file));
      if (!MessageDigest.isEqual(now.digest(), before.digest())) {
        LOG.info("admin token {}: read anew from {}", token.name(), file);
      }
      return now;
    } catch (IOException e) {
      LOG.debug("admin token {}: {}; the one before goes on", token.name(), e.toString());
      return before;
    }
  }

  /** Whose token it is, or null when it is nobody's. */
  @Nullable Caller find(String shown) {
    byte[] digest = digest(shown);
    Caller found = null;
    for (Entry entry : entries) {
      // All of them, so that the time tells nothing.
      if (MessageDigest.isEqual(entry.digest(), digest)) {
        found = entry.caller();
      }
    }
    return found;
  }

  private static Entry entry(AdminToken token, @Nullable String value) {
    return new Entry(new Caller(token.name(), token.role()), digest(value == null ? "" : value));
  }

  private static String read(String name, Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE_BYTES + 1);
    }
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (bytes.length > MAX_FILE_BYTES || !AdminToken.isToken(text)) {
      throw new IOException(
          "admin token "
              + name
              + ": "
              + file
              + " holds no token (expected one line of visible"
              + " ASCII, up to "
              + MAX_FILE_BYTES
              + " bytes)");
    }
    return text;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
