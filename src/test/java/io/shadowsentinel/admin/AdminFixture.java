package io.shadowsentinel.admin;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.tls.Tls;
import io.shadowsentinel.tls.TlsStore;
import io.shadowsentinel.tls.TlsUse;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real admin port on a free port of the loopback, with a stand-in for the decisions. */
public final class AdminFixture implements AutoCloseable {
  public final Vertx vertx = Vertx.vertx();
  public final DecisionStandIn decisions = new DecisionStandIn(vertx);
  public final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  public final List<Readiness.NotReady> notReady = new CopyOnWriteArrayList<>();
  public final List<String> stuck = new CopyOnWriteArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AdminVerticle verticle;

  public AdminFixture(@Nullable String token) throws Exception {
    this(token, null);
  }

  /** The same, over TLS where {@code tls} is given; then {@link #url} is not for it. */
  public AdminFixture(@Nullable String token, @Nullable Tls tls) throws Exception {
    this(new AdminSettings("127.0.0.1", 0, token, tls), AdminConnections.Limits.DEFAULTS);
  }

  static AdminFixture of(AdminSettings settings) throws Exception {
    return new AdminFixture(settings, AdminConnections.Limits.DEFAULTS);
  }

  static AdminFixture of(AdminSettings settings, AdminConnections.Limits limits) throws Exception {
    return new AdminFixture(settings, limits);
  }

  /** On loopback, under these rules. */
  public static AdminFixture of(AdminAccess access) throws Exception {
    return of(new AdminSettings("127.0.0.1", 0, null, access));
  }

  private AdminFixture(AdminSettings settings, AdminConnections.Limits limits) throws Exception {
    Channel.install(vertx.eventBus());
    TlsStore store = new TlsStore(Clock.systemUTC(), registry);
    Tls tls = settings.tls();
    if (tls != null) {
      store.hold(List.of(new TlsUse(TlsUse.Purpose.ADMIN, tls)));
    }
    verticle =
        new AdminVerticle(
            settings,
            registry,
            () -> List.copyOf(notReady),
            () -> List.copyOf(stuck),
            store,
            limits);
    vertx.deployVerticle(verticle).await(30, TimeUnit.SECONDS);
  }

  public int port() {
    return verticle.actualPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Undeploys every verticle, as a shutdown does, and leaves the connections to them. */
  void undeploy() throws Exception {
    vertx.undeploy(verticle.deploymentID()).await(30, TimeUnit.SECONDS);
  }

  HttpResponse<String> send(String method, String path, @Nullable String body, String... headers)
      throws Exception {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, publisher);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<InputStream> open(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  /** Replaces the rules, as a changed config does. */
  AdminAccess.Result replace(AdminAccess access) throws Exception {
    return AdminAccess.CHANNEL
        .request(vertx.eventBus(), access, AdminAccess.Result.class)
        .await(30, TimeUnit.SECONDS);
  }

  double count(String meter, String... tags) {
    return registry.get(meter).tags(tags).counter().count();
  }

  /** Sends bytes as they are and reads until the other end closes. */
  String raw(String request) throws IOException {
    return rawFrom("127.0.0.1", request);
  }

  /** The same from another address of the loopback network. */
  String rawFrom(String address, String request) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), port(), InetAddress.getByName(address), 0)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Sends bytes as they are and reads up to the end of the answer's head. */
  String rawHead(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      StringBuilder head = new StringBuilder();
      InputStream in = socket.getInputStream();
      while (head.indexOf("\r\n\r\n") < 0) {
        int octet = in.read();
        if (octet < 0) {
          throw new AssertionError("the connection ended after: " + head);
        }
        head.append((char) octet);
      }
      return head.toString();
    }
  }

  @Override
  public void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }
}
