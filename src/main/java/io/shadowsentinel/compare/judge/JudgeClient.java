package io.shadowsentinel.compare.judge;

import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsMaterial;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Posts to judges. The JDK's own client, so that the comparison needs none of Vert.x; clients are
 * made when they are first needed. Follows no redirect: the texts go to the place that the config
 * names.
 */
final class JudgeClient implements AutoCloseable {
  /** Ways to secure connections; over that, those of older configs are made again if need be. */
  private static final int MAX_CLIENTS = 32;

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** A client, and what it secures its connections with. */
  private record Client(TlsMaterial material, HttpClient http) {}

  private final Function<ClientTls, TlsMaterial> tls;
  private final Map<Object, CompletableFuture<?>> calls = new ConcurrentHashMap<>();
  private final Map<ClientTls, Client> clients = new HashMap<>();
  private @Nullable ExecutorService executor;
  private boolean closed;

  /**
   * Connects to nobody yet.
   *
   * @param tls what the files of a judge's settings hold at the moment
   */
  JudgeClient(Function<ClientTls, TlsMaterial> tls) {
    this.tls = tls;
  }

  /**
   * Posts a body of JSON.
   *
   * @return the answer; fails with a {@code TimeoutException} when it is not complete in time, with
   *     a {@code CancellationException} once this is closed, and else with what went wrong
   */
  CompletableFuture<HttpResponse<byte[]>> post(JudgeSettings settings, byte[] body) {
    Object id = new Object();
    CompletableFuture<HttpResponse<byte[]>> call;
    try {
      call = send(id, settings.tls(), request(settings, body));
    } catch (RuntimeException | URISyntaxException e) {
      return CompletableFuture.failedFuture(e);
    }
    // Not the request's own timeout: that ends with the headers, and a body may trickle for ever.
    return call.copy()
        .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (response, failure) -> {
              calls.remove(id);
              call.cancel(true);
            });
  }

  private synchronized CompletableFuture<HttpResponse<byte[]>> send(
      Object id, ClientTls secured, HttpRequest request) {
    if (closed) {
      CompletableFuture<HttpResponse<byte[]>> never = new CompletableFuture<>();
      never.cancel(true);
      return never;
    }
    CompletableFuture<HttpResponse<byte[]>> call =
        client(secured).sendAsync(request, unused -> new BoundedBody());
    calls.put(id, call);
    return call;
  }

  private HttpClient client(ClientTls secured) {
    TlsMaterial material = tls.apply(secured);
    Client present = clients.get(secured);
    if (present == null || present.material() != material) {
      // One that is given up ends with its last connection.
      if (clients.size() >= MAX_CLIENTS) {
        clients.clear();
      }
      present = new Client(material, build(material));
      clients.put(secured, present);
    }
    return present.http();
  }

  private HttpClient build(TlsMaterial material) {
    return HttpClient.newBuilder()
        .executor(threads())
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .sslContext(material.clientContext())
        .sslParameters(new SSLParameters(null, PROTOCOLS))
        .build();
  }

  private ExecutorService threads() {
    ExecutorService present = executor;
    if (present == null) {
      present =
          Executors.newFixedThreadPool(
              1,
              task -> {
                Thread thread = new Thread(task, "sentinel-judge");
                thread.setDaemon(true);
                return thread;
              });
      executor = present;
    }
    return present;
  }

  private static HttpRequest request(JudgeSettings settings, byte[] body)
      throws URISyntaxException {
    URI url = settings.url();
    String user = url.getRawUserInfo();
    URI bare = user == null ? url : new URI(url.toString().replaceFirst("//[^/@]*@", "//"));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(bare)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (user != null) {
      byte[] plain =
          URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8)
              .getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(plain));
    }
    return request.build();
  }

  /** Cancels every call; later ones are cancelled at once. */
  @Override
  public void close() {
    ExecutorService threads;
    synchronized (this) {
      closed = true;
      threads = executor;
    }
    calls.values().forEach(call -> call.cancel(true));
    if (threads != null) {
      threads.shutdown();
    }
  }
}
