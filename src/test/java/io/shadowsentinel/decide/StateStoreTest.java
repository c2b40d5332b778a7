package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.decide.Decision.Action;
import io.shadowsentinel.decide.StoreProbe.Step;
import io.shadowsentinel.table.RouteState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateStoreTest {

  @TempDir Path temp;

  @Test
  void restart_afterDecision_continuesWhereItWas() throws IOException {
    Path state = temp.resolve("not/yet/there");
    RouteStatus before;
    try (DeskKit kit = DeskKit.open(state)) {
      kit.reach(170, 30);
      kit.reach(3, 1);
      kit.desk.tick();
      before = kit.digits();
      assertThat(before.state()).isEqualTo(RouteState.PROMOTED);
    }
    try (DeskKit kit = DeskKit.open(state)) {
      assertThat(kit.digits()).isEqualTo(before);
      assertThat(kit.digits().watch().evidence().rated()).isEqualTo(4);
      assertThat(kit.decisions).isEmpty();
      assertThat(kit.tables).containsExactly(kit.desk.table());
    }
  }

  @Test
  void lastLine_cutAtEveryByte_isTakenWholeOrSetAside() throws IOException {
    Path state = temp.resolve("state");
    byte[] routingBefore;
    long before;
    try (DeskKit kit = DeskKit.open(state)) {
      kit.operator(Action.PAUSE);
      kit.operator(Action.RESUME);
      routingBefore = Files.readAllBytes(state.resolve("routing.json"));
      before = Files.size(state.resolve("decisions.jsonl"));
      kit.reach(170, 30);
    }
    byte[] log = Files.readAllBytes(state.resolve("decisions.jsonl"));
    Files.write(state.resolve("routing.json"), routingBefore);

    for (int end = (int) before; end <= log.length; end++) {
      Path torn = state.resolve("decisions.jsonl.torn");
      Files.deleteIfExists(torn);
      Files.write(state.resolve("routing.json"), routingBefore);
      Files.write(state.resolve("decisions.jsonl"), Arrays.copyOf(log, end));
      boolean whole = end == log.length;
      try (StateStore store = StateStore.open(state)) {
        assertThat(store.table().routes().get(0).state())
            .as("cut at %d of %d", end, log.length)
            .isEqualTo(whole ? RouteState.PROMOTED : RouteState.SHADOWING);
        assertThat(store.decisions().lastSeq()).isEqualTo(whole ? 3 : 2);
      }
      assertThat(Files.size(state.resolve("decisions.jsonl")))
          .isEqualTo(whole ? log.length : before);
      assertThat(Files.exists(torn)).isEqualTo(!whole && end > before);
    }
  }

  @Test
  void crash_betweenAnyTwoSteps_losesAndUndoesNoDecision() throws IOException {
    Path state = temp.resolve("state");
    List<String> steps = new ArrayList<>();
    List<Path> crashes = new ArrayList<>();
    boolean[] armed = {false};
    StoreProbe probe =
        (step, file) -> {
          if (armed[0]) {
            crashes.add(DeskKit.copy(state, temp.resolve("crash" + crashes.size())));
            steps.add(file + " " + step);
          }
        };
    String experiment;
    try (DeskKit kit = DeskKit.open(state, probe)) {
      kit.reach(150, 20);
      kit.desk.tick();
      experiment = kit.scope();
      armed[0] = true;
      kit.reach(10, 20);
    }
    assertThat(steps)
        .containsExactly(
            "decisions.jsonl WRITE",
            "decisions.jsonl SYNC",
            "decisions.jsonl DONE",
            "routing.json WRITE",
            "routing.json SYNC",
            "routing.json RENAME",
            "routing.json SYNC_DIRECTORY",
            "routing.json DONE");

    for (int i = 0; i < crashes.size(); i++) {
      boolean taken = i > 0;
      for (int start = 1; start <= 2; start++) {
        try (DeskKit kit = DeskKit.open(crashes.get(i))) {
          RouteStatus digits = kit.digits();
          assertThat(digits.state())
              .as(steps.get(i))
              .isEqualTo(taken ? RouteState.PROMOTED : RouteState.SHADOWING);
          assertThat(digits.experiment().id()).isEqualTo(experiment);
          // The snapshot has 170; the decision's own 200 count for more.
          assertThat(digits.experiment().evidence().rated()).isEqualTo(taken ? 200 : 170);
          assertThat(digits.experiment().evidence().inFlight()).isZero();
          assertThat(kit.log()).hasSize(taken ? 1 : 0);
          assertThat(kit.desk.table().version()).isEqualTo(taken ? 2 : 1);
        }
      }
    }
  }

  @Test
  void decision_isForcedToTheDisk_lineTableAndName_beforeItIsAnnounced() throws IOException {
    List<String> seen = new ArrayList<>();
    StoreProbe probe =
        new StoreProbe() {
          @Override
          public void before(Step step, String file) {
            if (step == Step.RENAME || step == Step.DONE) {
              seen.add(step + " " + file);
            }
          }

          @Override
          public void force(FileChannel channel, String file) throws IOException {
            // What is forced is whole by then; a directory has no size to look at.
            boolean whole = file.equals(StateDirectory.NAMES) || channel.size() > 0;
            seen.add("force " + file + (whole ? "" : " too early"));
            channel.force(true);
          }
        };
    try (DeskKit kit = DeskKit.open(temp, probe)) {
      seen.clear();
      kit.operator(Action.PAUSE);
      assertThat(seen)
          .containsExactly(
              "force decisions.jsonl",
              "DONE decisions.jsonl",
              "force routing.json",
              "RENAME routing.json",
              "force .",
              "DONE routing.json");
      seen.clear();
      kit.desk.tick();
      assertThat(seen)
          .containsExactly(
              "force evidence.json", "RENAME evidence.json", "force .", "DONE evidence.json");
    }
  }

  @Test
  void tornLine_isForcedToItsFile_beforeItIsCutOff() throws IOException {
    decisions(2);
    Path log = temp.resolve("decisions.jsonl");
    byte[] bytes = Files.readAllBytes(log);
    Files.write(log, Arrays.copyOf(bytes, bytes.length - 1));
    List<String> seen = new ArrayList<>();
    StoreProbe probe =
        new StoreProbe() {
          @Override
          public void before(Step step, String file) {}

          @Override
          public void force(FileChannel channel, String file) throws IOException {
            seen.add(file);
            channel.force(true);
          }
        };
    // The table takes the second line in, so it is missing; what was forced before counts here.
    assertThatThrownBy(() -> StateStore.open(temp, probe, ConflictLog.MAX_FILE_BYTES))
        .isInstanceOf(StateFault.class);
    assertThat(seen).containsExactly("decisions.jsonl.torn", "decisions.jsonl", ".");
  }

  @Test
  void secondInstance_isRefused_untilTheFirstCloses() throws IOException {
    StateStore first = StateStore.open(temp);
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining("in use by another instance")
        .hasMessageContaining(temp.toString())
        .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
    first.close();
    first.close();
    StateStore second = StateStore.open(temp);
    assertThat(second.table()).isEqualTo(StoredTable.EMPTY);
    second.close();
  }

  @Test
  void shedForAReasonThatIsGone_staysCounted() throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(5, 0);
      kit.desk.tick();
    }
    Path file = temp.resolve("evidence.json");
    String written = Files.readString(file);
    String old =
        written.replaceAll(
            "\"shedByReason\"( ?: ?)\\{ ?}", "\"shedByReason\"$1{\"body_unknown_length\":3}");
    assertThat(old).isNotEqualTo(written);
    Files.writeString(file, old);
    for (int agree = 5; agree < 8; agree++) {
      try (DeskKit kit = DeskKit.open(temp)) {
        Evidence evidence = Objects.requireNonNull(kit.digits().experiment()).evidence();
        assertThat(evidence.shedByReason()).isEqualTo(Map.of("body_unknown_length", 3L));
        assertThat(evidence.agree()).isEqualTo(agree);
        assertThat(evidence.eligible()).isEqualTo(agree + 3);
        kit.reach(1, 0);
        kit.desk.tick();
      }
    }
  }

  @Test
  void directory_withAFileInItsPlace_isRefused() throws IOException {
    Path file = Files.createFile(temp.resolve("state"));
    assertThatThrownBy(() -> StateStore.open(file))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining(file + " cannot be made: a file is in its place");
  }

  @Test
  void directory_thatCannotBeWrittenTo_isRefused() throws IOException {
    Files.createDirectory(temp.resolve("lock"));
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining("state directory " + temp + " cannot be written to: ");
  }

  @Test
  void files_areTheirOwnersOnly() throws IOException {
    Path state = temp.resolve("state");
    try (DeskKit kit = DeskKit.open(state)) {
      kit.reach(10, 190);
      kit.desk.tick();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
        .isEqualTo("rwx------");
    for (String name :
        List.of("lock", "routing.json", "decisions.jsonl", "evidence.json", "conflicts.jsonl")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve(name))))
          .as(name)
          .isEqualTo("rw-------");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"routing.json", "evidence.json"})
  void replacedFile_damaged_isRefusedWithFileAndLine(String name) throws IOException {
    Path file = damaged(name, "{\n  \"version\" : oops\n}");
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining(file + ":2: ");
    assertThat(file).hasContent("{\n  \"version\" : oops\n}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"version\":1,\"routes\":[{\"name\":\"a\"}]}"})
  void table_thatIsJsonButNoTable_isRefused(String content) throws IOException {
    Path file = damaged("routing.json", content);
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void logLine_damagedBeforeTheLast_isRefusedWithFileAndLine() throws IOException {
    decisions(3);
    Path file = temp.resolve("decisions.jsonl");
    List<String> lines = Files.readAllLines(file);
    Files.write(file, List.of(lines.get(0), "{\"seq\":2,", lines.get(2)));
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining(file + ":2: ");
    assertThat(Files.readAllLines(file)).hasSize(3);
  }

  @Test
  void logLine_missingInTheMiddle_isRefused() throws IOException {
    decisions(3);
    Path file = temp.resolve("decisions.jsonl");
    List<String> lines = Files.readAllLines(file);
    Files.write(file, List.of(lines.get(0), lines.get(2)));
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining(file + ":2: seq 3 (expected 2)");
  }

  @Test
  void log_thatLostWhatTheTableHas_isRefused() throws IOException {
    decisions(3);
    Path file = temp.resolve("decisions.jsonl");
    Files.write(file, Files.readAllLines(file).subList(0, 2));
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining("ends with decision 2")
        .hasMessageContaining("after decision 3");
    Files.delete(file);
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining("decisions are missing");
  }

  @Test
  void table_missingThoughThereAreDecisions_isRefused() throws IOException {
    decisions(1);
    Files.delete(temp.resolve("routing.json"));
    assertThatThrownBy(() -> StateStore.open(temp))
        .isInstanceOf(StateFault.class)
        .hasMessageContaining("routing.json is missing");
  }

  @Test
  void log_longerThanMemory_isReadFromTheFile() throws IOException {
    decisions(DecisionLog.IN_MEMORY + 50);
    try (DeskKit kit = DeskKit.open(temp)) {
      long last = DecisionLog.IN_MEMORY + 50;
      assertThat(kit.log())
          .extracting(Decision::seq)
          .startsWith(last, last - 1)
          .endsWith(2L, 1L)
          .hasSize((int) last);
      assertThat(seqs(kit, null, 3, 0)).containsExactly(last, last - 1, last - 2);
      assertThat(seqs(kit, null, 1_005, 0)).hasSize(1_005).startsWith(last);
      assertThat(seqs(kit, "digits", 10_000, last - 2)).containsExactly(last, last - 1);
      assertThat(seqs(kit, "digits", 10_000, 45)).hasSize(DecisionLog.IN_MEMORY + 5);
      assertThat(seqs(kit, "other", 10, 0)).isEmpty();
    }
  }

  @Test
  void faultAtAnyStepOfTheLog_leavesNoTraceOfTheDecision() throws IOException {
    for (Step fault : List.of(Step.WRITE, Step.SYNC)) {
      Path state = temp.resolve(fault.name());
      boolean[] broken = {false};
      StoreProbe probe =
          (step, file) -> {
            if (broken[0] && step == fault && file.equals("decisions.jsonl")) {
              throw new IOException("No space left on device");
            }
          };
      try (DeskKit kit = DeskKit.open(state, probe)) {
        broken[0] = true;
        assertThat(kit.operator(Action.PROMOTE)).isInstanceOf(CommandResult.NotStored.class);
        assertThat(kit.route().state()).isEqualTo(RouteState.SHADOWING);
        assertThat(kit.desk.status().storageFault()).contains("No space left on device");
        assertThat(kit.decisions).isEmpty();
        assertThat(state.resolve("decisions.jsonl")).isEmptyFile();

        broken[0] = false;
        assertThat(kit.operator(Action.PAUSE)).isInstanceOf(CommandResult.Done.class);
        kit.desk.tick();
        assertThat(kit.desk.status().storageFault()).isNull();
        assertThat(Files.readAllLines(state.resolve("decisions.jsonl"))).hasSize(1);
      }
      try (DeskKit kit = DeskKit.open(state)) {
        assertThat(kit.route().state()).isEqualTo(RouteState.PAUSED);
      }
    }
  }

  @Test
  void faultOfTheTable_afterTheLine_theDecisionHoldsAndTheTableIsMended() throws IOException {
    boolean[] broken = {false};
    StoreProbe probe =
        (step, file) -> {
          if (broken[0] && step == Step.SYNC && file.equals("routing.json")) {
            throw new IOException("No space left on device");
          }
        };
    Path crash = temp.resolve("crash");
    Path state = temp.resolve("state");
    try (DeskKit kit = DeskKit.open(state, probe)) {
      broken[0] = true;
      assertThat(kit.operator(Action.PROMOTE)).isInstanceOf(CommandResult.Done.class);
      assertThat(kit.desk.status().storageFault()).contains("routing.json cannot be written");
      DeskKit.copy(state, crash);
      kit.desk.tick();
      assertThat(kit.desk.status().storageFault()).isNotNull();
      broken[0] = false;
      kit.desk.tick();
      assertThat(kit.desk.status().storageFault()).isNull();
      assertThat(Files.readString(state.resolve("routing.json"))).contains("PROMOTED");
    }
    try (DeskKit kit = DeskKit.open(crash)) {
      assertThat(kit.route().state()).isEqualTo(RouteState.PROMOTED);
    }
  }

  @Test
  void log_changedByAnother_isNotWrittenOver() throws IOException {
    Path file = temp.resolve("decisions.jsonl");
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.operator(Action.PAUSE);
      Files.write(file, new byte[0]);
      assertThat(kit.operator(Action.RESUME))
          .isInstanceOfSatisfying(
              CommandResult.NotStored.class,
              no -> assertThat(no.why()).contains("changed by someone else"));
      Files.delete(file);
      assertThat(kit.operator(Action.RESUME)).isInstanceOf(CommandResult.NotStored.class);
      assertThat(kit.route().state()).isEqualTo(RouteState.PAUSED);
    }
  }

  private Path damaged(String name, String content) throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      kit.reach(1, 0);
      kit.desk.tick();
    }
    return Files.writeString(temp.resolve(name), content);
  }

  private void decisions(int count) throws IOException {
    try (DeskKit kit = DeskKit.open(temp)) {
      for (int i = 0; i < count; i++) {
        kit.operator(i % 2 == 0 ? Action.PAUSE : Action.RESUME);
      }
      assertThat(kit.decisions).hasSize(count);
    }
  }

  private static List<Long> seqs(DeskKit kit, String route, int limit, long after) {
    return kit.desk.decisions(new Queries.Decisions(route, limit, after)).decisions().stream()
        .map(Decision::seq)
        .toList();
  }
}
