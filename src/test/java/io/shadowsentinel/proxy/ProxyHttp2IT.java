package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 on either side, with prior knowledge. */
class ProxyHttp2IT {
  private final Vertx vertx = Vertx.vertx();
  private final FakeUpstream champion =
      FakeUpstream.answering(
          Reply.json("{\"ok\":true}").withHeader("Trailer", "X-Sum").withTrailer("X-Sum", "1"));
  private final FakeUpstream challenger = FakeUpstream.answering(Reply.json("{\"ok\":true}"));

  @AfterEach
  void close() {
    champion.close();
    challenger.close();
    ProxyHarness.await(vertx.close());
  }

  private record Got(HttpClientResponse answer, Buffer body) {}

  private HttpClient client(HttpClientOptions options) {
    return vertx.createHttpClient(options.setProtocolVersion(HttpVersion.HTTP_2));
  }

  private static Got post(HttpClient client, int port, String body) {
    return ProxyHarness.await(
        client
            .request(HttpMethod.POST, port, "localhost", "/p?q=1")
            .compose(
                request ->
                    request.putHeader("content-type", "application/json").send(Buffer.buffer(body)))
            .compose(answer -> answer.body().map(got -> new Got(answer, got))));
  }

  @Test
  void priorKnowledge_isServed_andMirrored() {
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.shadowing(champion.url(), challenger.url()))) {
      HttpClient client = client(new HttpClientOptions().setHttp2ClearTextUpgrade(false));
      Got got = post(client, proxy.port, "{\"x\":1}");

      assertThat(got.answer().version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(got.answer().statusCode()).isEqualTo(200);
      assertThat(got.body().toString()).isEqualTo("{\"ok\":true}");
      assertThat(got.answer().getTrailer("x-sum")).isEqualTo("1");
      RecordedRequest seen = champion.awaitRequest();
      assertThat(seen.version()).isEqualTo("HTTP/1.1");
      assertThat(seen.target()).isEqualTo("/p?q=1");
      assertThat(seen.header("Host")).isEqualTo("localhost:" + proxy.port);
      assertThat(seen.bodyText()).isEqualTo("{\"x\":1}");
      assertThat(seen.headers().names()).noneMatch(name -> name.startsWith(":"));
      assertThat(challenger.awaitRequest().bodyText()).isEqualTo("{\"x\":1}");
      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.exchanges).hasSize(1);
    }
  }

  /** The whole body is there before a connection to the champion is. */
  @Test
  void bodyOfUnknownLength_reachesTheChampion_whole() {
    try (ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
        RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, false, RawHttp2Client.request("POST", "/p"));
      client.data(1, false, "hello ").data(1, true, "world");
      client.headers(3, false, RawHttp2Client.request("POST", "/p"));
      client.data(3, true, "");

      assertThat(client.outcome(1).status()).isEqualTo(200);
      assertThat(client.outcome(3).status()).isEqualTo(200);
    }
    assertThat(champion.takeRequests())
        .extracting(RecordedRequest::bodyText)
        .containsExactlyInAnyOrder("hello world", "");
  }

  @Test
  void championThatSpeaksHttp2_getsTheRequest_andItsTrailersPass() {
    HttpServer server =
        ProxyHarness.await(
            vertx
                .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(
                    request ->
                        request
                            .body()
                            .onSuccess(
                                body -> {
                                  request.response().setChunked(true);
                                  request.response().putHeader("x-version", "" + request.version());
                                  request.response().putHeader("x-host", "" + request.authority());
                                  request.response().putTrailer("grpc-status", "0");
                                  request.response().end(body);
                                }))
                .listen());
    try (ProxyHarness proxy =
        new ProxyHarness(Routes.plain("r", "/", "h2c://127.0.0.1:" + server.actualPort()))) {
      HttpClient client = client(new HttpClientOptions().setHttp2ClearTextUpgrade(false));
      Got got = post(client, proxy.port, "{\"y\":2}");

      assertThat(got.body().toString()).isEqualTo("{\"y\":2}");
      assertThat(got.answer().getHeader("x-version")).isEqualTo("HTTP_2");
      assertThat(got.answer().getHeader("x-host")).isEqualTo("localhost:" + proxy.port);
      assertThat(got.answer().getTrailer("grpc-status")).isEqualTo("0");
    }
  }
}
