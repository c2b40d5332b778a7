package io.shadowsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.shadowsentinel.compare.format.Formats;
import io.shadowsentinel.kit.TestCa;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.reader.UnicodeReader;

/**
 * Example files, which the loader and the JSON Schema judge alike; {@code beyond-schema} holds what
 * a schema cannot know.
 */
class CorpusTest {
  static final Path CORPUS = Path.of("src/test/resources/config");

  /** A certificate, its key and an authority, for the files to name as {@code ${TLS}}. */
  static final Path TLS = certificates();

  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "TLS", TLS.toString(),
          "PORT", "8081",
          "EMPTY", "",
          "HOST", "model.internal",
          "YAML", "a: [b, \"c",
          "PERCENT", "12.5",
          "SIZE", "64KiB",
          "FLAG", "false",
          "SHORT", "sesame");

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Path certificates() {
    try {
      Path directory = Files.createTempDirectory("corpus-tls-");
      directory.toFile().deleteOnExit();
      TestCa ca = TestCa.create("Corpus CA");
      TestCa.Issued issued = ca.issue();
      TestCa.put(directory.resolve("cert.pem"), issued.chainPem()).toFile().deleteOnExit();
      TestCa.put(directory.resolve("key.pem"), issued.keyPem()).toFile().deleteOnExit();
      ca.write(directory.resolve("ca.pem")).toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> good() throws IOException {
    return files("good");
  }

  static List<Path> examples() {
    return List.of(Path.of("conf/sentinel.yaml"), Path.of("conf/demo.yaml"));
  }

  static List<Path> bad() throws IOException {
    return files("bad");
  }

  static List<Path> beyondSchema() throws IOException {
    return files("beyond-schema");
  }

  @ParameterizedTest
  @MethodSource({"good", "examples"})
  void goodFile_loader_accepts(Path file) {
    assertThat(ConfigLoader.load(file, ENVIRONMENT::get)).isInstanceOf(ConfigResult.Loaded.class);
  }

  @ParameterizedTest
  @MethodSource({"good", "examples", "beyondSchema"})
  void goodFile_schema_accepts(Path file) throws IOException {
    assertThat(schema().validate(tree(file))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource({"bad", "beyondSchema"})
  void badFile_loader_namesEveryFault(Path file) throws IOException {
    ConfigResult result = ConfigLoader.load(file, ENVIRONMENT::get);

    String formats = String.join(", ", new TreeSet<>(Formats.names()));
    List<String> expected =
        Files.readAllLines(Path.of(file + ".faults")).stream()
            .map(line -> file + ":" + line.replace("{formats}", formats))
            .toList();
    assertThat(result).isInstanceOf(ConfigResult.Rejected.class);
    assertThat(((ConfigResult.Rejected) result).faults())
        .extracting(Fault::toString)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("bad")
  void badFile_schema_refuses(Path file) throws IOException {
    assertThat(schema().validate(tree(file))).isNotEmpty();
  }

  @Test
  void schema_formats_areThoseThatExist() throws IOException {
    JsonNode formats =
        JSON.readTree(Path.of("conf/sentinel.schema.json").toFile())
            .at("/$defs/route/properties/compare/properties/format/anyOf/0/enum");

    assertThat(JSON.convertValue(formats, String[].class))
        .containsExactlyInAnyOrderElementsOf(new TreeSet<>(Formats.names()));
  }

  @Test
  void schema_everyObject_isClosed_andEveryKeyExplained() throws IOException {
    JsonNode root = JSON.readTree(Path.of("conf/sentinel.schema.json").toFile());
    List<JsonNode> objects = new ArrayList<>(List.of(root));
    root.findParents("additionalProperties").stream()
        .filter(node -> node.has("properties"))
        .forEach(objects::add);
    root.get("$defs").forEach(objects::add);
    objects.removeIf(node -> !node.has("properties"));

    assertThat(objects).hasSizeGreaterThanOrEqualTo(6);
    for (JsonNode object : objects) {
      assertThat(object.path("additionalProperties").toString()).isEqualTo("false");
      for (Map.Entry<String, JsonNode> key : object.get("properties").properties()) {
        JsonNode value = key.getValue();
        boolean explained = value.has("title") && value.has("description");
        assertThat(explained || value.has("$ref")).as(key.getKey()).isTrue();
      }
    }
  }

  private static List<Path> files(String directory) throws IOException {
    try (Stream<Path> files = Files.list(CORPUS.resolve(directory))) {
      return files.filter(f -> !f.toString().endsWith(".faults")).sorted().toList();
    }
  }

  private static Schema schema() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(Path.of("conf/sentinel.schema.json")), InputFormat.JSON);
  }

  private static JsonNode tree(Path file) throws IOException {
    if (file.toString().endsWith(".json")) {
      return JSON.readTree(file.toFile());
    }
    try (InputStream in = Files.newInputStream(file)) {
      Object loaded =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(new UnicodeReader(in));
      return JSON.valueToTree(loaded);
    }
  }
}
