package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.bus.Channel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The admin port with a certificate of its own. */
class AdminTlsIT {
  private static final Path CERT = Path.of("src/test/resources/tls/localhost.pem");
  private static final Path KEY = Path.of("src/test/resources/tls/localhost-key.pem");

  private final Vertx vertx = Vertx.vertx();

  @BeforeEach
  void install() {
    Channel.install(vertx.eventBus());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private int start(AdminSettings.Tls tls) throws Exception {
    AdminVerticle admin =
        new AdminVerticle(
            new AdminSettings("127.0.0.1", 0, null, tls),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List::of);
    vertx.deployVerticle(admin).await(20, TimeUnit.SECONDS);
    return admin.actualPort();
  }

  private static HttpResponse<String> get(String url) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(CERT)) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder()
        .sslContext(context)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void certificate_isServed_andPlainTextIsNot() throws Exception {
    int port = start(new AdminSettings.Tls(CERT, KEY, null));

    assertThat(get("https://localhost:" + port + "/health/live").statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> get("http://localhost:" + port + "/health/live"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void clientCa_refusesACallerWithoutACertificate() throws Exception {
    int port = start(new AdminSettings.Tls(CERT, KEY, CERT));

    assertThatThrownBy(() -> get("https://localhost:" + port + "/health/live"))
        .isInstanceOf(IOException.class);
  }
}
