package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.tls.Tls;
import io.shadowsentinel.tls.TlsChanged;
import io.shadowsentinel.tls.TlsStore;
import io.shadowsentinel.tls.TlsUse;
import io.shadowsentinel.tls.TlsWatch;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The admin port with a certificate of its own. */
class AdminTlsIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final TestCa OTHER = TestCa.create("Test CA");

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final TlsStore store = new TlsStore(Clock.systemUTC(), registry);

  @BeforeEach
  void install() {
    Channel.install(vertx.eventBus());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private int start(boolean mutual) throws Exception {
    Written written = CA.issue().write(directory, "admin");
    Path clientCa = mutual ? CA.write(directory.resolve("ca.pem")) : null;
    Tls tls = new Tls(written.cert(), written.key(), clientCa);
    store.hold(List.of(new TlsUse(TlsUse.Purpose.ADMIN, tls)));
    AdminVerticle admin =
        new AdminVerticle(
            new AdminSettings("127.0.0.1", 0, null, tls), registry, List::of, List::of, store);
    vertx.deployVerticle(admin).await(20, TimeUnit.SECONDS);
    return admin.actualPort();
  }

  private static HttpResponse<String> get(SSLContext context, String url) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(context)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String live(int port) {
    return "https://localhost:" + port + "/health/live";
  }

  private static BigInteger serial(int port) {
    try {
      HttpResponse<String> answer = get(TestCa.trusting(CA), live(port));
      return ((X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0])
          .getSerialNumber();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void certificate_isServed_andPlainTextIsNot() throws Exception {
    int port = start(false);

    assertThat(get(TestCa.trusting(CA), live(port)).statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> get(TestCa.trusting(OTHER), live(port)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(TestCa.trusting(CA), "http://localhost:" + port + "/health/live"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void clientCa_takesWhomItSigned_andNobodyElse() throws Exception {
    int port = start(true);

    assertThat(get(CA.issue().context(CA), live(port)).statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> get(OTHER.issue().context(CA), live(port)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(TestCa.trusting(CA), live(port))).isInstanceOf(IOException.class);
  }

  @Test
  void changedCertificate_isServed_withoutARestart() throws Exception {
    int port = start(false);
    BigInteger before = serial(port);
    TestCa.Issued next = CA.issue();
    try (TlsWatch unused =
        TlsWatch.start(
            store, () -> TlsChanged.CHANNEL.publish(vertx.eventBus(), new TlsChanged()))) {
      next.write(directory, "admin");
      Await.value("the new certificate", () -> serial(port), now -> !now.equals(before));
    }

    assertThat(serial(port)).isEqualTo(next.chain().get(0).getSerialNumber());
    assertThat(registry.scrape())
        .contains("shadow_sentinel_certificate_reloads_total{result=\"applied\",use=\"admin\"} 1.0")
        .contains("shadow_sentinel_certificate_expiry_timestamp_seconds{file=");
  }

  @ParameterizedTest
  @CsvSource({"sentinel.example, true", "localhost, false", "127.0.0.1, false", "[::1], false"})
  void strictTransport_isAskedOfBrowsers_thatCallByAName(String host, boolean asked)
      throws Exception {
    int port = start(false);

    try (Socket socket = TestCa.trusting(CA).getSocketFactory().createSocket("localhost", port)) {
      socket
          .getOutputStream()
          .write(
              ("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 ");
      assertThat(answer.contains("Strict-Transport-Security: max-age=31536000\r\n"))
          .isEqualTo(asked);
    }
  }

  @Test
  void clientCertificate_namesTheOperator_whereNoTokenDoes() throws Exception {
    DecisionStandIn decisions =
        new DecisionStandIn(vertx)
            .with(DecisionStandIn.shadowing("r", DecisionStandIn.evidence(1, 1)))
            .start();
    int port = start(true);
    HttpRequest pause =
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/api/v1/routes/r/pause"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();

    HttpClient olga = HttpClient.newBuilder().sslContext(CA.issue().context(CA)).build();

    assertThat(olga.send(pause, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    Decision decision = decisions.log().get(0);
    assertThat(decision.who()).startsWith("CN=");
    assertThat(decision.origin()).isEqualTo("127.0.0.1");
  }
}
