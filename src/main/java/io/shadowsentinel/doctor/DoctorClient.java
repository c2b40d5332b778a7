package io.shadowsentinel.doctor;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.recorded.RecordedRequest;
import io.shadowsentinel.text.Printable;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsMaterial;
import io.shadowsentinel.tls.TlsOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks upstreams one thing at a time, in the protocol that their URL names, and waits for the
 * answer. Blocks; any thread but an event loop.
 */
final class DoctorClient implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Map<Kind, HttpClient> clients = new ConcurrentHashMap<>();

  /** What a client is made for. */
  private record Kind(String scheme, ClientTls tls) {}

  /**
   * What came back.
   *
   * @param date the {@code Date} header, or null
   */
  record Heard(Answer answer, @Nullable String date) {}

  /**
   * Sends a request, and gives the answer whole.
   *
   * @param tls how the connection is secured, where the URL is {@code https}
   * @param maxBytes of the answer's body; a longer one is {@link Answer.Fate#TOO_LARGE}
   * @throws IOException when there is none: the message says why
   */
  Heard ask(URI url, ClientTls tls, RecordedRequest request, Duration atMost, int maxBytes)
      throws IOException {
    long start = System.nanoTime();
    Future<Heard> heard =
        client(url, tls)
            .request(
                new RequestOptions()
                    .setMethod(HttpMethod.valueOf(request.method()))
                    .setServer(SocketAddress.inetSocketAddress(port(url), host(url)))
                    .setHost(name(url, tls))
                    .setPort(port(url))
                    .setSsl(url.getScheme().equals("https"))
                    .setURI(request.target())
                    .setConnectTimeout(atMost.toMillis()))
            // All on the event loop: from here it might be too late to ask for the answer's end.
            .compose(
                call -> send(call, request).compose(response -> whole(response, start, maxBytes)));
    try {
      return heard
          .toCompletionStage()
          .toCompletableFuture()
          .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + atMost.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(Printable.describe(cause), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Future<HttpClientResponse> send(HttpClientRequest call, RecordedRequest request) {
    for (Map.Entry<String, String> field : request.headers()) {
      if (field.getKey().equalsIgnoreCase("Host")) {
        HostAndPort authority = HostAndPort.parseAuthority(field.getValue(), -1);
        if (authority != null) {
          call.authority(authority);
        }
      } else {
        call.headers().add(field.getKey(), field.getValue());
      }
    }
    return request.body().length == 0 ? call.send() : call.send(Buffer.buffer(request.body()));
  }

  private static Future<Heard> whole(HttpClientResponse response, long start, int maxBytes) {
    Promise<Heard> done = Promise.promise();
    Buffer body = Buffer.buffer();
    boolean[] tooLarge = new boolean[1];
    response.exceptionHandler(done::tryFail);
    response.handler(
        part -> {
          tooLarge[0] |= body.length() + part.length() > maxBytes;
          if (tooLarge[0]) {
            done.tryComplete(heard(response, Answer.Fate.TOO_LARGE, Buffer.buffer(), start));
            response.request().reset();
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(
        end -> done.tryComplete(heard(response, Answer.Fate.COMPLETE, body, start)));
    return done.future();
  }

  private static Heard heard(
      HttpClientResponse response, Answer.Fate fate, Buffer body, long start) {
    Answer answer =
        new Answer(
            fate,
            response.statusCode(),
            response.getHeader("Content-Type"),
            response.getHeader("Content-Encoding"),
            body.getBytes(),
            System.nanoTime() - start,
            null,
            response.getHeader("Inference-Header-Content-Length"));
    return new Heard(answer, response.getHeader("Date"));
  }

  private HttpClient client(URI url, ClientTls tls) throws IOException {
    Kind kind = new Kind(url.getScheme(), tls);
    HttpClient known = clients.get(kind);
    if (known != null) {
      return known;
    }
    try {
      TlsMaterial material = TlsMaterial.load(tls, Instant.now());
      return clients.computeIfAbsent(kind, made -> make(made, material));
    } catch (TlsFault fault) {
      throw new IOException(fault.getMessage(), fault);
    }
  }

  private HttpClient make(Kind kind, TlsMaterial material) {
    HttpClientOptions options = new HttpClientOptions();
    switch (kind.scheme()) {
      case "h2c" -> options.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
      case "https" ->
          options
              .setSsl(true)
              .setUseAlpn(true)
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setVerifyHost(kind.tls().verify())
              .setForceSni(kind.tls().serverName() != null);
      default -> options.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
    HttpClientAgent client = vertx.createHttpClient(options);
    if (kind.scheme().equals("https")) {
      // Complete when it returns.
      client.updateSSLOptions(TlsOptions.client(kind.tls(), material));
    }
    return client;
  }

  /** The name that a server is asked by. */
  static String name(URI url, ClientTls tls) {
    String name = tls.serverName();
    return name == null ? host(url) : name;
  }

  /** A URL's host, an IPv6 address without its brackets. */
  static String host(URI url) {
    return url.getHost().replaceAll("^\\[|]$", "").toLowerCase(Locale.ROOT);
  }

  /** A URL's port, or that of its scheme. */
  static int port(URI url) {
    return url.getPort() != -1 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
