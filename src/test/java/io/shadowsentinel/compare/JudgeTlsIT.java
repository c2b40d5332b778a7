package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Judgement.Result;
import io.shadowsentinel.compare.judge.Judge;
import io.shadowsentinel.compare.judge.JudgeAllowance;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.compare.text.TextSettings;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Issued;
import io.shadowsentinel.kit.TestCa.Wanted;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsMaterial;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A judge over HTTPS: users' texts go to nobody who cannot prove that it is the judge. */
class JudgeTlsIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final TestCa OTHER = TestCa.create("Test CA");

  @TempDir private Path files;

  private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private HttpsServer server;

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI serve(Issued issued, boolean wantsCertificate) throws IOException {
    SSLContext context = issued.context(OTHER);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters own = context.getDefaultSSLParameters();
            own.setNeedClientAuth(wantsCertificate);
            parameters.setSSLParameters(own);
          }
        });
    server.createContext(
        "/",
        http -> {
          asked.incrementAndGet();
          byte[] bytes = "{\"agree\":true}".getBytes(StandardCharsets.UTF_8);
          http.sendResponseHeaders(200, bytes.length);
          http.getResponseBody().write(bytes);
          http.close();
        });
    server.start();
    return URI.create("https://localhost:" + server.getAddress().getPort() + "/judge");
  }

  private Result ask(URI url, ClientTls tls, Function<ClientTls, TlsMaterial> material)
      throws Exception {
    JudgeSettings settings =
        new JudgeSettings(
            url,
            JudgeSettings.DEFAULT_TIMEOUT,
            JudgeSettings.DEFAULT_DAILY_BUDGET,
            JudgeSettings.DEFAULT_MAX_IN_FLIGHT,
            BigDecimal.ZERO,
            tls);
    CompareSettings compare =
        Answers.settings("json")
            .withText(
                new TextSettings(
                    TextSettings.Mode.JUDGE, null, null, TextSettings.DEFAULT_MIN_F1, settings));
    try (Judge judge =
        new Judge(Clock.systemUTC(), (route, result) -> results.add(result), material)) {
      judge
          .verdict(
              Comparator.of(compare).inquire(exchange(ok("\"a\""), ok("\"b\""))),
              new JudgeAllowance())
          .get(20, TimeUnit.SECONDS);
    }
    return results.take();
  }

  private static TlsMaterial load(ClientTls tls) {
    try {
      return TlsMaterial.load(tls, Instant.now());
    } catch (TlsFault e) {
      throw new AssertionError(e);
    }
  }

  private ClientTls trusting(TestCa ca) {
    return new ClientTls(ca.write(files.resolve("ca.pem")), null, null, null, true);
  }

  @Test
  void judge_ofTheAuthority_isAsked() throws Exception {
    URI url = serve(CA.issue(), false);

    assertThat(ask(url, trusting(CA), JudgeTlsIT::load)).isEqualTo(Result.AGREE);
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"jvm", "other", "name", "expired"})
  void judge_whoseCertificateIsNoGood_isAskedNothing(String which) throws Exception {
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

    assertThat(ask(serve(shown, false), tls, JudgeTlsIT::load)).isEqualTo(Result.FAILED);
    assertThat(asked).hasValue(0);
  }

  @Test
  void judge_thatAsksForACertificate_isShownIt() throws Exception {
    URI url = serve(CA.issue(), true);
    Written own = OTHER.issue(new Wanted("sentinel")).write(files, "own");
    ClientTls bare = trusting(CA);
    ClientTls showing = new ClientTls(bare.ca(), own.cert(), own.key(), null, true);

    assertThat(ask(url, bare, JudgeTlsIT::load)).isEqualTo(Result.FAILED);
    assertThat(ask(url, showing, JudgeTlsIT::load)).isEqualTo(Result.AGREE);
  }
}
