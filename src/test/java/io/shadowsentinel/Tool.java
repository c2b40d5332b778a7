package io.shadowsentinel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Programs that are not ours, which {@code ./sentinel test} installs. */
public final class Tool {
  private Tool() {}

  /** Skips the test that calls it where the program is missing, which CI does not allow. */
  public static void need(String program) {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))),
        "no " + program + " on the PATH");
  }

  public record Result(int exitCode, String output) {}

  public static Result run(Path directory, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("tool-", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command[0] + " does not end: " + Files.readString(output));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }
}
