package io.shadowsentinel.compare;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Posts to judges. The JDK's own client, so that the comparison needs none of Vert.x; it is made
 * when it is first needed. Follows no redirect: the texts go to the place that the config names.
 */
final class JudgeClient implements AutoCloseable {
  private final Map<Object, CompletableFuture<?>> calls = new ConcurrentHashMap<>();
  private @Nullable HttpClient client;
  private @Nullable ExecutorService executor;
  private boolean closed;

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
      call = send(id, request(settings, body));
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
      Object id, HttpRequest request) {
    if (closed) {
      CompletableFuture<HttpResponse<byte[]>> never = new CompletableFuture<>();
      never.cancel(true);
      return never;
    }
    CompletableFuture<HttpResponse<byte[]>> call =
        client().sendAsync(request, unused -> new BoundedBody());
    calls.put(id, call);
    return call;
  }

  private HttpClient client() {
    HttpClient present = client;
    if (present == null) {
      ExecutorService threads =
          Executors.newFixedThreadPool(
              1,
              task -> {
                Thread thread = new Thread(task, "sentinel-judge");
                thread.setDaemon(true);
                return thread;
              });
      present =
          HttpClient.newBuilder()
              .executor(threads)
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      executor = threads;
      client = present;
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
