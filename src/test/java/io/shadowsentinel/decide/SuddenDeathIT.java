package io.shadowsentinel.decide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.decide.Decision.Action;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real process that writes to a state directory, and looks at what it leaves. */
@Timeout(300)
class SuddenDeathIT {

  private static final int DEATHS = 20;

  @TempDir Path state;

  @Test
  void kill_atRandomMoments_losesAndUndoesNothing() throws Exception {
    Random random = new Random(20_261_122);
    List<String> history = new ArrayList<>();
    for (int death = 1; death <= DEATHS; death++) {
      Acks acks = runAndKill(random.nextLong(), 1 + random.nextInt(120));
      check(acks, history);
    }
    assertThat(history).hasSizeGreaterThan(DEATHS);
    assertThat(history).anyMatch(line -> line.endsWith("PROMOTE"));
  }

  /** What a process said was done before it died. */
  private record Acks(List<String> decisions, String scope, long counted) {}

  private Acks runAndKill(long seed, int afterLines) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                DeskUntilKilled.class.getName(),
                state.toString(),
                Long.toString(seed))
            .redirectErrorStream(true)
            .start();
    List<String> decisions = new ArrayList<>();
    List<String> other = new ArrayList<>();
    String[] evidence = {"", "", "", "0"};
    int heard = 0;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] words = line.split(" ");
        if (!line.startsWith("ack ") || !line.endsWith(" .")) {
          other.add(line);
        } else if (words[1].equals("decision")) {
          decisions.add(words[2] + " " + words[3]);
        } else {
          evidence = words;
        }
        if (line.startsWith("ack ") && ++heard == 1) {
          assertThatThrownBy(() -> StateStore.open(state))
              .hasMessageContaining("in use by another instance (process " + process.pid() + ")");
        }
        if (heard == afterLines) {
          // By its handle, since the process would close the pipe with what is still in it.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(heard).as("%s", other).isGreaterThanOrEqualTo(afterLines);
    assertThat(process.exitValue()).isEqualTo(128 + 9);
    return new Acks(decisions, evidence[2], Long.parseLong(evidence[3]));
  }

  /** {@code history} is the log as it was after the death before; grows to the log as it is. */
  private void check(Acks acks, List<String> history) throws IOException {
    for (String name : List.of("routing.json", "evidence.json")) {
      assertThat(StateJson.MAPPER.readTree(Files.readAllBytes(state.resolve(name))).isObject())
          .as(name)
          .isTrue();
    }
    try (StateStore store = StateStore.open(state)) {
      List<Decision> log =
          new ArrayList<>(
              store.decisions().find(new Queries.Decisions(null, Integer.MAX_VALUE, 0)));
      Collections.reverse(log);
      assertThat(log.stream().map(Decision::seq))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, log.size()).boxed().toList());
      assertThat(log.stream().map(Decision::tableVersion))
          .containsExactlyElementsOf(LongStream.rangeClosed(2, log.size() + 1L).boxed().toList());
      List<String> lines = log.stream().map(d -> d.seq() + " " + d.action()).toList();
      List<String> told = new ArrayList<>(history);
      told.addAll(acks.decisions());
      // The pipe may hold back what was done last: more may be there, never less.
      assertThat(lines.subList(0, Math.min(lines.size(), told.size()))).isEqualTo(told);

      StoredTable.Entry entry = store.table().routes().get(0);
      if (!log.isEmpty()) {
        assertThat(entry.state()).isEqualTo(log.get(log.size() - 1).to());
        assertThat(store.table().version()).isEqualTo(log.size() + 1L);
      }
      if (acks.scope().equals(entry.experiment()) && lines.size() == told.size()) {
        assertThat(store.restoredEvidence(acks.scope()).counted())
            .isGreaterThanOrEqualTo(acks.counted());
      }
      assertThat(log.stream().filter(d -> d.action() == Action.PROMOTE))
          .allSatisfy(d -> assertThat(d.evidence().rated()).isEqualTo(30));
      history.clear();
      history.addAll(lines);
    }
    try (DeskKit kit = DeskKit.open(state, StoreProbe.NONE, DeskUntilKilled.CONFIG)) {
      assertThat(kit.decisions).isEmpty();
      assertThat(kit.digits().experiment().evidence().inFlight()).isZero();
    }
  }
}
