package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Issued;
import io.shadowsentinel.kit.TestCa.Wanted;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsUse;
import io.shadowsentinel.tls.TlsWatch;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts over HTTPS: nobody is told who cannot prove that it is the receiver. */
class AlertTlsIT extends AlertFixture {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final TestCa OTHER = TestCa.create("Test CA");

  @TempDir Path files;

  private final AtomicInteger told = new AtomicInteger();

  private URI serve(Issued issued, @Nullable TestCa clients) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(issued.chainPem()))
                    .addKeyValue(Buffer.buffer(issued.keyPem())));
    if (clients != null) {
      options
          .setClientAuth(ClientAuth.REQUIRED)
          .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(clients.pem())));
    }
    HttpServer server =
        Waits.get(
            receivers
                .createHttpServer(options)
                .requestHandler(
                    request -> {
                      told.incrementAndGet();
                      request.response().end();
                    })
                .listen(0, "127.0.0.1"));
    return URI.create("https://localhost:" + server.actualPort() + PATH);
  }

  private Sentinel alerting(URI url, ClientTls tls) throws Exception {
    Sentinel sentinel = sentinel();
    sentinel.tls.hold(List.of(new TlsUse(TlsUse.Purpose.ALERT, tls)));
    return sentinel.start(
        new ChannelSettings(
            ChannelSettings.Type.WEBHOOK, url, ChannelSettings.DEFAULT_ON, null, tls));
  }

  private ClientTls trusting(TestCa ca) {
    return new ClientTls(ca.write(files.resolve("ca.pem")), null, null, null, true);
  }

  @Test
  void receiver_ofTheAuthority_isTold() throws Exception {
    try (Sentinel sentinel = alerting(serve(CA.issue(), null), trusting(CA))) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
    }
    assertThat(told).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "other", "name", "expired"})
  void receiver_whoseCertificateIsNoGood_isToldNothing(String which) throws Exception {
    Issued shown =
        switch (which) {
          case "name" -> CA.issue(new Wanted("other").named("other.internal"));
          case "expired" -> CA.issue(new Wanted("localhost").named("localhost").expired());
          default -> CA.issue();
        };
    ClientTls tls =
        switch (which) {
          case "jvm" -> ClientTls.DEFAULTS;
          case "other" -> trusting(OTHER);
          default -> trusting(CA);
        };
    try (Sentinel sentinel = alerting(serve(shown, null), tls)) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      Waits.until("it is tried again", () -> sentinel.count("retried") >= 2);
    }
    assertThat(told).hasValue(0);
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("secret"));
  }

  @Test
  void receiver_thatAsksForACertificate_isShownIt() throws Exception {
    Written own = OTHER.issue(new Wanted("sentinel")).write(files, "own");
    ClientTls tls =
        new ClientTls(CA.write(files.resolve("ca.pem")), own.cert(), own.key(), null, true);
    try (Sentinel sentinel = alerting(serve(CA.issue(), OTHER), tls)) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
    }
  }

  @Test
  void authority_thatChanges_isFollowed_andTheAlertThatWaitsIsDelivered() throws Exception {
    try (Sentinel sentinel = alerting(serve(CA.issue(), null), trusting(OTHER));
        TlsWatch unused = TlsWatch.start(sentinel.tls, () -> {})) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      Waits.until("it is tried again", () -> sentinel.count("retried") >= 1);
      CA.write(files.resolve("ca.pem"));
      sentinel.awaitCount("delivered", 1);
    }
  }
}
