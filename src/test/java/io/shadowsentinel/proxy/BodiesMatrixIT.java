package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.Tls;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies, by every way to send one over every way to the champion: it sees exactly the bytes, and
 * the user exactly its answer. The users are OkHttp's, the models Node's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BodiesMatrixIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final List<String> MODELS = List.of("http", "https", "h2c", "h2");
  private static final String NODE = "/usr/bin/node";

  /** How users speak. */
  private enum User {
    HTTP_1_0,
    HTTP_1_1,
    H2C,
    H2
  }

  /** What they send. */
  private enum Body {
    NONE(0, true),
    EMPTY(0, true),
    LENGTH(700, true),
    NO_LENGTH(700, false),
    LONG(5 << 20, true),
    LONG_NO_LENGTH(5 << 20, false);

    final byte[] bytes;
    final boolean length;

    Body(int size, boolean length) {
      this.bytes = new byte[size];
      this.length = length;
      new Random(size).nextBytes(bytes);
    }
  }

  @TempDir private static Path directory;

  private Process models;
  private ProxyHarness plain;
  private ProxyHarness secure;
  private OkHttpClient http1;
  private OkHttpClient h2c;
  private OkHttpClient h2;

  @BeforeAll
  void start() throws Exception {
    Written written = CA.issue().write(directory, "models");
    Path script = directory.resolve("echo-models.js");
    try (var in = BodiesMatrixIT.class.getResourceAsStream("echo-models.js")) {
      Files.copy(in, script);
    }
    models =
        new ProcessBuilder(NODE, "" + script, "" + written.cert(), "" + written.key())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String[] ports =
        new BufferedReader(
                new InputStreamReader(models.getInputStream(), StandardCharsets.US_ASCII))
            .readLine()
            .split(" ");
    ClientTls trusting =
        new ClientTls(CA.write(directory.resolve("ca.pem")), null, null, null, true);
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < MODELS.size(); i++) {
      String scheme = MODELS.get(i).equals("h2") ? "https" : MODELS.get(i);
      URI url = URI.create(scheme + "://localhost:" + ports[i]);
      Model champion = new Model("champion", List.of(url), trusting);
      Model challenger = new Model("challenger", List.of(url), trusting);
      routes.add(route("/" + MODELS.get(i), champion, null));
      routes.add(route("/mirrored/" + MODELS.get(i), champion, challenger));
    }
    plain = new ProxyHarness(routes.toArray(Route[]::new));
    Written own = CA.issue().write(directory, "proxy");
    secure =
        new ProxyHarness(
            new ProxySettings("127.0.0.1", 0, new Tls(own.cert(), own.key(), null), false),
            routes.toArray(Route[]::new));
    http1 = client().protocols(List.of(Protocol.HTTP_1_1)).build();
    h2c = client().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    Anyone anyone = new Anyone();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {anyone}, new SecureRandom());
    h2 = client().sslSocketFactory(context.getSocketFactory(), anyone).build();
  }

  private static OkHttpClient.Builder client() {
    return new OkHttpClient.Builder()
        .retryOnConnectionFailure(false)
        .socketFactory(new Prompt())
        .callTimeout(Duration.ofMinutes(2))
        .readTimeout(Duration.ofMinutes(2))
        .writeTimeout(Duration.ofMinutes(2));
  }

  /** Nobody is to wait for acknowledgements that are late. */
  private static final class Prompt extends SocketFactory {
    @Override
    public Socket createSocket() throws IOException {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException("connected by OkHttp");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException("connected by OkHttp");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException("connected by OkHttp");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException("connected by OkHttp");
    }
  }

  /** Who the proxy is, is not what this is about. */
  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static Route route(String path, Model champion, @Nullable Model challenger) {
    return new Route(
        new RouteSpec(
            path.substring(1).replace('/', '-'),
            Match.path(path + "/"),
            champion,
            challenger,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Routes.mirror("100", Duration.ofMinutes(1), 100, 8 << 20)),
        challenger == null ? RouteState.NO_CHALLENGER : RouteState.SHADOWING,
        false,
        challenger == null ? null : "scope-" + path.substring(path.lastIndexOf('/') + 1));
  }

  @AfterAll
  void close() throws Exception {
    plain.close();
    secure.close();
    for (OkHttpClient each : List.of(http1, h2c, h2)) {
      each.dispatcher().executorService().shutdown();
      each.connectionPool().evictAll();
    }
    models.getOutputStream().close();
    if (!models.waitFor(10, TimeUnit.SECONDS)) {
      models.destroyForcibly();
    }
  }

  static Stream<Arguments> all() {
    return Stream.of(User.values())
        .flatMap(user -> MODELS.stream().map(model -> Arguments.of(user, model)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void body_isSeenByTheModel_andItsAnswerByTheUser(User user, String model) throws IOException {
    for (String path : List.of("/" + model + "/", "/mirrored/" + model + "/")) {
      for (Body body : Body.values()) {
        if (body == Body.LONG && path.startsWith("/mirrored")) {
          continue; // The other one is harder.
        }
        if (user == User.HTTP_1_0 && !body.length) {
          continue; // It has no way to say where such a body ends.
        }
        // First and later requests of a connection, by the user's and by the champion's.
        for (int round = 0; round < (body.bytes.length > 1_000 ? 1 : 4); round++) {
          String answerLength = round % 2 == 0 ? "known" : "unknown";
          String how = user + " " + path + " " + body + " " + round;
          if (user == User.HTTP_1_0) {
            old(how, path, body, answerLength);
          } else {
            modern(how, user, path, body, answerLength);
          }
        }
      }
    }
  }

  private void old(String how, String path, Body body, String answerLength) {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    String head = (body == Body.NONE ? "GET " : "POST ") + path + " HTTP/1.0\r\nHost: x\r\n";
    head += body == Body.NONE ? "" : "Content-Length: " + body.bytes.length + "\r\n";
    head += "X-Length: " + answerLength + "\r\n\r\n";
    request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body.bytes);

    RawResponse got = RawClient.once(plain.port, request.toByteArray());

    assertThat(got.status()).as("%s: %s", how, what(got.status(), got.body())).isEqualTo(200);
    assertThat(got.complete()).as(how).isTrue();
    assertThat(got.header("x-seen-bytes")).as(how).isEqualTo("" + body.bytes.length);
    assertThat(got.body()).as(how).isEqualTo(body.bytes);
  }

  /** Why it is no echo. */
  private static String what(int status, byte[] answer) {
    return status == 200 ? "" : new String(answer, StandardCharsets.UTF_8);
  }

  private void modern(String how, User user, String path, Body body, String answerLength)
      throws IOException {
    OkHttpClient client = user == User.HTTP_1_1 ? http1 : user == User.H2C ? h2c : h2;
    String base =
        user == User.H2 ? "https://localhost:" + secure.port : "http://localhost:" + plain.port;
    Request request =
        new Request.Builder()
            .url(base + path)
            .header("X-Length", answerLength)
            .method(body == Body.NONE ? "GET" : "POST", body == Body.NONE ? null : sent(body))
            .build();
    try (Response got = client.newCall(request).execute()) {
      assertThat(got.protocol())
          .isEqualTo(
              user == User.HTTP_1_1
                  ? Protocol.HTTP_1_1
                  : user == User.H2C ? Protocol.H2_PRIOR_KNOWLEDGE : Protocol.HTTP_2);
      byte[] answer = got.body().bytes();
      assertThat(got.code()).as("%s: %s", how, what(got.code(), answer)).isEqualTo(200);
      assertThat(got.header("x-seen-bytes")).as(how).isEqualTo("" + body.bytes.length);
      assertThat(got.header("x-seen-http")).as(how).isEqualTo(path.contains("/h2") ? "2.0" : "1.1");
      assertThat(answer).as(how).isEqualTo(body.bytes);
    }
  }

  private static RequestBody sent(Body body) {
    return new RequestBody() {
      @Override
      public okhttp3.@Nullable MediaType contentType() {
        return okhttp3.MediaType.get("application/octet-stream");
      }

      @Override
      public long contentLength() {
        return body.length ? body.bytes.length : -1;
      }

      @Override
      public void writeTo(BufferedSink sink) throws IOException {
        // In parts that go out by themselves.
        int part = Math.max(1, body.bytes.length / 3);
        for (int from = 0; from < body.bytes.length; from += part) {
          sink.write(body.bytes, from, Math.min(part, body.bytes.length - from));
          sink.flush();
        }
      }
    };
  }
}
