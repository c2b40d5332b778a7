package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Wanted;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.tls.Tls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The listener's side of TLS, with real handshakes: what it offers, asks for, and follows. */
class ListenerTlsIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final TestCa OTHER = TestCa.create("Test CA");
  private static final Reply OK = Reply.json("{\"ok\":true}");
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int PROTOCOL_VERSION = 70;

  @TempDir private Path directory;

  private final FakeUpstream champion = FakeUpstream.answering(OK);

  @AfterEach
  void close() {
    champion.close();
  }

  private ProxyHarness proxy(TestCa.Issued issued, Path clientCa) {
    Written written = issued.write(directory, "server");
    Tls tls = new Tls(written.cert(), written.key(), clientCa);
    return new ProxyHarness(
        new ProxySettings("127.0.0.1", 0, tls, false), Routes.plain("r", "/", champion.url()));
  }

  private ProxyHarness proxy() {
    return proxy(CA.issue(), null);
  }

  private static SSLSocket connect(SSLContext context, int port, String[] versions, String... alpn)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(alpn);
    parameters.setProtocols(versions);
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(15_000);
    return socket;
  }

  private static SSLSocket connect(SSLContext context, int port) throws IOException {
    return connect(context, port, new String[] {"TLSv1.3", "TLSv1.2"});
  }

  /** A request, and the first bytes of its answer; nothing when there is none. */
  private static String ask(SSLSocket socket) throws IOException {
    socket.getOutputStream().write(RawClient.get("/p"));
    byte[] answer = new byte[12];
    int read = socket.getInputStream().readNBytes(answer, 0, answer.length);
    return new String(answer, 0, read, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void version_thatIsOffered_isSpoken(String version) throws Exception {
    try (ProxyHarness proxy = proxy();
        SSLSocket socket = connect(TestCa.trusting(CA), proxy.port, new String[] {version})) {
      assertThat(ask(socket)).isEqualTo("HTTP/1.1 200");
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
  }

  /** Byte by byte, since no client here would say it. The last one shows that the rest is right. */
  @ParameterizedTest
  @CsvSource({"1, 21", "2, 21", "3, 22"})
  void clientThatKnowsNoLaterVersion_isToldSo(int minor, int firstRecord) {
    try (ProxyHarness proxy = proxy();
        RawClient client = RawClient.connect(proxy.port)) {
      byte[] answer = client.send(clientHello(minor, 0xc009, 0xc02b)).readSome(7);

      assertThat(answer[0]).isEqualTo((byte) firstRecord);
      if (firstRecord == ALERT) {
        assertThat(answer[6]).isEqualTo((byte) PROTOCOL_VERSION);
      } else {
        assertThat(firstRecord).isEqualTo(HANDSHAKE);
      }
    }
  }

  /** With the key of the certificate for a key, or with CBC, they are not taken. */
  @ParameterizedTest
  @CsvSource({
    "true, 0x009c, 21",
    "true, 0xc013, 21",
    "true, 0xc02f, 22",
    "false, 0xc009, 21",
    "false, 0xc02b, 22"
  })
  void cipherSuite_isTakenOrRefused(boolean rsa, String suite, int firstRecord) {
    Wanted wanted = new Wanted("localhost").named("localhost");
    try (ProxyHarness proxy = proxy(CA.issue(rsa ? wanted.rsa() : wanted), null);
        RawClient client = RawClient.connect(proxy.port)) {
      byte[] answer = client.send(clientHello(3, Integer.decode(suite))).readSome(7);

      assertThat(answer[0]).isEqualTo((byte) firstRecord);
    }
  }

  /** What a client of TLS 1.0, 1.1 or 1.2 (minor 1, 2, 3) begins with. */
  private static byte[] clientHello(int minor, int... suites) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(3);
    body.write(minor);
    body.writeBytes(new byte[32]);
    body.write(0);
    body.write(0);
    body.write(2 * suites.length);
    for (int suite : suites) {
      body.write(suite >> 8);
      body.write(suite);
    }
    body.writeBytes(new byte[] {1, 0});
    byte[] groups = {0, 10, 0, 4, 0, 2, 0, 23};
    byte[] points = {0, 11, 0, 2, 1, 0};
    byte[] signatures = {0, 13, 0, 8, 0, 6, 4, 3, 4, 1, 8, 4};
    body.write(0);
    body.write(groups.length + points.length + signatures.length);
    body.writeBytes(groups);
    body.writeBytes(points);
    body.writeBytes(signatures);
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(new byte[] {HANDSHAKE, 3, 1, 0, (byte) (body.size() + 4)});
    record.writeBytes(new byte[] {1, 0, 0, (byte) body.size()});
    record.writeBytes(body.toByteArray());
    return record.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"h2, h2", "http/1.1, http/1.1", "h2+http/1.1, h2", "http/1.1+x, http/1.1"})
  void protocols_areAgreedOnByAlpn(String offered, String taken) throws Exception {
    try (ProxyHarness proxy = proxy();
        SSLSocket socket =
            connect(
                TestCa.trusting(CA), proxy.port, new String[] {"TLSv1.3"}, offered.split("\\+"))) {
      socket.startHandshake();

      assertThat(socket.getApplicationProtocol()).isEqualTo(taken);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_2", "HTTP_1_1"})
  void request_inEitherVersion_reachesTheChampion(HttpClient.Version version) throws Exception {
    try (ProxyHarness proxy = proxy()) {
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .sslContext(TestCa.trusting(CA))
              .version(version)
              .build()
              .send(post(proxy.port), HttpResponse.BodyHandlers.ofString());

      assertThat(answer.version()).isEqualTo(version);
      assertThat(answer.body()).isEqualTo("{\"ok\":true}");
      assertThat(champion.awaitRequest().bodyText()).isEqualTo("{\"x\":1}");
    }
  }

  private static HttpRequest post(int port) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/p"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"x\":1}"))
        .build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void chain_ofEitherKindOfKey_isServedWhole(boolean rsa) throws Exception {
    Wanted wanted = new Wanted("localhost").named("localhost", "127.0.0.1");
    TestCa.Issued issued = CA.intermediate("Below").issue(rsa ? wanted.rsa() : wanted);
    try (ProxyHarness proxy = proxy(issued, null);
        SSLSocket socket = connect(TestCa.trusting(CA), proxy.port)) {
      assertThat(ask(socket)).isEqualTo("HTTP/1.1 200");
      assertThat(socket.getSession().getPeerCertificates()).hasSize(2);
    }
  }

  @Test
  void plainText_isNoAnswerTo() {
    try (ProxyHarness proxy = proxy()) {
      assertThat(RawClient.once(proxy.port, RawClient.get("/p")).complete()).isFalse();
      assertThat(champion.requestCount()).isZero();
    }
  }

  /** Behind TLS requests are read as strictly as without. */
  @Test
  void requestThatCouldBeReadInTwoWays_isRefused_andEndsTheConnection() throws Exception {
    try (ProxyHarness proxy = proxy();
        SSLSocket socket =
            connect(TestCa.trusting(CA), proxy.port, new String[] {"TLSv1.3"}, "http/1.1")) {
      String request =
          "POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
      socket
          .getOutputStream()
          .write((request + FramingStage.SMUGGLED).getBytes(StandardCharsets.ISO_8859_1));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

      assertThat(answer).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
    }
    assertThat(champion.requestCount()).isZero();
  }

  // Mutual TLS

  private ProxyHarness mutual() {
    return proxy(CA.issue(), CA.write(directory.resolve("clients.pem")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void client_thatTheAuthoritySigned_isServed(String version) throws Exception {
    TestCa.Issued client = CA.issue(new Wanted("client"));
    try (ProxyHarness proxy = mutual();
        SSLSocket socket = connect(client.context(CA), proxy.port, new String[] {version})) {
      assertThat(ask(socket)).isEqualTo("HTTP/1.1 200");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "none, TLSv1.2", "none, TLSv1.3",
    "other, TLSv1.2", "other, TLSv1.3",
    "expired, TLSv1.2", "expired, TLSv1.3"
  })
  void client_withoutAGoodCertificate_isRefused(String which, String version) throws Exception {
    SSLContext context =
        switch (which) {
          case "other" -> OTHER.issue(new Wanted("client")).context(CA);
          case "expired" -> CA.issue(new Wanted("client").expired()).context(CA);
          default -> TestCa.trusting(CA);
        };
    try (ProxyHarness proxy = mutual();
        SSLSocket socket = connect(context, proxy.port, new String[] {version})) {
      // With TLS 1.3 the client hears of it only when it reads.
      assertThatThrownBy(() -> ask(socket)).isInstanceOf(IOException.class);
      assertThat(champion.requestCount()).isZero();
    }
  }

  // Reload

  private static BigInteger serial(int port) {
    try (SSLSocket socket = connect(TestCa.trusting(CA), port)) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static BigInteger serial(TestCa.Issued issued) {
    return issued.chain().get(0).getSerialNumber();
  }

  /** Clients of all kinds ask for as long as the certificate changes, and none may notice. */
  @Test
  void certificate_thatChangesUnderLoad_failsNoRequest() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ProxyHarness proxy = proxy()) {
      proxy.watchTls();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger answered = new AtomicInteger();
      List<Future<?>> clients = new ArrayList<>();
      for (HttpClient.Version version : HttpClient.Version.values()) {
        clients.add(threads.submit(() -> keepAsking(proxy.port, version, stop, answered)));
      }
      for (int i = 0; i < 2; i++) {
        clients.add(threads.submit(() -> askAnew(proxy.port, stop, answered)));
      }
      for (int round = 0; round < 3; round++) {
        TestCa.Issued next = CA.issue();
        next.write(directory, "server");
        Await.value("the new one", () -> serial(proxy.port), serial(next)::equals);
        int before = answered.get();
        Await.until("requests after it", () -> answered.get() > before + 20);
      }
      stop.set(true);
      for (Future<?> client : clients) {
        client.get(30, TimeUnit.SECONDS);
      }
      assertThat(champion.requestCount()).isEqualTo(answered.get());
    } finally {
      threads.shutdownNow();
    }
  }

  /** Over connections that are kept. */
  private static Void keepAsking(
      int port, HttpClient.Version version, AtomicBoolean stop, AtomicInteger answered)
      throws Exception {
    HttpClient client =
        HttpClient.newBuilder().sslContext(TestCa.trusting(CA)).version(version).build();
    while (!stop.get()) {
      HttpResponse<String> answer = client.send(post(port), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      answered.incrementAndGet();
    }
    return null;
  }

  /** Each over a connection of its own. */
  private static Void askAnew(int port, AtomicBoolean stop, AtomicInteger answered)
      throws Exception {
    SSLContext context = TestCa.trusting(CA);
    while (!stop.get()) {
      try (SSLSocket socket = connect(context, port)) {
        assertThat(ask(socket)).isEqualTo("HTTP/1.1 200");
        answered.incrementAndGet();
      }
    }
    return null;
  }

  @Test
  void connection_fromBeforeTheChange_goesOn() throws Exception {
    try (ProxyHarness proxy = proxy();
        SSLSocket socket = connect(TestCa.trusting(CA), proxy.port)) {
      proxy.watchTls();
      assertThat(ask(socket)).isEqualTo("HTTP/1.1 200");
      TestCa.Issued next = CA.issue();
      next.write(directory, "server");
      Await.value("the new one", () -> serial(proxy.port), serial(next)::equals);
      drain(socket.getInputStream());

      assertThat(ask(socket)).isEqualTo("HTTP/1.1 200");
    }
  }

  /** Reads the rest of an answer whose first bytes are read. */
  private static void drain(InputStream in) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf("{\"ok\":true}") < 0) {
      int next = in.read();
      assertThat(next).as("after %s", read).isNotNegative();
      read.append((char) next);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mismatch", "expired", "garbage"})
  void certificate_thatIsNoGood_isRefused_andTheOldOneStays(String which) throws Exception {
    TestCa.Issued first = CA.issue();
    try (ProxyHarness proxy = proxy(first, null)) {
      proxy.watchTls();
      TestCa.Issued bad =
          which.equals("expired")
              ? CA.issue(new Wanted("localhost").named("localhost").expired())
              : CA.issue();
      TestCa.put(
          directory.resolve("server.pem"),
          which.equals("garbage") ? "no certificate" : bad.chainPem());
      if (which.equals("expired")) {
        TestCa.put(directory.resolve("server.key"), bad.keyPem());
      }
      Await.value("refusals", () -> proxy.certificateReloads("refused"), n -> n > 0);

      assertThat(serial(proxy.port)).isEqualTo(serial(first));
      assertThat(proxy.certificateReloads("applied")).isZero();
    }
  }

  /** The authority is followed as the certificate is. */
  @Test
  void clientCa_thatChanges_isFollowed() throws Exception {
    try (ProxyHarness proxy = mutual()) {
      proxy.watchTls();
      SSLContext newcomer = OTHER.issue(new Wanted("client")).context(CA);
      OTHER.write(directory.resolve("clients.pem"));
      Await.until("the newcomer is served", () -> isServed(newcomer, proxy.port));

      assertThat(isServed(CA.issue(new Wanted("client")).context(CA), proxy.port)).isFalse();
    }
  }

  private static boolean isServed(SSLContext context, int port) {
    try (SSLSocket socket = connect(context, port)) {
      return ask(socket).equals("HTTP/1.1 200");
    } catch (IOException refused) {
      return false;
    }
  }
}
