package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Conflict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConflictLogTest {

  private static final long SMALL = 10_000;

  @TempDir Path temp;
  private StateDirectory directory;

  @BeforeEach
  void open() throws IOException {
    directory = StateDirectory.open(temp, StoreProbe.NONE);
  }

  @AfterEach
  void close() throws IOException {
    directory.close();
  }

  @Test
  void find_givesNewestFirst_alsoAfterAReopen() throws IOException {
    try (ConflictLog log = log()) {
      assertThat(log.keep(conflicts("a", 0, 3), 0)).isEmpty();
      assertThat(log.keep(conflicts("b", 3, 2), 0)).isEmpty();
    }
    try (ConflictLog log = log()) {
      assertThat(ids(log, "a", 10)).containsExactly("a2", "a1", "a0");
      assertThat(ids(log, null, 3)).containsExactly("b4", "b3", "a2");
      log.retainOnly(Set.of("b"));
      assertThat(ids(log, null, 10)).containsExactly("b4", "b3");
    }
  }

  @Test
  void bodies_areThereAgainAfterAReopen_andInNoLineWithoutThem() throws IOException {
    Conflict bare = conflicts("a", 0, 1).get(0);
    try (ConflictLog log = log()) {
      log.keep(List.of(bare, bare.withBodies("{\"a\":1}", null, "challenger: not text")), 0);
    }
    try (ConflictLog log = log()) {
      List<Conflict> found = log.find(new Queries.Conflicts("a", 10));
      assertThat(found).hasSize(2).contains(bare);
      assertThat(found.get(0).championBody()).isEqualTo("{\"a\":1}");
      assertThat(found.get(0).bodiesLeftOut()).isEqualTo("challenger: not text");
    }
    List<String> lines = Files.readAllLines(temp.resolve("conflicts.jsonl"));
    assertThat(lines.get(0)).doesNotContain("Body", "bodies");
    assertThat(lines.get(1)).contains("\"championBody\":\"{\\\"a\\\":1}\"");
  }

  @Test
  void keep_boundsEachRouteASecond_andReturnsTheRest() throws IOException {
    try (ConflictLog log = log()) {
      assertThat(log.keep(conflicts("a", 0, ConflictLog.PER_SECOND), 1_000)).isEmpty();
      assertThat(log.keep(conflicts("a", 100, 1), 1_999)).hasSize(1);
      assertThat(log.keep(conflicts("b", 0, 1), 1_999)).isEmpty();
      assertThat(log.keep(conflicts("a", 101, 1), 2_000)).isEmpty();
      assertThat(ids(log, "a", 2)).containsExactly("a101", "a99");
    }
  }

  @Test
  void files_rollBySize_andStayTwo() throws IOException {
    try (ConflictLog log = log()) {
      for (int second = 0; second < 21; second++) {
        log.keep(conflicts("a", second * 20, 20), second * 1_000L);
      }
      assertThat(ids(log, "a", 1_000)).hasSize(420);
    }
    assertThat(temp.toFile().list())
        .containsExactlyInAnyOrder("lock", "conflicts.jsonl", "conflicts.1.jsonl");
    assertThat(Files.size(temp.resolve("conflicts.1.jsonl"))).isBetween(SMALL, 2 * SMALL);
    assertThat(Files.size(temp.resolve("conflicts.jsonl"))).isLessThan(SMALL);
    try (ConflictLog log = log()) {
      List<String> ids = ids(log, "a", 1_000);
      assertThat(ids).startsWith("a419").hasSizeLessThan(200);
    }
  }

  @Test
  void tornTail_isPassedOver_andTheNextLineStandsAlone() throws IOException {
    try (ConflictLog log = log()) {
      log.keep(conflicts("a", 0, 2), 0);
    }
    Files.writeString(
        temp.resolve("conflicts.jsonl"), "null\n{}\n\n{\"time\":\"20", StandardOpenOption.APPEND);
    try (ConflictLog log = log()) {
      assertThat(ids(log, "a", 10)).containsExactly("a1", "a0");
      log.keep(conflicts("a", 2, 1), 0);
    }
    try (ConflictLog log = log()) {
      assertThat(ids(log, "a", 10)).containsExactly("a2", "a1", "a0");
    }
  }

  @Test
  void memory_isBoundedForEachRoute() throws IOException {
    try (ConflictLog log = log()) {
      for (int second = 0; second <= 10; second++) {
        log.keep(conflicts("a", second * 100, 100), second * 1_000L);
      }
      assertThat(ids(log, "a", 5_000)).hasSize(ConflictMemory.OF_A_ROUTE).startsWith("a1099");
    }
  }

  @Test
  void diskFault_costsTheLinesOnly() throws IOException {
    try (ConflictLog log = log()) {
      Files.createDirectory(temp.resolve("conflicts.jsonl"));
      assertThat(log.keep(conflicts("a", 0, 2), 0)).hasSize(2);
      Files.delete(temp.resolve("conflicts.jsonl"));
      assertThat(log.keep(conflicts("a", 2, 1), 0)).isEmpty();
      assertThat(Files.readAllLines(temp.resolve("conflicts.jsonl"))).hasSize(1);
    }
  }

  private ConflictLog log() throws IOException {
    return ConflictLog.open(directory, SMALL);
  }

  private static List<String> ids(ConflictLog log, String route, int limit) {
    return log.find(new Queries.Conflicts(route, limit)).stream().map(Conflict::requestId).toList();
  }

  private static List<Conflict> conflicts(String route, int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> Given.conflict(route, "e1", route + i, Given.NOON.plusSeconds(i)))
        .toList();
  }
}
