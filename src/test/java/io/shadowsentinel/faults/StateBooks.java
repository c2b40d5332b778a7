package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.SentinelProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a process that may die at any moment said, and what its files say after that. The files are
 * read here as an operator would, with nothing of the product's.
 */
final class StateBooks {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Far above the second that is promised, since a machine that is busy lets timers wait; what was
   * seen is printed.
   */
  private static final double MOST_SECONDS_MISSING = 8;

  /** Evidence of a trial as it was told. */
  private record Sample(long nanos, String route, String experiment, long counted) {}

  /** What an operator asked for, and was told is done. */
  private record Obeyed(String route, String action) {}

  private final Path state;
  private final List<Sample> samples = new ArrayList<>();

  /** Decisions that the API listed, by their number. */
  private final Map<Long, String> told = new TreeMap<>();

  private final List<Obeyed> obeyed = new ArrayList<>();
  private List<JsonNode> before = List.of();
  private List<JsonNode> log = List.of();
  private JsonNode evidence = JSON.createObjectNode();
  private JsonNode table = JSON.createObjectNode();
  private long diedNanos;
  private int torn;
  private int lives;
  private int livesWithoutAll;
  private double worstSeconds;
  private final List<Double> missingSeconds = new ArrayList<>();

  StateBooks(Path state) {
    this.state = state;
  }

  // While it lives

  /** Watches, and acts as an operator who cannot make up their mind, until told to end. */
  void interfere(SentinelProcess sentinel, long seed, CountDownLatch end) {
    Random random = new Random(seed);
    try {
      while (!end.await(5 + random.nextInt(20), TimeUnit.MILLISECONDS)) {
        JsonNode routes = sentinel.json("/api/v1/routes");
        long now = System.nanoTime();
        for (JsonNode route : routes) {
          sample(now, route);
          act(sentinel, random, route);
        }
        for (JsonNode decision : sentinel.json("/api/v1/decisions?limit=50")) {
          told.put(decision.path("seq").asLong(), essence(decision));
        }
      }
    } catch (UncheckedIOException killed) {
      // Then it has nothing more to say.
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void sample(long now, JsonNode route) {
    JsonNode trial = route.path("experiment");
    JsonNode seen = trial.path("evidence");
    if (seen.isMissingNode()) {
      return;
    }
    assertThat(Stage.balances(seen)).as("accounting of %s", route).isTrue();
    assertThat(seen.path("inFlight").asLong()).isNotNegative();
    samples.add(
        new Sample(now, route.path("name").asText(), trial.path("id").asText(), counted(seen)));
  }

  private void act(SentinelProcess sentinel, Random random, JsonNode route) {
    String verb =
        switch (route.path("state").asText()) {
          case "SHADOWING" -> random.nextInt(20) == 0 ? "pause" : "";
          case "PROMOTED" -> random.nextInt(3) == 0 ? "rollback" : "";
          case "PAUSED" -> "resume";
          case "ROLLED_BACK" -> "restart";
          default -> "";
        };
    String name = route.path("name").asText();
    if (!verb.isEmpty() && sentinel.operate(name, verb) == 200) {
      obeyed.add(new Obeyed(name, verb.toUpperCase(Locale.ROOT)));
    }
  }

  /** The moment at which the kill was sent. */
  void died(long nanos) {
    diedNanos = nanos;
    lives++;
  }

  // After its death

  /** Reads the files; every one must parse, but for the last line of the log, which may be torn. */
  void read() {
    before = log;
    table = json("routing.json");
    evidence = json("evidence.json").path("scopes");
    List<JsonNode> lines = new ArrayList<>();
    String text = text("decisions.jsonl");
    for (int at = 0, end; at < text.length(); at = end + 1) {
      end = text.indexOf('\n', at);
      if (end < 0) {
        torn++; // cut short by the kill, before anybody was told of it
        break;
      }
      try {
        lines.add(JSON.readTree(text.substring(at, end)));
      } catch (JsonProcessingException e) {
        throw new AssertionError("line " + (lines.size() + 1) + " of the log does not parse", e);
      }
    }
    log = lines;
  }

  /** Nothing is lost, undone, taken twice, or told before it was written. */
  void checkDecisions() {
    assertThat(log.size()).isGreaterThanOrEqualTo(before.size());
    assertThat(log.subList(0, before.size())).isEqualTo(before);
    Set<String> decided = new HashSet<>();
    Map<String, String> stateOf = new HashMap<>();
    for (int i = 0; i < log.size(); i++) {
      JsonNode line = log.get(i);
      String route = line.path("route").asText();
      assertThat(line.path("seq").asLong()).isEqualTo(i + 1L);
      if (stateOf.containsKey(route)) {
        assertThat(line.path("from").asText()).as("%s", line).isEqualTo(stateOf.get(route));
      }
      stateOf.put(route, line.path("to").asText());
      if (line.path("by").asText().equals("auto")) {
        assertThat(decided.add(line.path("experiment").asText())).as("twice: %s", line).isTrue();
      }
    }
    told.forEach(
        (seq, line) -> {
          assertThat(seq).as("told, and lost: %s", line).isLessThanOrEqualTo(log.size());
          assertThat(essence(log.get((int) (seq - 1)))).isEqualTo(line);
        });
    told.clear();
    checkObeyed();
    // The table may be one step behind its log, never ahead of it.
    assertThat(table.path("lastSeq").asLong()).isBetween(log.size() - 1L, (long) log.size());
  }

  /** What an operator was told is done stands in the log, in the order in which it was done. */
  private void checkObeyed() {
    int at = before.size();
    for (Obeyed act : obeyed) {
      while (at < log.size()
          && !(log.get(at).path("route").asText().equals(act.route())
              && log.get(at).path("decision").asText().equals(act.action()))) {
        at++;
      }
      assertThat(at)
          .as("done, and lost: %s of %s", act.action(), act.route())
          .isLessThan(log.size());
      at++;
    }
    obeyed.clear();
  }

  /** How old the oldest evidence is that was told, and is not in the files. */
  void checkEvidence() {
    double missing = 0;
    for (Sample sample : samples) {
      if (sample.counted() > kept(sample)) {
        missing = Math.max(missing, (diedNanos - sample.nanos()) / 1e9);
      }
    }
    samples.clear();
    missingSeconds.add(missing);
    if (missing > 0) {
      livesWithoutAll++;
      worstSeconds = Math.max(worstSeconds, missing);
    }
    assertThat(missing).as("seconds of evidence missing").isLessThan(MOST_SECONDS_MISSING);
  }

  /** What a restart goes on from: the snapshot, or the last decision's own, whichever is more. */
  private long kept(Sample sample) {
    long snapshot = counted(evidence.path(sample.experiment()));
    long decided = 0;
    for (JsonNode line : log) {
      if (line.path("experiment").asText().equals(sample.experiment())) {
        decided = Math.max(decided, counted(line.path("evidence")));
      }
    }
    boolean over =
        log.stream()
            .anyMatch(
                line ->
                    line.path("decision").asText().equals("RESTART")
                        && line.path("experiment").asText().equals(sample.experiment()));
    return over ? Long.MAX_VALUE : Math.max(snapshot, decided);
  }

  /** True when a route stood promoted at some time since the last but one reading. */
  boolean wasPromotedInThisLife(String route) {
    String last = "";
    for (JsonNode line : before) {
      last = line.path("route").asText().equals(route) ? line.path("to").asText() : last;
    }
    return last.equals("PROMOTED")
        || log.subList(before.size(), log.size()).stream()
            .anyMatch(
                line ->
                    line.path("route").asText().equals(route)
                        && line.path("to").asText().equals("PROMOTED"));
  }

  @Override
  public String toString() {
    long auto = log.stream().filter(l -> l.path("by").asText().equals("auto")).count();
    double[] sorted = missingSeconds.stream().mapToDouble(d -> d).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "%d decisions (%d by the rule), %d torn last lines, evidence missing after %d of %d deaths:"
            + " median %.2f s, 99 %% %.2f s, most %.2f s",
        log.size(),
        auto,
        torn,
        livesWithoutAll,
        lives,
        sorted.length == 0 ? 0 : sorted[sorted.length / 2],
        sorted.length == 0 ? 0 : sorted[(int) (sorted.length * 0.99)],
        worstSeconds);
  }

  private static long counted(JsonNode seen) {
    return seen.path("rated").asLong()
        + seen.path("incomparable").asLong()
        + seen.path("shed").asLong();
  }

  /** What must never change of a decision, in words that compare. */
  private static String essence(JsonNode decision) {
    return String.join(
        " ",
        List.of(
            decision.path("route").asText(),
            decision.path("decision").asText(),
            decision.path("experiment").asText(),
            decision.path("by").asText(),
            decision.path("time").asText(),
            decision.path("tableVersion").asText(),
            decision.path("evidence").path("agree").asText()));
  }

  private JsonNode json(String file) {
    try {
      return JSON.readTree(Files.readString(state.resolve(file)));
    } catch (NoSuchFileException notYet) {
      return JSON.createObjectNode();
    } catch (IOException e) {
      throw new AssertionError(file + " does not parse", e);
    }
  }

  private String text(String file) {
    try {
      return Files.readString(state.resolve(file));
    } catch (NoSuchFileException notYet) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
