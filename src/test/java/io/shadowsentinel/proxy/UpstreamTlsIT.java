package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Issued;
import io.shadowsentinel.kit.TestCa.Wanted;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import io.shadowsentinel.tls.ClientTls;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The upstreams' side of TLS, with real handshakes: whom the proxy trusts, and what it shows. */
class UpstreamTlsIT {
  private static final TestCa CA = TestCa.create("Test CA of models.internal");
  private static final TestCa OTHER = TestCa.create("Test CA of models.internal");
  private static final byte[] POST = RawClient.post("/p", "{\"x\":1}");

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    ProxyHarness.await(vertx.close());
  }

  /** A model that speaks HTTPS, and HTTP/2 where it is asked to. */
  private final class SecureModel {
    final List<String> seen = new CopyOnWriteArrayList<>();
    final HttpServer server;

    SecureModel(Issued issued) {
      this(issued, null);
    }

    SecureModel(Issued issued, @Nullable TestCa clients) {
      HttpServerOptions options =
          new HttpServerOptions()
              .setSsl(true)
              .setUseAlpn(true)
              .setSni(true)
              .setKeyCertOptions(
                  new PemKeyCertOptions()
                      .addCertValue(Buffer.buffer(issued.chainPem()))
                      .addKeyValue(Buffer.buffer(issued.keyPem())));
      if (clients != null) {
        options
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(clients.pem())));
      }
      server =
          ProxyHarness.await(
              vertx
                  .createHttpServer(options)
                  .requestHandler(this::answer)
                  .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
                  .listen(0, "127.0.0.1"));
    }

    private void answer(HttpServerRequest request) {
      seen.add(request.version() + " " + request.connection().indicatedServerName());
      request.response().putHeader("Content-Type", "application/json").end("{\"ok\":true}");
    }

    String url(String host) {
      return "https://" + host + ":" + server.actualPort();
    }
  }

  private static Issued good() {
    return CA.issue();
  }

  private ClientTls trusting(TestCa ca) {
    return new ClientTls(ca.write(directory.resolve("ca.pem")), null, null, null, true);
  }

  private static Model model(String name, ClientTls tls, String... urls) {
    return new Model(name, Arrays.stream(urls).map(URI::create).toList(), tls);
  }

  private static Route route(Model champion) {
    return route(champion, null, MirrorSettings.DEFAULTS);
  }

  private static Route route(Model champion, @Nullable Model challenger, MirrorSettings mirror) {
    return route("r", "/", champion, challenger, mirror);
  }

  private static Route route(
      String name, String path, Model champion, @Nullable Model challenger, MirrorSettings mirror) {
    return new Route(
        new RouteSpec(
            name,
            Match.path(path),
            champion,
            challenger,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            mirror),
        challenger == null ? RouteState.NO_CHALLENGER : RouteState.SHADOWING,
        false,
        challenger == null ? null : Routes.SCOPE);
  }

  @Test
  void bothModels_ofTheAuthority_areAskedByHttp2_andTheSelfCheckToo() {
    SecureModel champion = new SecureModel(good());
    SecureModel challenger = new SecureModel(good());
    ClientTls tls = trusting(CA);
    MirrorSettings mirror = MirrorSettings.DEFAULTS.withSelfCheck(new BigDecimal("100"));
    try (ProxyHarness proxy =
        new ProxyHarness(
            route(
                model("a", tls, champion.url("localhost")),
                model("b", tls, challenger.url("127.0.0.1")),
                mirror))) {
      RawResponse answer = RawClient.once(proxy.port, POST);
      proxy.awaitSettled("r", Routes.SCOPE, 1);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.bodyText()).isEqualTo("{\"ok\":true}");
      Exchange exchange = proxy.exchanges.get(0);
      assertThat(exchange.challenger().fate()).isEqualTo(Answer.Fate.COMPLETE);
      assertThat(exchange.challenger().status()).isEqualTo(200);
      assertThat(champion.seen).hasSize(2).allMatch(seen -> seen.startsWith("HTTP_2 "));
      assertThat(challenger.seen).hasSize(1).allMatch(seen -> seen.startsWith("HTTP_2 "));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jvm     | its certificate is not signed by a trusted authority",
        "other   | its certificate is not signed by a trusted authority",
        "name    | its certificate is for another name",
        "expired | its certificate is not valid now",
      })
  void champion_whoseCertificateIsNoGood_is502_whichSaysSoAndNoMore(String which, String why) {
    Issued shown =
        switch (which) {
          case "name" -> CA.issue(new Wanted("other").named("other.internal"));
          case "expired" -> CA.issue(new Wanted("localhost").named("localhost").expired());
          default -> good();
        };
    ClientTls tls =
        switch (which) {
          case "jvm" -> ClientTls.DEFAULTS;
          case "other" -> trusting(OTHER);
          default -> trusting(CA);
        };
    SecureModel champion = new SecureModel(shown);
    try (ProxyHarness proxy = new ProxyHarness(route(model("a", tls, champion.url("localhost"))))) {
      RawResponse answer = RawClient.once(proxy.port, POST);

      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.bodyText())
          .contains("\"no secure connection to the champion's upstream: " + why + "\"")
          .doesNotContain("internal", "localhost", "PKIX", "" + champion.server.actualPort());
      assertThat(champion.seen).isEmpty();
    }
  }

  @Test
  void champion_thatSpeaksNoTls_is502() {
    try (FakeUpstream plain = FakeUpstream.answering(Reply.json("{}"));
        ProxyHarness proxy =
            new ProxyHarness(
                route(model("a", trusting(CA), "https://127.0.0.1:" + plain.port())))) {
      RawResponse answer = RawClient.once(proxy.port, POST);

      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.bodyText()).contains("the TLS handshake failed");
    }
  }

  @Test
  void oneOfTwoUrls_withABadCertificate_costsNoRequest() {
    SecureModel bad = new SecureModel(OTHER.issue());
    SecureModel goodOne = new SecureModel(good());
    try (ProxyHarness proxy =
        new ProxyHarness(
            route(model("a", trusting(CA), bad.url("localhost"), goodOne.url("localhost"))))) {
      for (int i = 0; i < 8; i++) {
        assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
      }
      assertThat(goodOne.seen).hasSize(8);
      assertThat(bad.seen).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "expired", "name"})
  void challenger_whoseCertificateIsNoGood_harmsNobody(String which) {
    Issued shown =
        switch (which) {
          case "name" -> CA.issue(new Wanted("other").named("other.internal"));
          case "expired" -> CA.issue(new Wanted("localhost").named("localhost").expired());
          default -> OTHER.issue();
        };
    SecureModel challenger = new SecureModel(shown);
    try (FakeUpstream champion = FakeUpstream.answering(Reply.json("{\"ok\":true}"));
        ProxyHarness proxy =
            new ProxyHarness(
                route(
                    model("a", ClientTls.DEFAULTS, champion.url()),
                    model("b", trusting(CA), challenger.url("localhost")),
                    MirrorSettings.DEFAULTS))) {
      for (int i = 0; i < 3; i++) {
        RawResponse answer = RawClient.once(proxy.port, POST);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.bodyText()).isEqualTo("{\"ok\":true}");
      }
      proxy.awaitSettled("r", Routes.SCOPE, 3);

      // A challenger that cannot be asked is one that failed: challenger_error.
      assertThat(proxy.exchanges)
          .hasSize(3)
          .allMatch(e -> e.champion().status() == 200)
          .allMatch(e -> e.challenger().fate() == Answer.Fate.UNREACHABLE);
      assertThat(challenger.seen).isEmpty();
    }
  }

  @Test
  void serverName_isAskedFor_andVerified_inThePlaceOfTheHost() {
    SecureModel champion = new SecureModel(CA.issue(new Wanted("models").named("models.internal")));
    ClientTls named =
        new ClientTls(CA.write(directory.resolve("ca.pem")), null, null, "models.internal", true);
    ClientTls wrong = new ClientTls(named.ca(), null, null, "models.example", true);
    try (ProxyHarness proxy =
        new ProxyHarness(
            route(
                "wrong",
                "/wrong",
                model("a", wrong, champion.url("127.0.0.1")),
                null,
                MirrorSettings.DEFAULTS),
            route(model("a", named, champion.url("127.0.0.1"))))) {
      assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
      assertThat(champion.seen).containsExactly("HTTP_2 models.internal");
      RawResponse refused = RawClient.once(proxy.port, RawClient.post("/wrong", "{}"));
      assertThat(refused.status()).isEqualTo(502);
      assertThat(refused.bodyText()).contains("its certificate is for another name");
    }
  }

  /** The same server, once unverified: nothing of that may rub off on the route that verifies. */
  @Test
  void verifyFalse_takesAnyCertificate_andOnlyWhereItIsSaid() {
    SecureModel champion =
        new SecureModel(OTHER.issue(new Wanted("other").named("other.internal").expired()));
    String url = champion.url("localhost");
    ClientTls lax = new ClientTls(null, null, null, null, false);
    try (ProxyHarness proxy =
        new ProxyHarness(
            route("lax", "/lax", model("a", lax, url), null, MirrorSettings.DEFAULTS),
            route(
                "strict",
                "/strict",
                model("a", ClientTls.DEFAULTS, url),
                null,
                MirrorSettings.DEFAULTS))) {
      for (int i = 0; i < 4; i++) {
        assertThat(RawClient.once(proxy.port, RawClient.post("/lax", "{}")).status())
            .isEqualTo(200);
        assertThat(RawClient.once(proxy.port, RawClient.post("/strict", "{}")).status())
            .isEqualTo(502);
      }
      assertThat(champion.seen).hasSize(4);
    }
  }

  @Test
  void clientCertificate_isShown_toTheServerThatAsksForOne() {
    SecureModel champion = new SecureModel(good(), OTHER);
    Written own = OTHER.issue(new Wanted("proxy")).write(directory, "own");
    Path ca = CA.write(directory.resolve("ca.pem"));
    ClientTls showing = new ClientTls(ca, own.cert(), own.key(), null, true);
    try (ProxyHarness proxy =
        new ProxyHarness(
            route(
                "bare",
                "/bare",
                model("a", new ClientTls(ca, null, null, null, true), champion.url("localhost")),
                null,
                MirrorSettings.DEFAULTS),
            route(model("a", showing, champion.url("localhost"))))) {
      assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
      assertThat(RawClient.once(proxy.port, RawClient.post("/bare", "{}")).status()).isEqualTo(502);
      assertThat(champion.seen).hasSize(1);
    }
  }

  private static final String[] UPGRADE = {
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13"
  };

  @Test
  void webSocket_isATunnelOverTls() {
    SecureModel champion = new SecureModel(good());
    try (ProxyHarness proxy =
            new ProxyHarness(route(model("a", trusting(CA), champion.url("localhost"))));
        RawClient client = RawClient.connect(proxy.port)) {
      RawResponse switched = client.exchange(RawClient.get("/ws", UPGRADE));
      assertThat(switched.status()).isEqualTo(101);
      // «Hi» in a frame, masked with zeros, and as it comes back.
      client.send(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'H', 'i'});
      assertThat(client.readSome(4)).isEqualTo(new byte[] {(byte) 0x81, 2, 'H', 'i'});
    }
  }

  @Test
  void webSocket_toACertificateThatIsNoGood_is502() {
    SecureModel champion = new SecureModel(OTHER.issue());
    try (ProxyHarness proxy =
        new ProxyHarness(route(model("a", trusting(CA), champion.url("localhost"))))) {
      RawResponse answer = RawClient.once(proxy.port, RawClient.get("/ws", UPGRADE));

      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.bodyText()).contains("not signed by a trusted authority");
    }
  }

  @Test
  void authority_thatChanges_isFollowed() {
    SecureModel champion = new SecureModel(OTHER.issue());
    ClientTls tls = trusting(CA);
    try (ProxyHarness proxy = new ProxyHarness(route(model("a", tls, champion.url("localhost"))))) {
      proxy.watchTls();
      assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(502);
      OTHER.write(directory.resolve("ca.pem"));

      Await.value("status", () -> RawClient.once(proxy.port, POST).status(), s -> s == 200);
    }
  }

  /** A certificate that ends is followed by the next in time, and no request is lost over it. */
  @Test
  void clientCertificate_thatChangesUnderLoad_failsNoRequest() {
    SecureModel champion = new SecureModel(good(), OTHER);
    Written own = OTHER.issue(new Wanted("proxy")).write(directory, "own");
    ClientTls tls =
        new ClientTls(CA.write(directory.resolve("ca.pem")), own.cert(), own.key(), null, true);
    try (ProxyHarness proxy = new ProxyHarness(route(model("a", tls, champion.url("localhost"))))) {
      proxy.watchTls();
      OTHER.issue(new Wanted("proxy")).write(directory, "own");
      Await.until(
          "the change is taken up",
          () -> {
            assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
            return proxy.certificateReloads("applied") > 0;
          });
      for (int i = 0; i < 20; i++) {
        assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void table_thatSecuresTheSameModelOtherwise_isObeyedAtOnce() {
    SecureModel champion = new SecureModel(OTHER.issue());
    String url = champion.url("localhost");
    ClientTls lax = new ClientTls(null, null, null, null, false);
    try (ProxyHarness proxy = new ProxyHarness(route(model("a", lax, url)))) {
      assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
      proxy.swap(route(model("a", trusting(CA), url)));
      assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(502);
      proxy.swap(route(model("a", lax, url)));
      assertThat(RawClient.once(proxy.port, POST).status()).isEqualTo(200);
    }
  }
}
