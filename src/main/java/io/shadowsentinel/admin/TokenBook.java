package io.shadowsentinel.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, and not as a record
  private record Entry(AdminToken token, byte[] digest) {}

  private final Set<String> unreadable = new HashSet<>();
  private volatile List<Entry> entries;

  private TokenBook(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Reads all files. Blocks.
   *
   * @throws IOException when one of them holds no token
   */
  static TokenBook load(List<AdminToken> tokens) throws IOException {
    List<Entry> read = new ArrayList<>();
    for (AdminToken token : tokens) {
      read.add(entry(token));
    }
    return new TokenBook(read);
  }

  /** True when nobody needs a token. */
  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** True when some tokens are in files. */
  boolean hasFiles() {
    return entries.stream().anyMatch(entry -> entry.token().file() != null);
  }

  /**
   * Reads them again. While a file holds no token, the one that it held goes on.
   *
   * @return true when a token is another than before
   */
  boolean refresh() {
    List<Entry> next = new ArrayList<>();
    List<AdminToken> changed = new ArrayList<>();
    for (Entry before : entries) {
      Entry now = before.token().file() == null ? before : again(before);
      if (!MessageDigest.isEqual(now.digest(), before.digest())) {
        changed.add(now.token());
      }
      next.add(now);
    }
    if (changed.isEmpty()) {
      return false;
    }
    entries = List.copyOf(next);
    // Who reads the line may use the token at once.
    changed.forEach(
        token -> LOG.info("admin token {}: read anew from {}", token.name(), token.file()));
    return true;
  }

  private Entry again(Entry before) {
    AdminToken token = before.token();
    try {
      Entry now = entry(token);
      if (unreadable.remove(token.name())) {
        LOG.info("admin token {}: {} holds a token again", token.name(), token.file());
      }
      return now;
    } catch (IOException e) {
      // Said once: it is looked at each second.
      if (unreadable.add(token.name())) {
        LOG.warn("{}; the token that was there before goes on", describe(token, e));
      }
      return before;
    }
  }

  private static String describe(AdminToken token, IOException e) {
    return e instanceof NoToken
        ? String.valueOf(e.getMessage())
        : "admin token " + token.name() + ": cannot be read: " + e;
  }

  /** Whose token it is, or null when it is nobody's. */
  @Nullable AdminToken find(String shown) {
    byte[] digest = digest(shown);
    AdminToken found = null;
    for (Entry entry : entries) {
      // All of them, so that the time tells nothing. Of two that are alike, the lesser one counts.
      if (MessageDigest.isEqual(entry.digest(), digest)
          && (found == null || entry.token().role() == AdminToken.Role.VIEWER)) {
        found = entry.token();
      }
    }
    return found;
  }

  private static Entry entry(AdminToken token) throws IOException {
    Path file = token.file();
    String value = file == null ? token.value() : read(token.name(), file);
    return new Entry(token, digest(value == null ? "" : value));
  }

  private static String read(String name, Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE_BYTES + 1);
    }
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (bytes.length > MAX_FILE_BYTES || !AdminToken.isToken(text)) {
      throw new NoToken(
          "admin token %s: %s holds no token (expected one line of visible ASCII, up to %d bytes)"
              .formatted(name, file, MAX_FILE_BYTES));
    }
    return text;
  }

  /** A file that can be read, and holds something else. */
  private static final class NoToken extends IOException {
    private static final long serialVersionUID = 1;

    NoToken(String message) {
      super(message);
    }
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
