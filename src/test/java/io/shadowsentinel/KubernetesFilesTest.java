package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.config.SentinelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The manifests: each by its kind's schema, and all of them with each other and with the config.
 */
class KubernetesFilesTest {
  private static final Path BASE = Path.of("conf/kubernetes/base");
  private static final Path MONITORING = Path.of("conf/kubernetes/monitoring");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String APP = "app.kubernetes.io/name";

  static List<Path> manifests() throws IOException {
    List<Path> manifests = new ArrayList<>();
    for (Path directory : List.of(BASE, MONITORING)) {
      try (Stream<Path> files = Files.list(directory)) {
        files
            .filter(file -> !Set.of("kustomization.yaml", "sentinel.yaml").contains(name(file)))
            .sorted()
            .forEach(manifests::add);
      }
    }
    return manifests;
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static JsonNode read(Path directory, String file) throws IOException {
    return YAML.readTree(directory.resolve(file).toFile());
  }

  private static JsonNode pod() throws IOException {
    return read(BASE, "deployment.yaml").at("/spec/template/spec");
  }

  private static SentinelConfig config() {
    ConfigResult result =
        ConfigLoader.load(
            BASE.resolve("sentinel.yaml"),
            variable -> variable.equals("SENTINEL_ADMIN_TOKEN") ? "0123456789abcdef" : null);
    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    return ((ConfigResult.Loaded) result).config();
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void manifest_isAsItsKindWantsIt(Path file) throws IOException {
    assertThat(KubernetesSchemas.faults(YAML.readTree(file.toFile()))).isEmpty();
  }

  @Test
  void schema_findsWhatTheApiServerWouldDropOrRefuse() throws IOException {
    JsonNode deployment = read(BASE, "deployment.yaml");
    ((ObjectNode) deployment.at("/spec/template/spec/containers/0")).put("readinesProbe", 1);
    assertThat(KubernetesSchemas.faults(deployment))
        .hasSize(1)
        .first()
        .asString()
        .contains("readinesProbe");

    JsonNode service = read(BASE, "service.yaml");
    ((ObjectNode) service.at("/spec/ports/0")).put("port", "http");
    assertThat(KubernetesSchemas.faults(service)).hasSize(1);
  }

  @Test
  void kustomizations_nameEveryFile_andOnlySuch() throws IOException {
    JsonNode base = read(BASE, "kustomization.yaml");
    Set<String> named = new TreeSet<>(Set.of("kustomization.yaml"));
    base.path("resources").forEach(each -> named.add(each.asText()));
    base.at("/configMapGenerator/0/files").forEach(each -> named.add(each.asText()));
    try (Stream<Path> files = Files.list(BASE)) {
      assertThat(files.map(KubernetesFilesTest::name)).containsExactlyInAnyOrderElementsOf(named);
    }
    for (JsonNode each : read(MONITORING, "kustomization.yaml").path("resources")) {
      assertThat(MONITORING.resolve(each.asText())).exists();
    }
    // A name with a hash would be another volume at each change, and a new Pod.
    assertThat(base.at("/generatorOptions/disableNameSuffixHash").asBoolean()).isTrue();
    assertThat(base.at("/images/0/name").asText())
        .isEqualTo(pod().at("/containers/0/image").asText());
  }

  @Test
  void selectors_andLabels_meet() throws IOException {
    JsonNode deployment = read(BASE, "deployment.yaml");
    String app = deployment.at("/spec/template/metadata/labels").path(APP).asText();
    assertThat(app).isEqualTo("shadow-sentinel");
    assertThat(deployment.at("/spec/selector/matchLabels").path(APP).asText()).isEqualTo(app);
    JsonNode service = read(BASE, "service.yaml");
    assertThat(service.at("/spec/selector").path(APP).asText()).isEqualTo(app);
    assertThat(service.at("/metadata/labels").path(APP).asText()).isEqualTo(app);
    JsonNode policy = read(BASE, "networkpolicy.yaml");
    assertThat(policy.at("/spec/podSelector/matchLabels").path(APP).asText()).isEqualTo(app);
    JsonNode monitor = read(MONITORING, "servicemonitor.yaml");
    assertThat(monitor.at("/spec/selector/matchLabels").path(APP).asText()).isEqualTo(app);
    // This label's value is the job, which the alert rules name.
    assertThat(monitor.at("/spec/jobLabel").asText()).isEqualTo(APP);
    assertThat(Files.readString(MonitoringFiles.RULES)).contains("job=\"" + app + "\"");
  }

  @Test
  void ports_areThoseOfTheConfig_underTheNamesThatAreUsed() throws IOException {
    Map<String, Integer> ports = new TreeMap<>();
    JsonNode container = pod().at("/containers/0");
    container
        .path("ports")
        .forEach(port -> ports.put(port.path("name").asText(), port.path("containerPort").asInt()));
    SentinelConfig config = config();
    assertThat(ports)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("http", config.listen().port(), "admin", config.admin().port()));
    for (JsonNode port : read(BASE, "service.yaml").at("/spec/ports")) {
      assertThat(ports).containsEntry(port.path("targetPort").asText(), port.path("port").asInt());
    }
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      assertThat(container.path(probe).at("/httpGet/port").asText()).as(probe).isEqualTo("admin");
      assertThat(container.path(probe).at("/httpGet/path").asText())
          .as(probe)
          .isIn("/health/live", "/health/ready");
    }
    for (JsonNode rule : read(BASE, "networkpolicy.yaml").at("/spec/ingress")) {
      assertThat(ports).containsKey(rule.at("/ports/0/port").asText());
    }
    assertThat(read(MONITORING, "servicemonitor.yaml").at("/spec/endpoints/0/port").asText())
        .isEqualTo("admin");
  }

  @Test
  void volumes_areMountedWhereTheConfigAndTheCallSay() throws IOException {
    Map<String, JsonNode> volumes = new TreeMap<>();
    pod().path("volumes").forEach(each -> volumes.put(each.path("name").asText(), each));
    Map<String, String> mounts = new TreeMap<>();
    JsonNode container = pod().at("/containers/0");
    for (JsonNode mount : container.path("volumeMounts")) {
      assertThat(mount.has("subPath")).as("a subPath is never updated").isFalse();
      mounts.put(mount.path("name").asText(), mount.path("mountPath").asText());
    }
    assertThat(mounts.keySet()).isEqualTo(volumes.keySet());

    assertThat(volumes.get("state").at("/persistentVolumeClaim/claimName").asText())
        .isEqualTo(read(BASE, "persistentvolumeclaim.yaml").at("/metadata/name").asText());
    assertThat(mounts.get("state")).isEqualTo(config().stateDirectory().toString());

    JsonNode generator = read(BASE, "kustomization.yaml").at("/configMapGenerator/0");
    assertThat(volumes.get("config").at("/configMap/name").asText())
        .isEqualTo(generator.path("name").asText());
    List<String> call = new ArrayList<>();
    container.path("args").forEach(word -> call.add(word.asText()));
    assertThat(call)
        .containsExactly(
            "run", "--config", mounts.get("config") + "/" + generator.at("/files/0").asText());
  }

  @Test
  void container_mayDoNoMoreThanItNeeds() throws IOException {
    JsonNode container = pod().at("/containers/0");
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(pod().at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    // The user that the image is made for.
    String user = pod().at("/securityContext/runAsUser").asText();
    assertThat(Files.readString(Path.of("Dockerfile"))).contains("USER " + user + ":" + user);
    assertThat(container.at("/env/0/name").asText()).isEqualTo("SENTINEL_ADMIN_TOKEN");
    assertThat(pod().path("terminationGracePeriodSeconds").asInt())
        .isGreaterThan(25 + container.at("/lifecycle/preStop/exec/command/1").asInt());
    assertThat(read(BASE, "deployment.yaml").at("/spec/strategy/type").asText())
        .isEqualTo("Recreate");
  }

  @Test
  void recipes_inTheDocument_areYaml_andTheirConfigsAreValid() throws IOException {
    List<String> configs = new ArrayList<>();
    for (String block : MarkdownBlocks.of(Path.of("docs/kubernetes.md"), "yaml")) {
      for (JsonNode document :
          YAML.readerFor(JsonNode.class).<JsonNode>readValues(block).readAll()) {
        assertThat(document.isObject()).as(block).isTrue();
      }
      if (block.contains("routes:")) {
        configs.add(block);
      }
    }
    assertThat(configs).hasSizeGreaterThanOrEqualTo(2);
    for (String config : configs) {
      Path file = Files.writeString(Files.createTempFile("recipe-", ".yaml"), config);
      ConfigResult result = ConfigLoader.load(file, variable -> "0123456789abcdef");
      Files.delete(file);
      assertThat(result).as(config).isInstanceOf(ConfigResult.Loaded.class);
    }
  }

  @Test
  void readme_ofTheDirectories_namesEachKind() throws IOException {
    String document = Files.readString(Path.of("docs/kubernetes.md"));
    Set<String> kinds =
        manifests().stream()
            .map(
                file -> {
                  try {
                    return YAML.readTree(file.toFile()).path("kind").asText();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                })
            .collect(Collectors.toSet());
    assertThat(kinds).allSatisfy(kind -> assertThat(document).contains(kind));
  }
}
