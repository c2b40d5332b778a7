package io.shadowsentinel.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What Linux tells of a process. Any thread. */
public final class ProcessView {
  private static final long TICKS_PER_SECOND = 100;

  private final Path directory;

  private ProcessView(long pid) {
    this.directory = Path.of("/proc", Long.toString(pid));
  }

  public static ProcessView of(long pid) {
    return new ProcessView(pid);
  }

  /** File descriptors that are open. */
  public int fileDescriptors() {
    try (Stream<Path> open = Files.list(directory.resolve("fd"))) {
      return (int) open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The highest number of a file descriptor that is open. */
  public int highestFileDescriptor() {
    try (Stream<Path> open = Files.list(directory.resolve("fd"))) {
      return open.mapToInt(fd -> Integer.parseInt(fd.getFileName().toString())).max().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Resident memory, in MiB. */
  public double residentMebibytes() {
    return field("status", "VmRSS:") / 1024.0;
  }

  /** Time that all its threads were on a processor, in seconds. */
  public double cpuSeconds() {
    String stat = read("stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
  }

  private long field(String file, String name) {
    return read(file)
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + name + " in " + file));
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (NoSuchFileException ended) {
      throw new IllegalStateException("process " + directory.getFileName() + " has ended", ended);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
