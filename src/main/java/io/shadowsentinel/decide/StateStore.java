package io.shadowsentinel.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.shadowsentinel.exchange.EligibleCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state directory: how the routes stand, the decision log, a snapshot of the evidence, and the
 * latest disagreements. Held by one process at a time. Whoever opened it closes it, after {@link
 * DecisionVerticle} is undeployed; in between it belongs to that verticle's thread, but for what is
 * asked of {@link #decisions()} and {@link #conflicts()}.
 */
public final class StateStore implements AutoCloseable {

  static final String TABLE = "routing.json";
  static final String EVIDENCE = "evidence.json";

  private static final Logger LOG = LoggerFactory.getLogger(StateStore.class);
  private static final ObjectWriter PRETTY =
      StateJson.MAPPER.writer(SerializationFeature.INDENT_OUTPUT);

  /** What {@code evidence.json} holds: totals by scope. */
  private record Snapshot(Map<String, Evidence> scopes) {}

  private final StateDirectory directory;
  private final DecisionLog decisions;
  private final ConflictLog conflicts;
  private final Map<String, Evidence> restored;
  private StoredTable table;
  private @Nullable String tableFault;

  /** Lines of decisions that are in force and not on disk, the oldest first. */
  private final List<DecisionLog.Line> unwritten = new ArrayList<>();

  private StateStore(StateDirectory directory, long maxConflictBytes) throws IOException {
    this.directory = directory;
    StoredTable written = readTable(directory);
    this.decisions = DecisionLog.open(directory, written);
    this.table = decisions.rolledForward();
    if (!table.equals(written)) {
      directory.replace(TABLE, PRETTY.writeValueAsBytes(table));
    }
    this.restored = readEvidence(directory);
    this.conflicts = ConflictLog.open(directory, maxConflictBytes);
  }

  /**
   * Opens a state directory, making it when it is not there, and mends what a crash left behind.
   *
   * @throws StateFault when it cannot be used: another instance holds it, it cannot be written to,
   *     or a file in it is damaged; nothing is ever begun anew in silence
   */
  public static StateStore open(Path directory) throws StateFault {
    return open(directory, StoreProbe.NONE, ConflictLog.MAX_FILE_BYTES);
  }

  /**
   * Tells which process holds a state directory: its id, {@code unknown} when it has not written it
   * down, or null when nobody does. Changes nothing. Never to be asked by the process that has it
   * open, for that would lose its lock with the closing of the file.
   */
  public static @Nullable String holder(Path directory) {
    return StateDirectory.holder(directory);
  }

  static StateStore open(Path path, StoreProbe probe, long maxConflictBytes) throws StateFault {
    StateDirectory directory = StateDirectory.open(path, probe);
    try {
      return new StateStore(directory, maxConflictBytes);
    } catch (IOException | RuntimeException e) {
      try {
        directory.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e instanceof StateFault fault
          ? fault
          : new StateFault("state directory " + path + ": " + e, e);
    }
  }

  /** How the routes stood when the store was opened, or as last committed. */
  StoredTable table() {
    return table;
  }

  /** The totals of a scope when the store was opened; {@link Evidence#NONE} for an unknown one. */
  Evidence restoredEvidence(String scope) {
    return restored.getOrDefault(scope, Evidence.NONE);
  }

  DecisionLog decisions() {
    return decisions;
  }

  ConflictLog conflicts() {
    return conflicts;
  }

  /** Why {@code routing.json} is not what {@link #table()} is, or null when it is. */
  @Nullable String tableFault() {
    return tableFault;
  }

  /**
   * Makes a change of the table durable. With lines for the decision log, those are what counts: as
   * soon as they are on disk this succeeds, since a restart rolls the table forward from them, and
   * a failure to write the table too is kept in {@link #tableFault()} until {@link #catchUp()}
   * mends it. Without lines, the table is what counts.
   *
   * @throws IOException when the change is not on disk; {@link #table()} is then as it was
   * @throws IllegalStateException when an older decision is not: {@link #flush()} first
   */
  void commit(StoredTable next, List<DecisionLog.Line> lines) throws IOException {
    if (!unwritten.isEmpty()) {
      throw new IllegalStateException(unwritten + " is not on disk (expected all before it)");
    }
    if (lines.isEmpty()) {
      writeTable(next);
      table = next;
      return;
    }
    decisions.append(lines);
    table = next;
    tryWriteTable();
  }

  /**
   * Takes a change for granted that is in force already, to be written by {@link #flush()} or, when
   * it has no line, by {@link #catchUp()}.
   */
  void adopt(StoredTable next, List<DecisionLog.Line> lines) {
    table = next;
    unwritten.addAll(lines);
    tableFault = TABLE + " is not written yet";
  }

  /**
   * Writes down what was adopted, in order.
   *
   * @return the decisions that are on disk now and were not before
   * @throws IOException when none of them is
   */
  List<Decision> flush() throws IOException {
    if (unwritten.isEmpty()) {
      return List.of();
    }
    decisions.append(unwritten);
    List<Decision> written = unwritten.stream().map(DecisionLog.Line::decision).toList();
    unwritten.clear();
    tryWriteTable();
    return written;
  }

  /** The number of the last decision, on disk or not. */
  long lastSeq() {
    return unwritten.isEmpty()
        ? decisions.lastSeq()
        : unwritten.get(unwritten.size() - 1).decision().seq();
  }

  private void tryWriteTable() {
    try {
      writeTable(table);
    } catch (IOException e) {
      LOG.error(
          "{} cannot be written; the decision is in {} and holds: {}",
          directory.file(TABLE),
          DecisionLog.FILE,
          e.toString());
    }
  }

  /** Writes the table again when the last try failed; never before the lines that it takes in. */
  void catchUp() throws IOException {
    if (tableFault != null && unwritten.isEmpty()) {
      writeTable(table);
    }
  }

  /** Replaces the snapshot of the evidence. */
  void saveEvidence(List<RouteLedger> ledgers, EligibleCounts eligible) throws IOException {
    Map<String, Evidence> scopes = new LinkedHashMap<>();
    for (RouteLedger ledger : ledgers) {
      put(scopes, ledger.experimentTrial(eligible));
      put(scopes, ledger.watchTrial(eligible));
    }
    directory.replace(EVIDENCE, PRETTY.writeValueAsBytes(new Snapshot(scopes)));
  }

  /** Gives the directory to the next instance. Closing twice is harmless. */
  @Override
  public void close() throws IOException {
    try (directory) {
      conflicts.close();
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  private static void put(Map<String, Evidence> scopes, RouteStatus.@Nullable Trial trial) {
    if (trial != null) {
      scopes.put(trial.id(), trial.evidence());
    }
  }

  /**
   * A failure may come after the rename: the file is then ahead, and {@link #catchUp} sets it back.
   */
  private void writeTable(StoredTable next) throws IOException {
    try {
      directory.replace(TABLE, PRETTY.writeValueAsBytes(next));
      tableFault = null;
    } catch (IOException e) {
      tableFault = TABLE + " cannot be written: " + e;
      throw e;
    }
  }

  private static StoredTable readTable(StateDirectory directory) throws IOException {
    Path decisions = directory.file(DecisionLog.FILE);
    if (Files.exists(directory.file(TABLE))) {
      return read(directory.file(TABLE), StoredTable.class);
    }
    if (Files.exists(decisions) && Files.size(decisions) > 0) {
      throw new StateFault(
          "%s is missing, though %s is there; restore it, or move the directory away to begin anew"
              .formatted(directory.file(TABLE), DecisionLog.FILE));
    }
    return StoredTable.EMPTY;
  }

  private static Map<String, Evidence> readEvidence(StateDirectory directory) throws IOException {
    Path file = directory.file(EVIDENCE);
    if (!Files.exists(file)) {
      return Map.of();
    }
    Map<String, Evidence> scopes = read(file, Snapshot.class).scopes();
    if (scopes == null || scopes.containsValue(null)) {
      throw new StateFault(file + ":1: expected scopes, each with its evidence");
    }
    return scopes;
  }

  private static <T> T read(Path file, Class<T> type) throws IOException {
    try {
      T value = StateJson.MAPPER.readValue(Files.readAllBytes(file), type);
      if (value == null) {
        throw new StateFault(file + ":1: expected a JSON object");
      }
      return value;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new StateFault(
          "%s:%d: %s; restore the file, or move the directory away to begin anew"
              .formatted(file, line, e.getOriginalMessage()),
          e);
    }
  }
}
