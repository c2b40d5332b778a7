package io.shadowsentinel.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shadowsentinel.decide.Decision.Action;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code decisions.jsonl}: every decision, one a line, in the order of {@link Decision#seq()} and
 * without a gap. A line is the moment of truth: once it is on disk the decision is taken, and since
 * it carries how its route stands after it, a table that is behind can be rolled forward from it.
 * Written by one thread; {@link #find}, {@link #knows} and {@link #lastSeq} are for any, and never
 * wait for the disk to take a line.
 */
final class DecisionLog {

  static final String FILE = "decisions.jsonl";
  static final String TORN = FILE + ".torn";

  /** How many decisions, the newest, are answered without reading the file. */
  static final int IN_MEMORY = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
  private static final String AFTER = "after";

  /** A decision, and how its route stands after it. */
  record Line(Decision decision, StoredTable.Entry after) {}

  private final StateDirectory directory;
  private final Deque<Decision> newestFirst = new ArrayDeque<>();
  private final Map<String, Decision> lastByRoute = new HashMap<>();
  private final Map<String, Decision> lastRulingByRoute = new HashMap<>();
  private final Map<String, StoredTable.Entry> standings = new HashMap<>();
  private StoredTable table;
  private long lastSeq;
  private long length;

  private DecisionLog(StateDirectory directory, StoredTable table) {
    this.directory = directory;
    this.table = table;
  }

  /**
   * Reads the log. A torn last line, which nobody was told of, is set aside in {@link #TORN}.
   *
   * @param table what {@code routing.json} holds
   * @throws StateFault when a line before the last cannot be read, or lines are missing
   */
  static DecisionLog open(StateDirectory directory, StoredTable table) throws IOException {
    DecisionLog log = new DecisionLog(directory, table);
    Path file = directory.file(FILE);
    if (Files.exists(file)) {
      log.load(file);
    } else if (table.lastSeq() == 0) {
      directory.open(FILE, StandardOpenOption.WRITE, StandardOpenOption.CREATE).close();
      directory.sync();
    }
    if (log.lastSeq < table.lastSeq()) {
      throw new StateFault(
          "%s ends with decision %d, but %s was written after decision %d: decisions are missing; restore the file, or move the directory away to begin anew"
              .formatted(file, log.lastSeq, StateStore.TABLE, table.lastSeq()));
    }
    return log;
  }

  /** The table of {@code routing.json}, with the lines taken in that it did not have. */
  StoredTable rolledForward() {
    return table;
  }

  synchronized long lastSeq() {
    return lastSeq;
  }

  /** True when there is a line about a route of that name. */
  synchronized boolean knows(String route) {
    return lastByRoute.containsKey(route);
  }

  /** The last line about a route, or null. */
  synchronized @Nullable Decision last(String route) {
    return lastByRoute.get(route);
  }

  /** The last {@code PROMOTE} or {@code ROLLBACK} of a route, or null. */
  synchronized @Nullable Decision lastRuling(String route) {
    return lastRulingByRoute.get(route);
  }

  /** How a route stood after the last line about it; null without one, or when it is renamed. */
  synchronized StoredTable.@Nullable Entry standing(String route) {
    return standings.get(route);
  }

  /**
   * Adds lines, all or none. When this returns they are on disk; when it throws they are not, as
   * far as the disk still obeys.
   */
  void append(List<Line> lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Line line : lines) {
      ObjectNode json = StateJson.MAPPER.valueToTree(line.decision());
      json.set(AFTER, StateJson.MAPPER.valueToTree(line.after()));
      bytes.writeBytes(StateJson.MAPPER.writeValueAsBytes(json));
      bytes.write('\n');
    }
    try {
      directory.writeAt(FILE, length, bytes.toByteArray());
    } catch (IOException e) {
      takeBack(e);
      throw e;
    }
    written(lines, bytes.size());
  }

  private synchronized void written(List<Line> lines, int bytes) {
    length += bytes;
    lines.forEach(this::remember);
  }

  /** The next append cuts this off in any case; now is better, should the process die before. */
  private void takeBack(IOException cause) {
    try {
      directory.truncate(FILE, length);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Decisions that {@code query} asks for, newest first; those not in memory are read. */
  List<Decision> find(Queries.Decisions query) {
    List<Decision> found = new ArrayList<>();
    long whole;
    synchronized (this) {
      Iterator<Decision> newest = newestFirst.iterator();
      long oldestSeen = lastSeq + 1;
      while (newest.hasNext() && found.size() < query.limit()) {
        Decision decision = newest.next();
        oldestSeen = decision.seq();
        if (wanted(query, decision)) {
          found.add(decision);
        }
      }
      boolean more = found.size() < query.limit() && oldestSeen > query.afterSeq() + 1;
      if (!more || oldestSeen <= 1) {
        return found;
      }
      whole = length;
    }
    return findInFile(query, found, whole);
  }

  /** Reads what was whole when it was asked for: the next line may be on its way meanwhile. */
  private List<Decision> findInFile(Queries.Decisions query, List<Decision> inMemory, long whole) {
    Deque<Decision> found = new ArrayDeque<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(directory.file(FILE)))) {
      long read = 0;
      while (read < whole) {
        byte[] line = readLine(in);
        if (line.length == 0) {
          break;
        }
        read += line.length;
        Decision decision = parse(line).decision();
        if (wanted(query, decision)) {
          found.addFirst(decision);
        }
        if (found.size() > query.limit()) {
          found.removeLast();
        }
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be read, older decisions are left out: {}", FILE, e.toString());
      return inMemory;
    }
    return List.copyOf(found);
  }

  private static boolean wanted(Queries.Decisions query, Decision decision) {
    return decision.seq() > query.afterSeq()
        && (query.route() == null
            || query.route().equals(decision.route())
            || query.route().equals(decision.formerly()));
  }

  private void load(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (byte[] line = readLine(in); line.length > 0; line = readLine(in)) {
        if (line[line.length - 1] != '\n') {
          setAside(line);
          return;
        }
        try {
          take(parse(line));
        } catch (JsonProcessingException | IllegalArgumentException e) {
          if (e instanceof UnparsableLine && in.read() < 0) {
            setAside(line);
            return;
          }
          throw new StateFault("%s:%d: %s".formatted(file, lastSeq + 1, brief(e)), e);
        }
        length += line.length;
      }
    }
  }

  private void take(Line line) {
    Decision decision = line.decision();
    if (decision.seq() != lastSeq + 1) {
      throw new IllegalArgumentException(
          "seq " + decision.seq() + " (expected " + (lastSeq + 1) + ")");
    }
    remember(line);
    if (decision.seq() > table.lastSeq()) {
      table = table.rolledForward(decision, line.after());
      LOG.info(
          "decision {} ({} of route {}) was on disk but not in {}: rolled forward",
          decision.seq(),
          decision.action(),
          decision.route(),
          StateStore.TABLE);
    }
  }

  private synchronized void remember(Line line) {
    Decision decision = line.decision();
    lastSeq = decision.seq();
    newestFirst.addFirst(decision);
    if (newestFirst.size() > IN_MEMORY) {
      newestFirst.removeLast();
    }
    lastByRoute.put(decision.route(), decision);
    standings.put(decision.route(), line.after());
    String formerly = decision.formerly();
    if (formerly != null) {
      // Both names are known from here on; what was decided is the new one's.
      lastByRoute.put(formerly, decision);
      standings.remove(formerly);
      Decision ruling = lastRulingByRoute.remove(formerly);
      if (ruling != null) {
        lastRulingByRoute.put(decision.route(), ruling);
      }
    }
    if (decision.action() == Action.PROMOTE || decision.action() == Action.ROLLBACK) {
      lastRulingByRoute.put(decision.route(), decision);
    }
  }

  private void setAside(byte[] tail) throws IOException {
    try (var torn = directory.open(TORN, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      torn.write(ByteBuffer.wrap((new String(tail, UTF_8).stripTrailing() + "\n").getBytes(UTF_8)));
      directory.force(torn, TORN);
    }
    directory.truncate(FILE, length);
    directory.sync();
    LOG.warn(
        "{}:{} was cut short by a crash before anyone was told of it; its {} bytes are set aside in {}",
        directory.file(FILE),
        lastSeq + 1,
        tail.length,
        TORN);
  }

  private static Line parse(byte[] bytes) throws JsonProcessingException {
    JsonNode json;
    try {
      json = StateJson.MAPPER.readTree(new String(bytes, UTF_8));
    } catch (JsonProcessingException e) {
      throw new UnparsableLine(e.getOriginalMessage());
    }
    if (!json.isObject()) {
      throw new UnparsableLine("expected a JSON object");
    }
    Decision decision = StateJson.MAPPER.treeToValue(json, Decision.class);
    StoredTable.Entry after =
        StateJson.MAPPER.treeToValue(json.path(AFTER), StoredTable.Entry.class);
    if (after == null
        || !after.name().equals(decision.route())
        || decision.action() == null
        || decision.evidence() == null) {
      throw new IllegalArgumentException(
          "expected decision, evidence and " + AFTER + ", of one route");
    }
    return new Line(decision, after);
  }

  /** The next line with its newline, without one at the end of a torn file, empty at the end. */
  private static byte[] readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.write(b);
      if (b == '\n') {
        break;
      }
    }
    return line.toByteArray();
  }

  private static String brief(Exception e) {
    return e instanceof JsonProcessingException json
        ? json.getOriginalMessage()
        : String.valueOf(e.getMessage());
  }

  /** What is there is not JSON at all, as after a write that did not come to its end. */
  private static final class UnparsableLine extends JsonProcessingException {
    private static final long serialVersionUID = 1L;

    UnparsableLine(String message) {
      super(message);
    }
  }
}
