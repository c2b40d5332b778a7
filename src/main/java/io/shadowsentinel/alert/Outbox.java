package io.shadowsentinel.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of alerts that are not delivered: one file for each alert and channel, and {@code
 * cursor.json}. What is written is on the disk, whole, when the call returns; a crash leaves the
 * old file or the new one. For its owner's eyes only. Blocks; one thread at a time.
 */
final class Outbox {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final String CURSOR = "cursor.json";
  private static final String TEMPORARY = ".tmp";
  private static final long MAX_FILE_BYTES = 1 << 20;

  private final Path directory;

  private Outbox(Path directory) {
    this.directory = directory;
  }

  /** Opens the directory, which is made if it is not there, and clears what a crash left half. */
  static Outbox open(Path directory) throws IOException {
    OwnerOnly.createDirectories(directory);
    for (Path file : files(directory, TEMPORARY)) {
      Files.deleteIfExists(file);
    }
    return new Outbox(directory);
  }

  /** The cursor; empty if the outbox is new, or what it held cannot be read. */
  Optional<Cursor> readCursor() throws IOException {
    Path file = directory.resolve(CURSOR);
    return Files.exists(file) ? read(file, Cursor.class) : Optional.empty();
  }

  void writeCursor(Cursor cursor) throws IOException {
    write(CURSOR, cursor);
  }

  /** Every alert that waits, in the order of the decisions. */
  List<OutboxEntry> readEntries() throws IOException {
    List<OutboxEntry> entries = new ArrayList<>();
    for (Path file : files(directory, ".json")) {
      if (!file.endsWith(CURSOR)) {
        readEntry(file).ifPresent(entries::add);
      }
    }
    entries.sort(Comparator.comparingLong(OutboxEntry::seq).thenComparing(OutboxEntry::channel));
    return entries;
  }

  private Optional<OutboxEntry> readEntry(Path file) throws IOException {
    Optional<OutboxEntry> entry = read(file, OutboxEntry.class);
    if (entry.isPresent() && !file.endsWith(entry.get().fileName())) {
      // It could never be taken out again.
      setAside(file, "expected the name " + entry.get().fileName());
      return Optional.empty();
    }
    return entry;
  }

  void write(OutboxEntry entry) throws IOException {
    write(entry.fileName(), entry);
  }

  /**
   * Takes an alert out. Not forced to the disk: after a power cut it may be there again and is then
   * delivered once more, under the same id.
   */
  void remove(OutboxEntry entry) throws IOException {
    Files.deleteIfExists(directory.resolve(entry.fileName()));
  }

  private void write(String name, Object value) throws IOException {
    Path target = directory.resolve(name);
    Path temporary = directory.resolve(name + TEMPORARY);
    ByteBuffer bytes = ByteBuffer.wrap(AlertJson.write(value).getBytes(StandardCharsets.UTF_8));
    try (FileChannel file =
        FileChannel.open(
            temporary,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
            OwnerOnly.file())) {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private <T> Optional<T> read(Path file, Class<T> type) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      setAside(file, "larger than " + MAX_FILE_BYTES + " bytes");
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    try {
      T value = AlertJson.MAPPER.readValue(bytes, type);
      if (value != null) {
        return Optional.of(value);
      }
      setAside(file, "null");
    } catch (JsonProcessingException e) {
      setAside(file, e.getOriginalMessage());
    }
    return Optional.empty();
  }

  private void setAside(Path file, String why) throws IOException {
    Path unreadable = OwnerOnly.createDirectories(directory.resolve("unreadable"));
    Path target = unreadable.resolve(file.getFileName());
    Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
    log.warn("{} is unreadable ({}) and was moved to {}", file, why, target);
  }

  private static List<Path> files(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .filter(Files::isRegularFile)
          .toList();
    }
  }
}
