package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Exception;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RawServer;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.tls.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream answers to an upgrade, over {@code http} and {@code https}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TunnelIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final List<String> SCHEMES = List.of("http", "https");
  private static final String[] UPGRADE = {"Connection: Upgrade", "Upgrade: websocket, Chat/2"};
  private static final String AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n";

  /** More than the system keeps for the two connections of a tunnel. */
  private static final int MUCH = 32 << 20;

  @TempDir private static Path directory;

  private final List<RawServer> servers = new ArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile RawServer.Talk behaviour = connection -> {};
  private ProxyHarness proxy;

  @BeforeAll
  void start() {
    ClientTls trusting =
        new ClientTls(CA.write(directory.resolve("ca.pem")), null, null, null, true);
    List<Route> routes = new ArrayList<>();
    SCHEMES.stream()
        .forEach(
            scheme -> {
              RawServer server =
                  new RawServer(
                      scheme.equals("https") ? CA.issue().context() : null,
                      number -> "http/1.1",
                      this::serve);
              servers.add(server);
              URI url = URI.create(scheme + "://localhost:" + server.port());
              Model champion = new Model("m", List.of(url), trusting);
              routes.add(Routes.plain(scheme, Match.path("/" + scheme + "/"), champion));
              Match brief = Match.path("/brief-" + scheme + "/");
              routes.add(
                  Routes.withTimeout(
                      Routes.plain("brief-" + scheme, brief, champion), Duration.ofMillis(500)));
            });
    proxy = new ProxyHarness(routes.toArray(Route[]::new));
  }

  @AfterAll
  void close() {
    proxy.close();
    servers.forEach(RawServer::close);
  }

  private void serve(RawServer.Connection connection) throws IOException, Http2Exception {
    asked.add(connection.readHead());
    behaviour.with(connection);
  }

  /** Answers, and stays until the proxy goes. */
  private void answer(String text) {
    behaviour =
        connection -> {
          connection.write(text);
          connection.readHead();
        };
  }

  private static byte[] upgrade(String scheme) {
    return RawClient.get("/" + scheme + "/", UPGRADE);
  }

  private double count(String name, String... tags) {
    var found = proxy.registry.find(name).tags(tags).counter();
    return found == null ? 0 : found.count();
  }

  static Stream<String> answersThatAreNone() {
    return Stream.of(
        AGREED + "X-A : b\0\r\n\r\n",
        AGREED + "X A: b\r\n\r\n",
        AGREED + ": b\r\n\r\n",
        AGREED + "X-A: b\r\n c\r\n\r\n",
        AGREED + "X-A: b\rc\r\n\r\n",
        AGREED + "X-A: b\u001b[0m\r\n\r\n",
        AGREED + "X-A: " + "b".repeat(70_000) + "\r\n\r\n",
        AGREED.replace("101 ", "101\t") + "\r\n",
        AGREED.replace("101", "0101") + "\r\n",
        AGREED.replace("HTTP/1.1", "HTTP/2.0") + "\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade:\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: Chat\r\n\r\n",
        AGREED + "Upgrade: TLS/1.2\r\n\r\n",
        "HTTP/1.1 403 No\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 403 No\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nno",
        "HTTP/1.1 403 No\r\nContent-Length: +2\r\n\r\nno",
        "HTTP/1.1 403 No\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 403 No\r\nX A: b\r\nContent-Length: 2\r\n\r\nno");
  }

  @ParameterizedTest
  @MethodSource("answersThatAreNone")
  void answerThatIsNone_is502_andCounted(String text) {
    answer(text);
    for (String scheme : SCHEMES) {
      String[] tags = {"route", scheme, "role", "champion"};
      double before = count("shadow.sentinel.upstream.unreadable", tags);
      RawResponse seen = RawClient.once(proxy.port, upgrade(scheme));

      assertThat(seen.status()).as(scheme).isEqualTo(502);
      assertThat(seen.bodyText()).contains("Champion Failed");
      assertThat(count("shadow.sentinel.upstream.unreadable", tags)).isEqualTo(before + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Content-Length: 5\r\n", "X-A: b\r\n"})
  void bytesBehindTheConsent_areTheTunnels_andSoIsWhatFollows(String more) {
    behaviour =
        connection -> {
          connection.write(
              "HTTP/1.1 103 Early Hints\r\n\r\n" + AGREED + more + "\r\nHTTP/1.1 200 OK\r\n\r\n");
          connection.write(connection.readHead());
        };
    for (String scheme : SCHEMES) {
      asked.clear();
      try (RawClient user = RawClient.connect(proxy.port)) {
        String seen = textUpTo(user.send(upgrade(scheme)), "200 OK\r\n\r\n");
        assertThat(seen).contains("HTTP/1.1 103 ").contains("101 Switching Protocols\r\n");
        assertThat(seen).containsIgnoringCase("\r\nconnection: upgrade\r\n");
        assertThat(seen).containsIgnoringCase("\r\nupgrade: websocket\r\n");
        assertThat(seen).doesNotContainIgnoringCase("content-length");
        assertThat(seen).endsWith("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
        assertThat(textUpTo(user.send("a: b\r\n\r\n"), "\r\n\r\n")).isEqualTo("a: b\r\n\r\n");
        // The champion closes, and so is the user's side.
        assertThat(user.readSome(1)).isEmpty();
      }
      assertThat(asked.get(0)).contains("\r\nConnection: Upgrade\r\n");
      assertThat(asked.get(0)).contains("\r\nUpgrade: websocket, Chat/2\r\n");
    }
  }

  private static String textUpTo(RawClient user, String end) {
    StringBuilder got = new StringBuilder();
    byte[] more = user.readSome(1_000);
    while (more.length > 0) {
      got.append(new String(more, ISO_8859_1));
      if (got.toString().endsWith(end)) {
        break;
      }
      more = user.readSome(1_000);
    }
    return got.toString();
  }

  @Test
  void whatTheChampionSentBeforeItsEnd_reachesAUserWhoIsSlow() throws InterruptedException {
    behaviour =
        connection -> {
          connection.write(AGREED + "\r\n");
          byte[] much = new byte[MUCH];
          Arrays.fill(much, (byte) 'x');
          connection.write(much);
        };
    for (String scheme : SCHEMES) {
      try (RawClient user = RawClient.connect(proxy.port)) {
        assertThat(user.exchange(upgrade(scheme)).status()).isEqualTo(101);
        // All that lies between the two is full when it begins to read, and so at the end.
        Thread.sleep(500);
        int got = 0;
        byte[] more = user.readSome(65_536);
        while (more.length > 0) {
          got += more.length;
          if (got % 64 == 0) {
            Thread.sleep(1);
          }
          more = user.readSome(65_536);
        }
        assertThat(got).as(scheme).isEqualTo(MUCH);
      }
    }
  }

  @Test
  void whatTheUserSentBeforeItsEnd_reachesAChampionThatIsSlow() throws Exception {
    BlockingQueue<Long> read = new LinkedBlockingQueue<>();
    behaviour =
        connection -> {
          connection.write(AGREED + "\r\n");
          read.add(connection.readSlowly());
        };
    byte[] much = new byte[MUCH];
    for (String scheme : SCHEMES) {
      try (RawClient user = RawClient.connect(proxy.port)) {
        assertThat(user.exchange(upgrade(scheme)).status()).isEqualTo(101);
        user.send(much);
      }
      assertThat(read.poll(30, TimeUnit.SECONDS)).as(scheme).isEqualTo(MUCH);
    }
  }

  @Test
  void refusal_isRelayedAsAnyAnswer_andItsConnectionIsNotKept() {
    for (String scheme : SCHEMES) {
      answer("HTTP/1.1 426 Upgrade Required\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nno");
      RawResponse whole = RawClient.once(proxy.port, upgrade(scheme));
      assertThat(whole.status() + " " + whole.bodyText()).isEqualTo("426 no");
      assertThat(whole.complete()).isTrue();

      behaviour = connection -> connection.write("HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nno");
      RawResponse cut = RawClient.once(proxy.port, upgrade(scheme));
      assertThat(cut.complete() && cut.status() != 502).isFalse();

      behaviour = connection -> connection.write("HTTP/1.1 403 No\r\n\r\nno");
      RawResponse open = RawClient.once(proxy.port, upgrade(scheme));
      assertThat(open.status() + " " + open.bodyText()).isEqualTo("403 no");
      assertThat(open.complete()).isTrue();
    }
  }

  @Test
  void silentChampion_is504() {
    behaviour = RawServer.Connection::readHead;
    for (String scheme : SCHEMES) {
      assertThat(RawClient.once(proxy.port, upgrade("brief-" + scheme)).status()).isEqualTo(504);
    }
    Await.until(
        "none is in flight",
        () -> proxy.registry.get("shadow.sentinel.requests.in.flight").gauge().value() == 0);
  }
}
