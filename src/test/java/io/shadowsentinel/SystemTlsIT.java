package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Issued;
import io.shadowsentinel.kit.TestCa.Wanted;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on every side, in the program as its users start it. */
@Timeout(180)
class SystemTlsIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final TestCa MODELS = TestCa.create("Models CA");

  @TempDir private Path directory;

  private HttpsServer champion;
  private HttpsServer challenger;

  @BeforeEach
  void write() throws IOException {
    champion = model(MODELS.issue());
    challenger = model(TestCa.create("Unknown CA").issue());
    CA.issue().write(directory, "server");
    CA.write(directory.resolve("ca.pem"));
    MODELS.write(directory.resolve("models.pem"));
    CA.issue(new Wanted("operator")).write(directory, "operator");
  }

  @AfterEach
  void stop() {
    champion.stop(0);
    challenger.stop(0);
  }

  private static HttpsServer model(Issued issued) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(issued.context()));
    server.createContext(
        "/",
        http -> {
          http.getRequestBody().readAllBytes();
          byte[] bytes = "{\"prediction\":1}".getBytes(StandardCharsets.UTF_8);
          http.getResponseHeaders().set("Content-Type", "application/json");
          http.sendResponseHeaders(200, bytes.length);
          http.getResponseBody().write(bytes);
          http.close();
        });
    server.start();
    return server;
  }

  private Path config() throws IOException {
    return Files.writeString(
        directory.resolve("sentinel.yaml"),
        """
        listen:
          host: 127.0.0.1
          port: 0
          tls: { cert: "DIR/server.pem", key: "DIR/server.key" }
        admin:
          host: 127.0.0.1
          port: 0
          tls: { cert: "DIR/server.pem", key: "DIR/server.key", clientCa: "DIR/ca.pem" }
        state: { directory: "DIR/state" }
        routes:
          - name: m
            champion: { name: v1, urls: [ "https://localhost:%d" ], tls: { ca: "DIR/models.pem" } }
            challenger: { name: v2, urls: [ "https://localhost:%d" ], tls: { verify: false } }
        """
            .formatted(champion.getAddress().getPort(), challenger.getAddress().getPort())
            .replace("DIR", directory.toString()));
  }

  private static HttpResponse<String> post(int port) {
    try {
      return HttpClient.newBuilder()
          .sslContext(TestCa.trusting(CA))
          .build()
          .send(
              HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/p"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static BigInteger serial(int port) {
    try {
      return ((X509Certificate) post(port).sslSession().orElseThrow().getPeerCertificates()[0])
          .getSerialNumber();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everySide_isSecured_andFollowsItsFiles() throws Exception {
    try (SentinelProcess sentinel = SentinelProcess.run(config())) {
      assertThat(sentinel.output())
          .contains("route m, model v2: tls.verify is false, so anyone can pass for it")
          .contains("admin on https://");
      for (int i = 0; i < 5; i++) {
        HttpResponse<String> answer = post(sentinel.port());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo("{\"prediction\":1}");
      }
      String admin = sentinel.adminUrl().replace("http://127.0.0.1", "https://localhost");
      String status = status(admin);
      assertThat(status).contains("m      SHADOWING  v1        v2");
      Await.value("five comparisons", () -> status(admin), text -> text.contains(" 5/200 "));

      Issued next = CA.issue();
      next.write(directory, "server");
      BigInteger wanted = next.chain().get(0).getSerialNumber();
      Await.value("the new certificate", () -> serial(sentinel.port()), wanted::equals);
      TestCa.put(directory.resolve("server.pem"), "broken");
      Await.until(
          "the broken one is refused",
          () -> sentinel.output().contains("certificate refused, the one before stays in use"));
      assertThat(serial(sentinel.port())).isEqualTo(wanted);
      assertThat(sentinel.terminate()).isEqualTo(143);
    }
  }

  /** A change of the listener's files in the config waits for a restart, and harms none of this. */
  @Test
  void listenersFiles_areFollowed_thoughTheConfigNamesOthersByNow() throws Exception {
    Path config = config();
    CA.issue().write(directory, "other");
    CA.issue().write(directory, "third");
    try (SentinelProcess sentinel = SentinelProcess.run(config)) {
      String first = Files.readString(config);
      for (String name : new String[] {"other", "third"}) {
        TestCa.put(
            config,
            first.replace("server.pem", name + ".pem").replace("server.key", name + ".key"));
        int seen = name.equals("other") ? 1 : 2;
        Await.until(
            "the config is applied",
            () -> sentinel.output().split("config applied", -1).length > seen);
      }
      assertThat(sentinel.output())
          .contains("listen.tls changed, which takes effect at the next start");
      Issued next = CA.issue();
      next.write(directory, "server");
      Await.value(
          "the new certificate",
          () -> serial(sentinel.port()),
          next.chain().get(0).getSerialNumber()::equals);
    }
  }

  @Test
  void renegotiation_byTheClient_isRefused() throws Exception {
    Path said = directory.resolve("openssl");
    try (SentinelProcess sentinel = SentinelProcess.run(config())) {
      Process openssl;
      try {
        openssl =
            new ProcessBuilder(
                    "openssl", "s_client", "-tls1_2", "-connect", "127.0.0.1:" + sentinel.port())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
      } catch (IOException notInstalled) {
        abort("needs openssl: no other client here renegotiates");
        return;
      }
      try {
        Await.until("the handshake", () -> read(said).contains("Verify return code"));
        openssl.outputWriter().write("R\n");
        openssl.outputWriter().flush();
        Await.until("the client gives up", () -> !openssl.isAlive());
      } finally {
        openssl.destroy();
      }
      assertThat(read(said)).contains("RENEGOTIATING", "alert handshake failure");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String status(String admin) {
    SentinelProcess.Finished finished =
        SentinelProcess.command(
            "status",
            "--admin",
            admin,
            "--ca",
            directory.resolve("ca.pem").toString(),
            "--cert",
            directory.resolve("operator.pem").toString(),
            "--key",
            directory.resolve("operator.key").toString());
    assertThat(finished.exitCode()).as(finished.output()).isZero();
    return finished.output();
  }

  @Test
  void check_ofACertificateThatWillNotDo_namesThePlace() throws Exception {
    CA.issue().write(directory, "other");
    Files.copy(
        directory.resolve("other.key"),
        directory.resolve("server.key"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Path config = config();
    SentinelProcess.Finished finished =
        SentinelProcess.command("check", "--config", config.toString());

    assertThat(finished.exitCode()).isEqualTo(2);
    assertThat(finished.output())
        .contains(config + ":4:")
        .contains(": listen.tls.key: ")
        .contains("server.key, which is not the key of the certificate in ");
    SentinelProcess.Finished run = SentinelProcess.command("run", "--config", config.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).contains("which is not the key of the certificate in ");
  }
}
