package io.shadowsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Issued;
import io.shadowsentinel.kit.TestCa.Wanted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the content of certificate files, told at the place that names them. */
class TlsBinderTest {
  private static final TestCa CA = TestCa.create("Test CA");

  @TempDir private Path directory;

  private Issued issued;

  @BeforeEach
  void write() {
    issued = CA.issue();
    issued.write(directory, "good");
    CA.write(directory.resolve("ca.pem"));
  }

  private ConfigResult load(String... lines) throws Exception {
    Path file = directory.resolve("sentinel.yaml");
    Files.writeString(file, String.join("\n", lines));
    return ConfigLoader.load(file, name -> name.equals("DIR") ? directory.toString() : null);
  }

  private List<String> faults(String... lines) throws Exception {
    return load(lines) instanceof ConfigResult.Rejected rejected
        ? rejected.faults().stream()
            .map(Fault::toString)
            .map(text -> text.replace(directory + "/", ""))
            .toList()
        : List.of();
  }

  private List<String> ofListener(String cert, String key) throws Exception {
    return faults(
        route(""), "listen:", "  tls:", "    cert: ${DIR}/" + cert, "    key: ${DIR}/" + key);
  }

  private static String route(String more) {
    return "routes: [ { name: r, champion: { name: a, urls: [ \"https://a\" ]" + more + " } } ]";
  }

  @Test
  void goodFiles_areTaken() throws Exception {
    assertThat(ofListener("good.pem", "good.key")).isEmpty();
  }

  @Test
  void keyOfAnother_isNamedWithBothFiles() throws Exception {
    CA.issue().write(directory, "other");

    assertThat(ofListener("good.pem", "other.key"))
        .containsExactly(
            "sentinel.yaml:5:10: listen.tls.key: other.key, which is not the key of the certificate"
                + " in good.pem (expected the private key of that)");
  }

  @Test
  void expiredCertificate_isNamedWithItsEnd() throws Exception {
    Issued expired = CA.issue(new Wanted("localhost").expired());
    expired.write(directory, "old");

    assertThat(ofListener("old.pem", "old.key"))
        .containsExactly(
            "sentinel.yaml:4:11: listen.tls.cert: old.pem, whose certificate expired at "
                + expired.chain().get(0).getNotAfter().toInstant()
                + " (expected one that is valid now)");
  }

  @Test
  void everyFile_hasAFaultOfItsOwn() throws Exception {
    assertThat(
            faults(
                route(""),
                "admin:",
                "  tls: { cert: \"${DIR}/good.key\", key: \"${DIR}/ca.pem\", clientCa: \"${DIR}\" }"))
        .containsExactly(
            "sentinel.yaml:3:16: admin.tls.cert: good.key, which holds no certificate (expected a"
                + " PEM file with -----BEGIN CERTIFICATE-----)",
            "sentinel.yaml:3:40: admin.tls.key: ca.pem, which holds no private key (expected a PEM"
                + " file with one -----BEGIN PRIVATE KEY-----)",
            "sentinel.yaml:3:67: admin.tls.clientCa: "
                + directory
                + ", which cannot be read (expected a PEM file)");
  }

  @Test
  void upstreamsFiles_areReadToo() throws Exception {
    CA.issue().write(directory, "other");

    assertThat(faults(route(", tls: { cert: \"${DIR}/good.pem\", key: \"${DIR}/other.key\" }")))
        .singleElement()
        .asString()
        .startsWith("sentinel.yaml:1:")
        .contains(": champion.tls.key: other.key, which is not the key of");
  }

  @Test
  void faults_holdNothingOfAKey() throws Exception {
    String secret = issued.keyPem().lines().skip(1).findFirst().orElseThrow();
    CA.issue().write(directory, "other");

    assertThat(String.join("\n", ofListener("other.pem", "good.key"))).doesNotContain(secret);
    assertThat(String.join("\n", ofListener("good.key", "good.key"))).doesNotContain(secret);
  }

  @Test
  void routesTls_isForTheModelsThatHaveNone() throws Exception {
    ConfigResult result =
        load(
            "routes:",
            "  - name: r",
            "    tls: { ca: \"${DIR}/ca.pem\" }",
            "    champion: { name: a, urls: [ \"https://a\" ] }",
            "    challenger: { name: b, urls: [ \"https://b\" ], tls: { verify: false } }");

    var spec = ((ConfigResult.Loaded) result).config().routes().get(0).spec();
    assertThat(spec.champion().tls().ca()).isEqualTo(directory.resolve("ca.pem"));
    assertThat(spec.champion().tls().verify()).isTrue();
    assertThat(spec.challenger().tls().ca()).isNull();
    assertThat(spec.challenger().tls().verify()).isFalse();
  }
}
