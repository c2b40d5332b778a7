package io.shadowsentinel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The archives of classes that the real launcher makes of the real jar: they are used where they
 * fit, and where they do not nobody notices.
 */
class ArchiveIT {
  private static final String HOME = System.getProperty("java.home");
  private static final int JAVA = Runtime.version().feature();

  /** Of a server whose config is not there: it ends at once, with one line. */
  private static final List<String> SERVER = List.of("run", "--config", "none.yaml");

  private static final List<String> CLIENT = List.of("check", "--config", "none.yaml");

  @TempDir private static Path install;
  @TempDir private static Path made;

  @TempDir private Path temp;

  /** What a run of the launcher came to. */
  private record Run(int exitCode, String out, String err) {}

  @BeforeAll
  static void makeArchives() throws Exception {
    Files.copy(
        Path.of("sentinel"), install.resolve("sentinel"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.copy(SentinelProcess.JAR, install.resolve("shadow-sentinel.jar"));
    assertThat(launch("", List.of("make-archive"))).isEqualTo(new Run(0, "", ""));
    for (Path archive : archives()) {
      Files.copy(archive, made.resolve(archive.getFileName()));
    }
  }

  @BeforeEach
  void restoreArchives() throws IOException {
    for (Path archive : archives()) {
      Files.delete(archive);
    }
    try (Stream<Path> kept = Files.list(made)) {
      for (Path archive : kept.toList()) {
        Files.copy(archive, install.resolve(archive.getFileName()));
      }
    }
  }

  @Test
  void archives_madeByTheLauncher_areThoseOfThisJava() throws Exception {
    List<String> expected = new ArrayList<>(List.of("classes-" + JAVA + ".jsa"));
    if (JAVA >= 25) {
      expected.add(0, "classes-" + JAVA + ".aot");
    }
    assertThat(archives().stream().map(file -> file.getFileName().toString()).sorted())
        .isEqualTo(expected);
  }

  @Test
  void archive_thatFits_isWhereClassesComeFrom() throws Exception {
    for (List<String> call : List.of(SERVER, CLIENT)) {
      Path loaded = temp.resolve(call.get(0));
      launch("-Xlog:class+load:file=" + loaded, call);
      assertThat(Files.readString(loaded)).as(call.get(0)).containsPattern(fromArchive(call));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-XX:+UseSerialGC",
        "-XX:+UseG1GC",
        "-XX:+UseZGC",
        "-XX:-UseCompressedOops",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC -Xms64m -Xmx64m",
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,address=127.0.0.1:0"
      })
  void options_ofTheOperator_goWithTheArchiveInSilence(String options) throws Exception {
    for (List<String> call : List.of(SERVER, CLIENT)) {
      assertSameAsWithout(options, call);
    }
  }

  @Test
  void archive_truncated_isPassedByInSilence() throws Exception {
    for (Path archive : archives()) {
      resize(archive, Files.size(archive) / 2);
    }
    assertNobodyNotices();
  }

  @Test
  void archive_empty_isPassedByInSilence() throws Exception {
    for (Path archive : archives()) {
      resize(archive, 0);
    }
    assertNobodyNotices();
  }

  @Test
  void archive_thatIsNone_isPassedByInSilence() throws Exception {
    for (Path archive : archives()) {
      Files.delete(archive);
      Files.writeString(archive, "no archive\n".repeat(100_000));
    }
    assertNobodyNotices();
  }

  @Test
  void archive_ofAnOlderJar_isPassedByInSilence() throws Exception {
    Path jar = install.resolve("shadow-sentinel.jar");
    FileTime time = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    try {
      assertNobodyNotices();
    } finally {
      Files.setLastModifiedTime(jar, time);
    }
  }

  private static void assertNobodyNotices() throws Exception {
    assertSameAsWithout("", SERVER);
    assertSameAsWithout("", CLIENT);
  }

  private static void assertSameAsWithout(String options, List<String> call) throws Exception {
    Run without = launch(options + " -Xshare:off", call);
    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(without.err()).contains("none.yaml");
    assertThat(launch(options, call)).isEqualTo(without);
  }

  private static String fromArchive(List<String> call) {
    String command = call.equals(SERVER) ? "Run" : "Check";
    return "io\\.shadowsentinel\\.cli\\." + command + "Command source: shared objects file";
  }

  private static List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(install)) {
      return files.filter(file -> file.getFileName().toString().startsWith("classes-")).toList();
    }
  }

  private static void resize(Path archive, long bytes) throws IOException {
    assertThat(archive.toFile().setWritable(true)).isTrue();
    try (var channel = Files.newByteChannel(archive, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  /** Outputs are far smaller than a pipe's buffer, so reading one after the other cannot block. */
  private static Run launch(String options, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(install.resolve("sentinel").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(install.toFile());
    builder.environment().put("SENTINEL_JAVA_HOME", HOME);
    builder.environment().put("SENTINEL_JAVA_OPTS", options);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ended in two minutes").isTrue();
      return new Run(
          process.exitValue(),
          new String(process.getInputStream().readAllBytes(), UTF_8),
          new String(process.getErrorStream().readAllBytes(), UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }
}
