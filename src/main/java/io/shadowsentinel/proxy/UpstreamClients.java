package io.shadowsentinel.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.tracing.TracingPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP clients of one event loop for one side. Champion and challenger have one each, so that a
 * challenger can never use up a connection that a user needs. Bound to one event loop.
 */
final class UpstreamClients {
  /**
   * Idle connections are closed before most servers close them (uvicorn: 5 s, Node: 5 s), because a
   * request that meets a close on its way cannot be sent again.
   */
  private static final int KEEP_ALIVE_SECONDS = 4;

  private static final int MAX_HEADER_BYTES = 64 << 10;

  private final Vertx vertx;
  private final int maxConnections;
  private final int maxWaiting;
  private final List<HttpClient> open = new ArrayList<>();
  private @Nullable HttpClient http;
  private @Nullable HttpClient h2c;
  private @Nullable HttpClient https;
  private @Nullable HttpClient httpsOne;

  /**
   * Clients that open connections as they need them.
   *
   * @param maxConnections to one upstream, from this loop
   * @param maxWaiting requests that may wait for one of them
   */
  UpstreamClients(Vertx vertx, int maxConnections, int maxWaiting) {
    this.vertx = vertx;
    this.maxConnections = maxConnections;
    this.maxWaiting = maxWaiting;
  }

  /** The client for an upstream's protocol. */
  HttpClient of(UpstreamSet.Upstream upstream) {
    switch (upstream.protocol) {
      case H2C:
        if (h2c == null) {
          h2c =
              build(
                  options().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        }
        return h2c;
      case HTTPS:
        if (https == null) {
          https =
              build(options().setSsl(true).setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2));
        }
        return https;
      case HTTP:
      default:
        if (http == null) {
          http = build(options());
        }
        return http;
    }
  }

  /** A client that speaks HTTP/1.1 whatever the upstream offers: for protocol upgrades. */
  HttpClient ofUpgrade(UpstreamSet.Upstream upstream) {
    if (upstream.protocol == UpstreamSet.Protocol.HTTPS) {
      if (httpsOne == null) {
        httpsOne = build(options().setSsl(true));
      }
      return httpsOne;
    }
    if (http == null) {
      http = build(options());
    }
    return http;
  }

  void close() {
    open.forEach(HttpClient::close);
  }

  private HttpClient build(HttpClientOptions options) {
    HttpClient client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(maxConnections)
                    .setHttp2MaxSize(4)
                    .setMaxWaitQueueSize(maxWaiting))
            .build();
    open.add(client);
    return client;
  }

  private static HttpClientOptions options() {
    return new HttpClientOptions()
        .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
        .setHttp2KeepAliveTimeout(60)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setMaxInitialLineLength(MAX_HEADER_BYTES)
        .setMaxChunkSize(65_536)
        .setTcpNoDelay(true)
        .setDecompressionSupported(false)
        .setTracingPolicy(TracingPolicy.IGNORE);
  }
}
