package io.shadowsentinel.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.shadowsentinel.compare.core.Conflict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code conflicts.jsonl}: disagreements to look at, one a line, at most two files of {@link
 * #MAX_FILE_BYTES}. A sample for people, not a ledger: it is not synced, at most {@link
 * #PER_SECOND} a second are kept for a route, and a fault of the disk costs lines and nothing else.
 * One thread, but for {@link #find}, which never waits for the disk.
 */
final class ConflictLog implements AutoCloseable {

  static final String FILE = "conflicts.jsonl";
  static final String ROLLED = "conflicts.1.jsonl";
  static final long MAX_FILE_BYTES = 16L << 20;
  static final int PER_SECOND = 100;

  /** How much of the files' end is read at the start. */
  private static final int TAIL_BYTES = 4 << 20;

  private static final long COMPLAINT_EVERY_MILLIS = 60_000;
  private static final Logger LOG = LoggerFactory.getLogger(ConflictLog.class);

  /** How many a route had in a second. */
  private static final class Pace {
    long second;
    int inSecond;

    boolean mayTakeOneMore(long nowSecond) {
      if (nowSecond != second) {
        second = nowSecond;
        inSecond = 0;
      }
      return ++inSecond <= PER_SECOND;
    }
  }

  private final StateDirectory directory;
  private final long maxFileBytes;
  private final ConflictMemory memory = new ConflictMemory(ConflictMemory.BODY_CHARS);
  private final Map<String, Pace> paceByRoute = new HashMap<>();
  private @Nullable FileChannel channel;
  private long nextComplaintMillis;

  private ConflictLog(StateDirectory directory, long maxFileBytes) {
    this.directory = directory;
    this.maxFileBytes = maxFileBytes;
  }

  /** Reads the end of what is there, passing over lines that a crash tore. */
  static ConflictLog open(StateDirectory directory, long maxFileBytes) throws IOException {
    ConflictLog log = new ConflictLog(directory, maxFileBytes);
    log.load(directory.file(ROLLED));
    log.load(directory.file(FILE));
    return log;
  }

  /**
   * Keeps disagreements, oldest first.
   *
   * @return those that were not kept, for their number or for the disk
   */
  List<Conflict> keep(List<Conflict> conflicts, long nowMillis) {
    List<Conflict> kept = new ArrayList<>();
    List<Conflict> over = new ArrayList<>();
    for (Conflict conflict : conflicts) {
      Pace pace = paceByRoute.computeIfAbsent(conflict.route(), unused -> new Pace());
      if (pace.mayTakeOneMore(Math.floorDiv(nowMillis, 1_000L))) {
        memory.add(conflict);
        kept.add(conflict);
      } else {
        over.add(conflict);
      }
    }
    try {
      write(kept);
      return over;
    } catch (IOException e) {
      complain(e, nowMillis);
      return conflicts;
    }
  }

  /** The latest, newest first. */
  List<Conflict> find(Queries.Conflicts query) {
    return memory.find(query.route(), query.limit());
  }

  /** Forgets routes that are no longer in the table; the file keeps them until it rolls. */
  void retainOnly(Set<String> routes) {
    memory.retainOnly(routes);
    paceByRoute.keySet().retainAll(routes);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  private void write(List<Conflict> conflicts) throws IOException {
    if (conflicts.isEmpty()) {
      return;
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (Conflict conflict : conflicts) {
      lines.writeBytes(StateJson.MAPPER.writeValueAsBytes(conflict));
      lines.write('\n');
    }
    FileChannel out = channel;
    if (out == null) {
      out = openAtLineStart();
      channel = out;
    }
    ByteBuffer buffer = ByteBuffer.wrap(lines.toByteArray());
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    if (out.size() >= maxFileBytes) {
      roll();
    }
  }

  private FileChannel openAtLineStart() throws IOException {
    FileChannel out = directory.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Path file = directory.file(FILE);
    byte[] last = tail(file, 1);
    if (last.length > 0 && last[0] != '\n') {
      out.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
    return out;
  }

  private void roll() throws IOException {
    close();
    Files.move(
        directory.file(FILE),
        directory.file(ROLLED),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void complain(IOException e, long nowMillis) {
    try {
      close(); // the next try opens the file anew, at the start of a line
    } catch (IOException closing) {
      e.addSuppressed(closing);
    }
    if (nowMillis >= nextComplaintMillis) {
      nextComplaintMillis = nowMillis + COMPLAINT_EVERY_MILLIS;
      LOG.warn("{} cannot be written, disagreements are not kept: {}", FILE, e.toString());
    }
  }

  private void load(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    int unreadable = 0;
    for (String line : new String(tail(file, TAIL_BYTES), UTF_8).split("\n", 0)) {
      try {
        Conflict conflict = StateJson.MAPPER.readValue(line, Conflict.class);
        if (conflict == null || conflict.route() == null || conflict.time() == null) {
          unreadable++;
        } else {
          memory.add(conflict);
        }
      } catch (JsonProcessingException e) {
        unreadable++;
      }
    }
    LOG.debug("{}: passed over {} lines, torn or cut", file, unreadable);
  }

  private static byte[] tail(Path file, int most) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = Math.max(0, in.size() - most);
      ByteBuffer bytes = ByteBuffer.allocate((int) (in.size() - from));
      while (bytes.hasRemaining() && in.read(bytes, from + bytes.position()) >= 0) {
        // reads on to the end
      }
      return Arrays.copyOf(bytes.array(), bytes.position());
    }
  }
}
