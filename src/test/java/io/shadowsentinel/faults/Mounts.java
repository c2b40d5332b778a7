package io.shadowsentinel.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Small file systems for a test, where mounting them is allowed: it takes root. */
final class Mounts implements AutoCloseable {
  private final Deque<Path> mounted = new ArrayDeque<>();

  /** Mounts a file system of so many KiB that lives in memory; skips the test where it cannot. */
  Path tmpfs(Path at, int kibibytes) {
    create(at);
    String fault =
        run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", at.toString());
    assumeTrue(
        fault.isEmpty(),
        "skipped: a full disk needs a small tmpfs, and mounting one is not permitted here: "
            + fault);
    mounted.push(at);
    return at;
  }

  /**
   * Makes what is opened there from now on read-only, as a disk with errors is; see {@link #free}.
   */
  void makeReadOnly(Path at) {
    require("mount", "--bind", at.toString(), at.toString());
    mounted.push(at);
    // Not while a file there is being written, which is for a moment, now and then.
    String[] remount = {"mount", "-o", "remount,bind,ro", at.toString()};
    for (int i = 0; i < 200 && run(remount).contains("busy"); i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    require(remount);
  }

  /** Undoes the latest mount. */
  void free(Path at) {
    require("umount", at.toString());
    mounted.remove(at);
  }

  /**
   * Fills a file system to its last byte, with a file {@code filler} that grows from call to call:
   * whoever replaces a file there gives room back.
   */
  static void fill(Path directory) {
    Path filler = directory.resolve("filler");
    byte[] block = new byte[4096];
    try (OutputStream out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int blocks = 0; blocks < 1 << 20; blocks++) {
        out.write(block);
      }
    } catch (IOException full) {
      return;
    }
    throw new AssertionError(directory + " is not small");
  }

  @Override
  public void close() {
    while (!mounted.isEmpty()) {
      run("umount", "--lazy", mounted.pop().toString());
    }
  }

  private static void create(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void require(String... command) {
    String fault = run(command);
    if (!fault.isEmpty()) {
      throw new AssertionError(String.join(" ", command) + ": " + fault);
    }
  }

  /** What the command complained of; empty when it did as told. */
  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? "" : List.of(command).get(0) + " failed: " + out;
    } catch (IOException notThere) {
      return notThere.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
