package io.shadowsentinel.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.shadowsentinel.decide.StoreProbe.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory that this process alone writes to, with the two ways of writing that survive a crash:
 * append with a sync, and replace by rename. Files are readable by their owner only.
 */
final class StateDirectory implements AutoCloseable {

  private static final String LOCK = "lock";

  /** The directory itself, as the probe is told. */
  static final String NAMES = ".";

  private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path path;
  private final FileChannel lockFile;
  private final StoreProbe probe;

  private StateDirectory(Path path, FileChannel lockFile, StoreProbe probe) {
    this.path = path;
    this.lockFile = lockFile;
    this.probe = probe;
  }

  /**
   * Makes the directory if need be, and locks it.
   *
   * @throws StateFault when it cannot be made or written to, or another instance holds it
   */
  static StateDirectory open(Path path, StoreProbe probe) throws StateFault {
    create(path);
    FileChannel channel = null;
    try {
      channel =
          openFile(
              path.resolve(LOCK),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE);
      lock(path, channel);
      return new StateDirectory(path, channel, probe);
    } catch (IOException e) {
      closeAfter(channel, e);
      throw e instanceof StateFault fault
          ? fault
          : new StateFault("state directory " + path + " cannot be written to: " + why(e), e);
    }
  }

  private static void create(Path path) throws StateFault {
    try {
      FileAttribute<?>[] mode = POSIX ? new FileAttribute<?>[] {ownerOnly("rwx------")} : none();
      Files.createDirectories(path, mode);
    } catch (IOException e) {
      throw new StateFault(
          "state directory "
              + path
              + " cannot be made: "
              + (Files.isRegularFile(path) ? "a file is in its place" : why(e)),
          e);
    }
  }

  private static void lock(Path path, FileChannel channel) throws IOException {
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process; told below, as for any other.
    }
    if (lock == null) {
      throw new StateFault(
          "state directory %s is in use by another instance (process %s); stop it first, or give this one another state.directory"
              .formatted(path, holder(channel)));
    }
    try {
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)), 0);
    } catch (IOException full) {
      // For people only; the lock holds without it, and a full disk must not keep us from serving.
      LOG.warn("{} does not say who holds it: {}", path.resolve(LOCK), full.toString());
    }
  }

  /** See {@link StateStore#holder(Path)}. */
  static @Nullable String holder(Path path) {
    try (FileChannel channel =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        lock.release();
        return null;
      }
      return holder(channel);
    } catch (OverlappingFileLockException e) {
      return Long.toString(ProcessHandle.current().pid());
    } catch (IOException nobodyCanHoldIt) {
      return null;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    return channel.read(pid, 0) <= 0
        ? "unknown"
        : new String(pid.array(), 0, pid.position(), UTF_8);
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /** Opens a file for writing, made with access for its owner only. */
  FileChannel open(String name, OpenOption... options) throws IOException {
    return openFile(file(name), options);
  }

  /** Puts bytes after the first {@code length} of a file, cutting off what is there, and syncs. */
  void writeAt(String name, long length, byte[] bytes) throws IOException {
    try (FileChannel channel = open(name, StandardOpenOption.WRITE)) {
      if (channel.size() < length) {
        throw new StateFault(
            "%s is %d bytes long (expected %d): it was changed by someone else"
                .formatted(file(name), channel.size(), length));
      }
      channel.truncate(length);
      channel.position(length);
      probe.before(Step.WRITE, name);
      writeFully(channel, bytes);
      probe.before(Step.SYNC, name);
      probe.force(channel, name);
      probe.before(Step.DONE, name);
    }
  }

  /** Returns when what was written to a file that {@link #open} opened is on the disk. */
  void force(FileChannel channel, String name) throws IOException {
    probe.force(channel, name);
  }

  /** Cuts a file off, and syncs. */
  void truncate(String name, long length) throws IOException {
    try (FileChannel channel = open(name, StandardOpenOption.WRITE)) {
      channel.truncate(length);
      probe.force(channel, name);
    }
  }

  /** Replaces a file as a whole: after a crash it is the old one or the new one. */
  void replace(String name, byte[] bytes) throws IOException {
    String temporary = name + ".tmp";
    probe.before(Step.WRITE, name);
    try (FileChannel channel =
        open(
            temporary,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, bytes);
      probe.before(Step.SYNC, name);
      probe.force(channel, name);
    }
    probe.before(Step.RENAME, name);
    Files.move(
        file(temporary),
        file(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    probe.before(Step.SYNC_DIRECTORY, name);
    sync();
    probe.before(Step.DONE, name);
  }

  /** Makes names that were added, replaced or removed durable. */
  void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      probe.force(channel, NAMES);
    }
  }

  /** Gives the directory to the next instance. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private static FileChannel openFile(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(
        file, Set.of(options), POSIX ? new FileAttribute<?>[] {ownerOnly("rw-------")} : none());
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static FileAttribute<?> ownerOnly(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }

  private static FileAttribute<?>[] none() {
    return new FileAttribute<?>[0];
  }

  private static String why(IOException e) {
    return e instanceof AccessDeniedException ? "permission denied" : e.toString();
  }

  private static void closeAfter(@Nullable FileChannel channel, IOException cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
