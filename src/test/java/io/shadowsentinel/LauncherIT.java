package io.shadowsentinel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher, in a checkout of its own, with a {@code java} that tells how it was called and a
 * {@code mvn} that makes a jar or fails.
 */
class LauncherIT {
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "env",
          "awk",
          "cat",
          "dirname",
          "find",
          "flock",
          "head",
          "id",
          "cp",
          "mkdir",
          "mv",
          "mktemp",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "tail",
          "tee",
          "touch");
  private static final Path BASH = onPath("bash").orElseThrow();
  private static final Instant EARLIER = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path temp;
  private Path checkout;
  private Path bin;
  private Path jar;
  private final Map<String, String> environment = new TreeMap<>();

  /** What a run of the launcher came to. */
  private record Run(int exitCode, String out, String err) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Files.createDirectories(temp.resolve("check out"));
    bin = Files.createDirectories(temp.resolve("bin"));
    jar = checkout.resolve("target/run/shadow-sentinel.jar");
    Files.createDirectories(checkout.resolve("src/main"));
    Files.createDirectories(temp.resolve("jvm"));
    Files.copy(
        Path.of("sentinel"), checkout.resolve("sentinel"), StandardCopyOption.COPY_ATTRIBUTES);
    write(checkout.resolve("pom.xml"), "<project/>");
    write(checkout.resolve("src/main/A.java"), "class A {}");
    for (String tool : TOOLS) {
      lend(tool);
    }
    environment.put("PATH", bin.toString());
    environment.put("SENTINEL_JVM_DIR", temp.resolve("jvm").toString());
  }

  @Test
  void java_none_isSaidWithWhatToInstall() throws Exception {
    makeJar();
    Run run = launch("status");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("needs Java 17 or later")
        .contains("apt-get install openjdk-17-jdk-headless")
        .contains("brew install openjdk");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void java_tooOld_isNamed() throws Exception {
    makeJar();
    Path old = makeJdk("jvm/jdk-16", "16.0.2");
    makeJdk("jvm/jdk-8", "1.8.0_392");
    Run run = launch("status");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("found Java 16 in " + old + " (expected 17 or later)")
        .contains("found Java 8 in ");
  }

  @Test
  void java_seventeenBesideAnOlderOne_isTaken() throws Exception {
    makeJar();
    makeJdk("jvm/a-jdk-16", "16.0.2");
    Path good = makeJdk("jvm/b-jdk-17", "17");
    assertThat(launch("status").out()).contains("java=" + good);
  }

  @Test
  void java_everyPlace_isAskedInOrder() throws Exception {
    makeJar();
    Path inDirectory = makeJdk("jvm/jdk-17", "17.0.1");
    assertThat(launch("status").out()).contains("java=" + inDirectory);
    Path onPath = makeJdk("on-path", "21.0.1");
    Files.createSymbolicLink(bin.resolve("java"), onPath.resolve("bin/java"));
    assertThat(launch("status").out()).contains("java=" + onPath);
    environment.put("JAVA_HOME", makeJdk("java-home", "22.0.1").toString());
    assertThat(launch("status").out()).contains("java=" + temp.resolve("java-home"));
    environment.put("SENTINEL_JAVA_HOME", makeJdk("own", "25").toString());
    assertThat(launch("status").out()).contains("java=" + temp.resolve("own"));
  }

  @Test
  void java_namedButTooOld_isNotReplacedByAnother() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-21", "21.0.1");
    environment.put("SENTINEL_JAVA_HOME", makeJdk("own", "11.0.2").toString());
    Run run = launch("status");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("found Java 11 in " + temp.resolve("own"));
  }

  @Test
  void arguments_withBlanksStarsAndNothing_passAsTheyAre() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    Run run = launch("rollback", "my route", "--reason", "it is * bad", "");
    assertThat(run.out())
        .contains("arg=[rollback]\narg=[my route]\narg=[--reason]\narg=[it is * bad]\narg=[]\n");
  }

  @Test
  void exitCode_anyCommand_passes() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    environment.put("FAKE_EXIT", "3");
    assertThat(launch("status").exitCode()).isEqualTo(3);
  }

  @Test
  void signal_terminate_reachesTheJvm() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    environment.put("FAKE_WAIT", "yes");
    Process process = start(List.of("run"));
    try {
      // The fake java prints its process id: exec keeps that of the launcher.
      String first = process.inputReader(UTF_8).readLine();
      assertThat(first).isEqualTo("pid=" + process.pid());
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void flags_ofAServer_areTheFixedHeapAndParallelGc() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    assertThat(launch("run", "--config", "status").out())
        .contains("flag=[-XX:+UseParallelGC]", "flag=[-Xms256m]", "flag=[-Xmx256m]")
        .contains("flag=[-XX:+ExitOnOutOfMemoryError]", "flag=[-XX:MaxDirectMemorySize=256m]")
        .contains("flag=[-XX:-UsePerfData]");
  }

  @Test
  void flags_ofAClient_areThoseThatStartFast() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    for (String verb : List.of("status", "check", "--force-rollback=run")) {
      assertThat(launch(verb).out())
          .contains("flag=[-XX:TieredStopAtLevel=1]", "flag=[-XX:+UseSerialGC]")
          .doesNotContain("-Xmx256m");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "container, 1073741824, 409, 256",
    "container, 268435456, 102, 64",
    "container, 8589934592, 3276, 2048",
    "container, max, 256, 256",
    "container, 9223372036854771712, 256, 256",
    "'', 1073741824, 256, 256"
  })
  void memory_inAContainer_followsItsBound(String where, String bound, int heap, int direct)
      throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    Path cgroup = Files.createDirectories(temp.resolve("cgroup"));
    Files.writeString(cgroup.resolve("memory.max"), bound + "\n");
    environment.put("SENTINEL_CGROUP_DIR", cgroup.toString());
    environment.put("SENTINEL_MEMORY", where);

    assertThat(launch("run").out())
        .contains("flag=[-Xms" + heap + "m]", "flag=[-Xmx" + heap + "m]")
        .contains("flag=[-XX:MaxDirectMemorySize=" + direct + "m]");
  }

  @Test
  void flags_givenByTheOperator_replaceWhatTheyContradict() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    environment.put("SENTINEL_JAVA_OPTS", "-Xmx1g -XX:+UseZGC -Dname=*");
    assertThat(launch("run").out())
        .contains("flag=[-Xmx1g]", "flag=[-XX:+UseZGC]", "flag=[-Dname=*]")
        .doesNotContain("ParallelGC")
        .doesNotContain("256m]\nflag=[-Xm")
        .doesNotContain("-Xms256m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Serial", "Parallel", "G1", "Z", "Shenandoah"})
  void collector_givenByTheOperator_isTheOnlyOne(String collector) throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    environment.put("SENTINEL_JAVA_OPTS", "-XX:+Use" + collector + "GC");
    for (String command : List.of("run", "status")) {
      assertThat(launch(command).out().lines().filter(line -> line.contains("GC]")))
          .containsExactly("flag=[-XX:+Use" + collector + "GC]");
    }
  }

  @Test
  void jar_missing_isBuiltOnceWithOneLine() throws Exception {
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(0);
    Run run = launch("status");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .isEqualTo("Building Shadow Sentinel (first run takes a minute or two)...\n");
    assertThat(launch("status").err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void jar_olderThanASource_isBuiltAgain() throws Exception {
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(0);
    launch("status");
    for (String source : List.of("src/main/A.java", "pom.xml", "models/m.onnx")) {
      int before = builds();
      Files.createDirectories(checkout.resolve("models"));
      write(checkout.resolve(source), "changed");
      age(jar, EARLIER);
      age(checkout.resolve(source), EARLIER.plusSeconds(1));
      launch("status");
      assertThat(builds()).as(source).isEqualTo(before + 1);
      age(checkout.resolve(source), EARLIER);
    }
    write(checkout.resolve("README.md"), "no source");
    launch("status");
    assertThat(builds()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void build_bySeveralLaunchersAtOnce_isDoneOnce(boolean flock) throws Exception {
    if (!flock) {
      Files.deleteIfExists(bin.resolve("flock"));
    }
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(0);
    List<Process> launchers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      launchers.add(start(List.of("status")));
    }
    for (Process launcher : launchers) {
      assertThat(finish(launcher).exitCode()).isZero();
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void build_failed_showsTheTailAndTheLog() throws Exception {
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(1);
    Run run = launch("status");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("A.java:1: error: no such thing")
        .contains("the whole log: " + checkout.resolve("target/build.log"));
    assertThat(run.out()).isEmpty();
  }

  @Test
  void build_withoutCompilerOrMaven_saysWhatToInstall() throws Exception {
    Path jre = makeJdk("jvm/jre-17", "17.0.1");
    Files.delete(jre.resolve("bin/javac"));
    assertThat(launch("status").err())
        .contains("needs a JDK")
        .contains("found Java 17 in " + jre + ", without a compiler");
    makeJdk("jvm/jdk-17", "17.0.1");
    Run run = launch("status");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("needs Maven").contains("apt-get install maven");
  }

  @Test
  void archive_ofThisJava_isUsedByEveryCommand() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    Path archive = makeArchive("classes-17.jsa");
    makeArchive("classes-25.jsa");
    for (String command : List.of("run", "status")) {
      assertThat(launch(command).out())
          .contains("flag=[-XX:SharedArchiveFile=" + archive + "]\nflag=[-Xlog:cds*=off]\n")
          .doesNotContain("aot");
    }
  }

  @Test
  void archive_withProfile_isUsedByServersOnly() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-25", "25.0.1");
    Path archive = makeArchive("classes-25.jsa");
    Path cache = makeArchive("classes-25.aot");
    assertThat(launch("run").out())
        .contains("flag=[-XX:AOTCache=" + cache + "]", "flag=[-Xlog:aot*=off]")
        .doesNotContain(archive.toString());
    assertThat(launch("status").out())
        .contains("flag=[-XX:SharedArchiveFile=" + archive + "]", "flag=[-Xlog:aot*=off]")
        .doesNotContain(cache.toString());
  }

  @Test
  void archive_noneOfThisJava_addsNoFlag() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-21", "21.0.1");
    makeArchive("classes-17.jsa");
    assertThat(launch("run").out()).doesNotContain("classes-").doesNotContain("-Xlog");
  }

  @Test
  void archive_whereTheOperatorChooses_isNotUsed() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    makeArchive("classes-17.jsa");
    for (String choice : List.of("-Xshare:off", "-XX:SharedArchiveFile=own.jsa")) {
      environment.put("SENTINEL_JAVA_OPTS", "-Xmx1g " + choice);
      assertThat(launch("run").out()).contains("flag=[" + choice + "]").doesNotContain("classes-");
    }
  }

  @Test
  void archive_ofTheJarBefore_goesWithTheBuildOfAnother() throws Exception {
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(0);
    Files.createDirectories(jar.getParent());
    Path archive = makeArchive("classes-17.jsa");
    Path cache = makeArchive("classes-25.aot");
    assertThat(launch("status").exitCode()).isZero();
    assertThat(archive).doesNotExist();
    assertThat(cache).doesNotExist();
  }

  @Test
  void archive_thatCannotBeMade_isSaidAndLeavesNothing() throws Exception {
    makeJar();
    Path jdk = makeJdk("jvm/jdk-17", "17.0.1");
    environment.put("TMPDIR", Files.createDirectories(temp.resolve("tmp")).toString());
    Run run = launch("make-archive");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "sentinel: no archive of classes could be made for " + jar + " with " + jdk + "\n");
    assertThat(temp.resolve("tmp")).isEmptyDirectory();
    assertThat(jar.getParent()).isDirectoryNotContaining("glob:**classes-*");
  }

  @Test
  void image_jarBesideTheLauncher_runsOnARuntimeAlone() throws Exception {
    Path jre = makeJdk("jvm/jre-17", "17.0.1");
    Files.delete(jre.resolve("bin/javac"));
    Files.delete(checkout.resolve("pom.xml"));
    write(checkout.resolve("shadow-sentinel.jar"), "jar");
    assertThat(launch("status").out())
        .contains("flag=[-jar]\nflag=[" + checkout.resolve("shadow-sentinel.jar") + "]");
  }

  @Test
  void link_toTheLauncher_findsItsCheckout() throws Exception {
    makeJar();
    makeJdk("jvm/jdk-17", "17.0.1");
    Files.createSymbolicLink(bin.resolve("sentinel"), Path.of("../check out/sentinel"));
    Run run = finish(process(List.of(bin.resolve("sentinel").toString(), "status")).start());
    assertThat(run.out()).contains("flag=[" + jar + "]");
  }

  @Test
  void tests_quick_passTheirArgumentsExitCodeAndSummary() throws Exception {
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(1);
    Run run = launch("test", "--quick", "-Dtest=A B");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("mvn [-Dtest=A B]");
    assertThat(run.out()).endsWith("\nTests run: 12, Failures: 1, Errors: 0, Skipped: 2\n");
  }

  @Test
  void tests_faults_areTheProfileOfThatName_andTheirArgumentsFollow() throws Exception {
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(0);
    Run run = launch("test", "--faults", "-Dfaults.seed=7");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("mvn [-Pfaults]\nmvn [verify]\nmvn [-Dfaults.seed=7]\n")
        .doesNotContain("mvn [test]");
  }

  @Test
  void tests_inCiWithoutTools_areRefused() throws Exception {
    makeJdk("jvm/jdk-17", "17.0.1");
    makeMaven(0);
    environment.put("CI", "true");
    Run run = launch("test");
    // Tools that stand in /usr/sbin are found in any case; promtool never stands there.
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("not found: promtool (Debian package prometheus)");
    assertThat(builds()).isZero();
  }

  private Run launch(String... arguments) throws Exception {
    return finish(start(List.of(arguments)));
  }

  private Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("sentinel").toString()));
    command.addAll(arguments);
    return process(command).start();
  }

  private ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder;
  }

  /** Outputs are far smaller than a pipe's buffer, so reading one after the other cannot block. */
  private static Run finish(Process process) throws Exception {
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended in a minute").isTrue();
      String out = new String(process.getInputStream().readAllBytes(), UTF_8);
      String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
      return new Run(process.exitValue(), out, err);
    } finally {
      process.destroyForcibly();
    }
  }

  private void makeJar() throws IOException {
    Files.createDirectories(jar.getParent());
    write(jar, "jar");
    age(checkout.resolve("pom.xml"), EARLIER);
    age(checkout.resolve("src/main/A.java"), EARLIER);
  }

  private Path makeArchive(String name) throws IOException {
    Path archive = jar.resolveSibling(name);
    write(archive, "archive");
    return archive;
  }

  /** A Java home whose java prints how it was called. */
  private Path makeJdk(String where, String version) throws IOException {
    Path jdk = temp.resolve(where);
    Files.createDirectories(jdk.resolve("bin"));
    write(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(
        jdk.resolve("bin/java"),
        """
        printf 'pid=%s\\njava=%s\\n' $$ "$(dirname "$(dirname "$0")")"
        if [ -n "${FAKE_WAIT:-}" ]; then exec sleep 30; fi
        kind=flag jar=''
        for word in "$@"; do
          printf '%s=[%s]\\n' "$kind" "$word"
          [ "$jar" != next ] || kind=arg
          [ "$word" != -jar ] || jar=next
        done
        exit "${FAKE_EXIT:-0}"
        """);
    script(jdk.resolve("bin/javac"), "exit 0\n");
    return jdk;
  }

  /** A Maven that counts its calls and makes the jar, or fails as a compiler does. */
  private void makeMaven(int exitCode) throws IOException {
    script(
        bin.resolve("mvn"),
        """
        printf 'x' >>"%1$s/builds"
        for word in "$@"; do printf 'mvn [%%s]\\n' "$word"; done
        echo '[INFO] Tests run: 9, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in A'
        echo '[WARNING] Tests run: 7, Failures: 0, Errors: 0, Skipped: 2'
        echo '[ERROR] Tests run: 5, Failures: 1, Errors: 0, Skipped: 0'
        if [ %2$d -ne 0 ]; then echo 'A.java:1: error: no such thing'; exit %2$d; fi
        sleep 1
        mkdir -p target
        printf 'jar' >target/shadow-sentinel.jar
        """
            .formatted(temp, exitCode));
  }

  private int builds() throws IOException {
    Path count = temp.resolve("builds");
    return Files.exists(count) ? (int) Files.size(count) : 0;
  }

  /** Puts a tool on the launcher's PATH; one that this machine lacks is lacking there too. */
  private void lend(String tool) throws IOException {
    Optional<Path> found = onPath(tool);
    if (found.isPresent()) {
      script(bin.resolve(tool), "exec " + found.get() + " \"$@\"\n");
    }
  }

  private static Optional<Path> onPath(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void script(Path file, String body) throws IOException {
    // Not by way of env: that would find the bash that is made here, and make it again.
    write(file, "#!" + BASH + "\n" + body);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, UTF_8);
  }

  private static void age(Path file, Instant time) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(time));
  }
}
