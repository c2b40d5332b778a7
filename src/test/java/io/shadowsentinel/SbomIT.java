package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The bill of materials that the jar carries: whole, and true to the last byte. */
class SbomIT {
  private static final String INSIDE = "META-INF/sbom/shadow-sentinel.cdx.json";

  private static JsonNode bill() throws Exception {
    try (JarFile jar = new JarFile(SentinelProcess.JAR.toFile())) {
      JarEntry entry = jar.getJarEntry(INSIDE);
      if (entry == null) {
        abort("the jar was built by mvn --offline, which makes no bill of materials");
      }
      try (InputStream in = jar.getInputStream(entry)) {
        return new ObjectMapper().readTree(in.readAllBytes());
      }
    }
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  @Test
  void components_areTheJarsThatAreUsed_byTheirHashes() throws Exception {
    Set<String> used = new HashSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.endsWith(".jar")) {
        used.add(sha256(Path.of(entry)));
      }
    }
    JsonNode components = bill().path("components");

    assertThat(components.size()).isGreaterThan(20);
    for (JsonNode component : components) {
      String sha256 = "";
      for (JsonNode hash : component.path("hashes")) {
        if (hash.path("alg").asText().equals("SHA-256")) {
          sha256 = hash.path("content").asText();
        }
      }
      assertThat(used)
          .as("%s (an old bill? mvn --offline makes none)", component.path("purl"))
          .contains(sha256);
      assertThat(component.path("licenses").isEmpty())
          .as("licence of %s", component.path("purl"))
          .isFalse();
    }
  }

  /** What is in the jar is on the bill: each package of another's belongs to one of its groups. */
  @Test
  void classes_inTheJar_areOfAComponentOfTheBill() throws Exception {
    Set<String> groups = new TreeSet<>();
    bill().path("components").forEach(each -> groups.add(each.path("group").asText()));
    assertThat(groups)
        .contains("io.vertx", "io.netty", "com.fasterxml.jackson.core", "com.microsoft.onnxruntime")
        .doesNotContain("org.junit.jupiter", "org.assertj", "com.tngtech.archunit");

    Set<String> roots = new TreeSet<>();
    try (JarFile jar = new JarFile(SentinelProcess.JAR.toFile())) {
      jar.stream()
          .map(JarEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
          .map(name -> name.substring(0, name.lastIndexOf('/')))
          .map(name -> name.replaceFirst("^([^/]+/[^/]+)/.*", "$1"))
          .forEach(roots::add);
    }
    assertThat(roots)
        .containsExactlyInAnyOrder(
            "ai/onnxruntime",
            "ch/qos",
            "com/fasterxml",
            "com/flipkart",
            "com/google",
            "io/micrometer",
            "io/netty",
            "io/prometheus",
            "io/shadowsentinel",
            "io/vertx",
            "org/HdrHistogram",
            "org/LatencyUtils",
            "org/jspecify",
            "org/slf4j",
            "org/yaml",
            "picocli");
  }
}
