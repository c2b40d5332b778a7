package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTest {

  @TempDir Path directory;

  @Test
  void entries_writtenOutOfOrder_areReadInTheOrderOfTheDecisions() throws IOException {
    Outbox outbox = Outbox.open(directory);
    outbox.write(entry(10, "b"));
    outbox.write(entry(9, "b"));
    outbox.write(entry(10, "a"));

    assertThat(Outbox.open(directory).readEntries())
        .containsExactly(entry(9, "b"), entry(10, "a"), entry(10, "b"));
  }

  @Test
  void files_areForTheirOwnerOnly() throws IOException {
    Path made = directory.resolve("a/outbox");
    Outbox outbox = Outbox.open(made);
    outbox.write(entry(1, "a"));
    outbox.writeCursor(Cursor.startingAt(TestDecisions.NOON));
    Files.writeString(made.resolve("000000000001-b.json"), "{");
    outbox.readEntries();

    for (String each : List.of("", "unreadable")) {
      assertThat(permissions(made.resolve(each))).isEqualTo("rwx------");
    }
    try (Stream<Path> files = Files.list(made)) {
      assertThat(files.filter(Files::isRegularFile))
          .hasSize(2)
          .allSatisfy(file -> assertThat(permissions(file)).isEqualTo("rw-------"));
    }
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void entry_removed_isGone() throws IOException {
    Outbox outbox = Outbox.open(directory);
    outbox.write(entry(1, "a"));
    outbox.remove(entry(1, "a"));
    outbox.remove(entry(1, "a"));

    assertThat(outbox.readEntries()).isEmpty();
  }

  @Test
  void cursor_written_isReadAsItWas() throws IOException {
    Outbox outbox = Outbox.open(directory);
    Cursor cursor = Cursor.startingAt(TestDecisions.NOON).after(TestDecisions.rollback(3, "r"));

    assertThat(outbox.readCursor()).isEmpty();
    outbox.writeCursor(cursor);
    assertThat(Outbox.open(directory).readCursor()).contains(cursor);
    assertThat(outbox.readEntries()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "null", "[]", "{\"id\":\"1-a-0\"}", "{\"seq\":\"x\"}"})
  void file_thatDoesNotParse_isSetAside(String content) throws IOException {
    Files.writeString(directory.resolve("000000000001-a.json"), content);
    Outbox outbox = Outbox.open(directory);
    outbox.write(entry(2, "a"));

    assertThat(outbox.readEntries()).containsExactly(entry(2, "a"));
    assertThat(directory.resolve("unreadable/000000000001-a.json")).hasContent(content);
    assertThat(directory.resolve("000000000001-a.json")).doesNotExist();
  }

  @Test
  void file_underAnotherName_isSetAside() throws IOException {
    Outbox outbox = Outbox.open(directory);
    outbox.write(entry(1, "a"));
    Files.move(directory.resolve(entry(1, "a").fileName()), directory.resolve("copy.json"));

    assertThat(outbox.readEntries()).isEmpty();
    assertThat(directory.resolve("unreadable/copy.json")).exists();
  }

  @ParameterizedTest
  @CsvSource({"-1, true", "0, true", "1, false"})
  void file_mayHaveSoManyBytes(int more, boolean taken) throws IOException {
    Outbox outbox = Outbox.open(directory);
    outbox.write(entry(1, "a"));
    Path file = directory.resolve(entry(1, "a").fileName());
    String spaces = " ".repeat((int) ((1 << 20) - Files.size(file) + more));
    Files.writeString(file, spaces, StandardOpenOption.APPEND);

    assertThat(outbox.readEntries()).hasSize(taken ? 1 : 0);
    assertThat(Files.exists(directory.resolve("unreadable"))).isNotEqualTo(taken);
  }

  @Test
  void cursor_thatDoesNotParse_isSetAside() throws IOException {
    Files.writeString(directory.resolve("cursor.json"), "{\"lastSeq\":");

    assertThat(Outbox.open(directory).readCursor()).isEmpty();
    assertThat(directory.resolve("unreadable/cursor.json")).exists();
  }

  @Test
  void open_afterACrashInAWrite_clearsTheHalfFile() throws IOException {
    Path half = Files.writeString(directory.resolve("cursor.json.tmp"), "{");

    Outbox.open(directory);
    assertThat(half).doesNotExist();
  }

  private static OutboxEntry entry(long seq, String channel) {
    return new OutboxEntry(
        seq + "-" + channel + "-0",
        seq,
        channel,
        "webhook",
        "digits",
        TestDecisions.NOON,
        Map.of("X-A", "b"),
        "{\"a\":\"ü\"}");
  }
}
