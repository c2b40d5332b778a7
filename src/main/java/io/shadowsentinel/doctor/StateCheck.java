package io.shadowsentinel.doctor;

import io.shadowsentinel.decide.StateStore;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a state directory can be used. Leaves nothing behind in it. */
final class StateCheck {
  /** Below this a decision may not be written down. */
  static final long TOO_LITTLE = 64L << 20;

  /** Conflicts may take 32 MiB, and alerts wait in the outbox. */
  static final long LITTLE = 256L << 20;

  private static final String CHECK = "state";

  private final Path directory;

  StateCheck(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** Who holds the directory, in words; null when nobody does. */
  @Nullable String holder() {
    String pid = StateStore.holder(directory);
    return pid == null ? null : "process " + pid;
  }

  List<Finding> findings(@Nullable String holder) {
    List<Finding> findings = new ArrayList<>();
    Path existing = existing(directory);
    Finding written = written(existing);
    findings.add(written);
    if (written.level() != Finding.Level.FAIL) {
      findings.add(space(existing));
      if (holder != null) {
        findings.add(
            Finding.note(
                CHECK,
                directory.toString(),
                "held by a running instance (" + holder + ")",
                "another one on the same directory would be refused"));
      }
    }
    return findings;
  }

  /** The directory, or what there is of the way to it. */
  private static Path existing(Path directory) {
    Path path = directory;
    while (!Files.exists(path) && path.getParent() != null) {
      path = path.getParent();
    }
    return path;
  }

  private Finding written(Path existing) {
    String subject = directory.toString();
    if (!Files.isDirectory(existing)) {
      return Finding.fail(
          CHECK,
          subject,
          existing + " is a file (expected a directory)",
          "move it away, or set another state.directory");
    }
    try {
      Files.delete(Files.createTempFile(existing, ".sentinel-doctor-", ".tmp"));
    } catch (IOException e) {
      String why = e instanceof AccessDeniedException ? "permission denied" : Printable.describe(e);
      return Finding.fail(
          CHECK,
          subject,
          "cannot be written to: " + why,
          "no decision could be kept: give the user that runs the proxy the directory, or mount the"
              + " volume read-write");
    }
    return existing.equals(directory)
        ? Finding.ok(CHECK, subject, "can be written to")
        : Finding.ok(CHECK, subject, "is not there yet, and can be made");
  }

  private Finding space(Path existing) {
    try {
      return space(directory.toString(), Files.getFileStore(existing).getUsableSpace());
    } catch (IOException e) {
      return Finding.note(
          CHECK,
          directory.toString(),
          "free space unknown: " + Printable.describe(e),
          "look at df");
    }
  }

  static Finding space(String subject, long free) {
    String seen = (free >> 20) + " MiB free";
    String remedy = "make room: without it no decision can be written down, and none is taken";
    if (free < TOO_LITTLE) {
      return Finding.fail(CHECK, subject, seen, remedy);
    }
    return free < LITTLE
        ? Finding.warn(CHECK, subject, seen, remedy)
        : Finding.ok(CHECK, subject, seen);
  }
}
