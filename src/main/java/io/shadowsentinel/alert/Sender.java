package io.shadowsentinel.alert;

import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsOptions;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts over HTTP. Follows no redirects, reads no bodies, and ends every attempt, connection
 * and all, within the timeout. Futures never fail and complete on the context that called.
 */
final class Sender {

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final long MAX_IGNORED_BODY_BYTES = 64 * 1024;

  private final Vertx vertx;
  private final Clock clock;
  private final Duration timeout;
  private final TlsStore store;
  private final HttpClient client;

  Sender(Vertx vertx, Clock clock, Duration timeout, TlsStore store) {
    this.vertx = vertx;
    this.clock = clock;
    this.timeout = timeout;
    this.store = store;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                // Alerts are rare: a kept connection would be stale by the next one.
                .setKeepAlive(false)
                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
  }

  Future<Reply> send(URI target, ClientTls tls, OutboxEntry entry) {
    Attempt attempt = new Attempt(target);
    client
        .request(options(target, tls, entry))
        .onSuccess(request -> attempt.connected(request, Buffer.buffer(entry.body())))
        .onFailure(attempt::failed);
    return attempt.reply.future();
  }

  Future<Void> close() {
    return client.close();
  }

  private RequestOptions options(URI target, ClientTls tls, OutboxEntry entry) {
    boolean https = "https".equalsIgnoreCase(target.getScheme());
    String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setSsl(https)
            .setHost(target.getHost().replaceAll("[\\[\\]]", ""))
            .setPort(target.getPort() >= 0 ? target.getPort() : https ? 443 : 80)
            .setURI(target.getRawQuery() == null ? path : path + "?" + target.getRawQuery())
            .putHeader("Content-Type", "application/json")
            .putHeader("User-Agent", "shadow-sentinel")
            .putHeader("Idempotency-Key", entry.id());
    if (https) {
      // Asked anew for each attempt, so that a changed certificate needs nothing more.
      options.setSslOptions(TlsOptions.client(tls, store.of(tls)));
    }
    if (target.getRawUserInfo() != null) {
      String user =
          URLDecoder.decode(target.getRawUserInfo().replace("+", "%2B"), StandardCharsets.UTF_8);
      options.putHeader(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }
    entry.headers().forEach(options::putHeader);
    return options;
  }

  /** The receiver's {@code Retry-After}, in seconds or as a date; null without a valid one. */
  static @Nullable Duration retryAfter(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    if (header.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(header));
    }
    try {
      Instant at = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** One request, from the connection to the end of the response, and the timer that bounds it. */
  private final class Attempt {
    final Promise<Reply> reply = Promise.promise();
    private final URI target;
    private final long timer;
    private @Nullable HttpClientRequest request;
    private long bodyBytes;

    Attempt(URI target) {
      this.target = target;
      this.timer = vertx.setTimer(timeout.toMillis(), id -> timedOut());
    }

    void connected(HttpClientRequest connected, Buffer body) {
      request = connected;
      if (reply.future().isComplete()) {
        abort();
        return;
      }
      connected.send(body).onSuccess(this::answered).onFailure(this::failed);
    }

    private void answered(HttpClientResponse response) {
      int status = response.statusCode();
      response.handler(this::ignore).exceptionHandler(e -> vertx.cancelTimer(timer));
      response.endHandler(end -> vertx.cancelTimer(timer));
      reply.tryComplete(
          status / 100 == 2
              ? new Reply.Delivered()
              : new Reply.Failed(
                  "it answered " + status,
                  retryAfter(response.getHeader("Retry-After"), clock.instant())));
    }

    private void ignore(Buffer part) {
      bodyBytes += part.length();
      if (bodyBytes > MAX_IGNORED_BODY_BYTES) {
        vertx.cancelTimer(timer);
        abort();
      }
    }

    void failed(Throwable e) {
      vertx.cancelTimer(timer);
      reply.tryComplete(new Reply.Failed(describe(e), null));
    }

    private void timedOut() {
      reply.tryComplete(new Reply.Failed("no answer in " + timeout.toMillis() + " ms", null));
      abort();
    }

    private void abort() {
      if (request != null) {
        request.reset();
      }
    }

    /** Messages of the HTTP client may hold the path, which may be a secret. */
    private String describe(Throwable e) {
      String message = e.getClass().getSimpleName() + ": " + e.getMessage();
      for (String secret :
          new @Nullable String[] {
            target.getRawPath(), target.getRawQuery(), target.getRawUserInfo()
          }) {
        if (secret != null && secret.length() > 1) {
          message = message.replace(secret, "…");
        }
      }
      return Wording.line(message);
    }
  }
}
