package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.config.SentinelConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The files of {@code conf/compose}, as far as they can be tried without an engine. */
@Timeout(120)
class ComposeFilesIT {
  private static final Path DIRECTORY = Path.of("conf/compose");
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir Path temp;

  /** Read by SnakeYAML itself, which follows anchors and merges, as the engine does. */
  private static JsonNode compose() throws IOException {
    try (var reader = Files.newBufferedReader(DIRECTORY.resolve("compose.yaml"))) {
      return YAML.valueToTree(new Yaml().<Object>load(reader));
    }
  }

  private static SentinelConfig config() {
    ConfigResult result =
        ConfigLoader.load(
            DIRECTORY.resolve("sentinel/sentinel.yaml"), variable -> "0123456789abcdef");
    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    return ((ConfigResult.Loaded) result).config();
  }

  private static List<String> words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(word -> words.add(word.asText()));
    return words;
  }

  /** Where a service's mounts come from, by where they go. */
  private static Map<String, Path> mounts(JsonNode service) {
    Map<String, Path> mounts = new TreeMap<>();
    for (String mount : words(service.path("volumes"))) {
      String[] parts = mount.split(":");
      if (parts[0].startsWith(".")) {
        mounts.put(parts[1], DIRECTORY.resolve(parts[0]).normalize());
      }
    }
    return mounts;
  }

  @Test
  void services_areAllThere_andMountWhatExists() throws IOException {
    JsonNode compose = compose();
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, JsonNode> service : compose.path("services").properties()) {
      names.add(service.getKey());
      assertThat(service.getValue().path("image").asText()).as(service.getKey()).isNotBlank();
      mounts(service.getValue())
          .values()
          .forEach(source -> assertThat(source).as(service.getKey()).exists());
      for (String mount : words(service.getValue().path("volumes"))) {
        String source = mount.split(":")[0];
        assertThat(source.startsWith(".") || compose.path("volumes").has(source))
            .as(mount)
            .isTrue();
      }
      for (String other : words(service.getValue().path("depends_on"))) {
        assertThat(compose.path("services").has(other)).as(other).isTrue();
      }
      for (String port : words(service.getValue().path("ports"))) {
        assertThat(port).as("open to this machine only").startsWith("127.0.0.1:");
      }
    }
    assertThat(names)
        .containsExactlyInAnyOrder("champion", "challenger", "proxy", "prometheus", "grafana");
  }

  @Test
  void models_areServedWhereTheConfigOfTheProxyAsksForThem() throws IOException {
    JsonNode services = compose().path("services");
    var route = config().routes().get(0).spec();
    for (URI url : List.of(route.champion().urls().get(0), route.challenger().urls().get(0))) {
      JsonNode service = services.path(url.getHost());
      List<String> call = words(service.path("command"));
      assertThat(call).startsWith("serve-model");
      assertThat(call.get(call.indexOf("--port") + 1)).isEqualTo("" + url.getPort());
      assertThat(route.match().path()).contains("/" + call.get(call.indexOf("--name") + 1) + "/");
      Path model = Path.of(call.get(call.indexOf("--model") + 1));
      Path mounted = mounts(service).get(model.getParent().toString());
      assertThat(mounted.resolve(model.getFileName().toString())).exists();
      assertThat(service.at("/healthcheck/disable").asBoolean()).isTrue();
    }
    JsonNode proxy = services.path("proxy");
    assertThat(proxy.path("environment").has("SENTINEL_ADMIN_TOKEN")).isTrue();
    Path config = Path.of(words(proxy.path("command")).get(2));
    assertThat(mounts(proxy).get(config.getParent().toString()).resolve(config.getFileName()))
        .exists();
    assertThat(words(proxy.path("volumes"))).contains("state:" + config().stateDirectory());
  }

  @Test
  void prometheus_withItsMounts_isValid_andScrapesTheProxy() throws Exception {
    Tool.need("promtool");
    mounts(compose().at("/services/prometheus"))
        .forEach(
            (target, source) -> {
              try {
                Files.copy(source, temp.resolve(Path.of(target).getFileName().toString()));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    Tool.Result result = Tool.run(temp, "promtool", "check", "config", "prometheus.yml");
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("1 rule files found");
    JsonNode job = MonitoringFiles.yaml(temp.resolve("prometheus.yml")).at("/scrape_configs/0");
    assertThat(job.path("job_name").asText()).isEqualTo("shadow-sentinel");
    assertThat(job.at("/static_configs/0/targets/0").asText())
        .isEqualTo("proxy:" + config().admin().port());
  }

  @Test
  void grafana_isProvisionedWithTheDashboard_andAsksPrometheus() throws IOException {
    Map<String, Path> mounts = mounts(compose().at("/services/grafana"));
    JsonNode sources =
        MonitoringFiles.yaml(mounts.get("/etc/grafana/provisioning/datasources/datasources.yaml"));
    assertThat(sources.at("/datasources/0/type").asText()).isEqualTo("prometheus");
    assertThat(URI.create(sources.at("/datasources/0/url").asText()).getHost())
        .isEqualTo("prometheus");
    JsonNode providers =
        MonitoringFiles.yaml(mounts.get("/etc/grafana/provisioning/dashboards/dashboards.yaml"));
    Path dashboards = mounts.get(providers.at("/providers/0/options/path").asText());
    assertThat(dashboards.resolve("shadow-sentinel.json").normalize())
        .isEqualTo(MonitoringFiles.DASHBOARD);
  }
}
