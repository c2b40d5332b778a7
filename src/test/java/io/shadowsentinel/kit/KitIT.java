package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.kit.RawResponse.End;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class KitIT {
  private static final Reply OK = Reply.json("{\"prediction\":7}");

  @Test
  void request_anyHeaders_isRecordedInOrderCaseAndBytes() {
    try (FakeUpstream upstream = FakeUpstream.answering(OK)) {
      byte[] body = Bodies.noise(5000, 1);
      RawClient.once(
          upstream.port(),
          RawClient.request("PUT", "/a?b=%20", body, "x-B: 2", "X-A: 1", "x-b: 3"));
      RecordedRequest request = upstream.awaitRequest();
      assertThat(request.method()).isEqualTo("PUT");
      assertThat(request.target()).isEqualTo("/a?b=%20");
      assertThat(request.headers().names())
          .containsExactly("Host", "x-B", "X-A", "x-b", "Content-Length");
      assertThat(request.headers().all("X-B")).containsExactly("2", "3");
      assertThat(request.body()).isEqualTo(body);
      assertThat(upstream.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void request_chunkedWithTrailer_isDecoded() {
    try (FakeUpstream upstream = FakeUpstream.answering(OK);
        RawClient client = RawClient.connect(upstream.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n");
      assertThat(client.read().complete()).isTrue();
      RecordedRequest request = upstream.awaitRequest();
      assertThat(request.bodyText()).isEqualTo("abcde");
      assertThat(request.trailers().first("x-sum")).contains("5");
    }
  }

  @Test
  void request_expectingContinue_isAskedForItsBody() {
    try (FakeUpstream upstream = FakeUpstream.answering(OK);
        RawClient client = RawClient.connect(upstream.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(new String(client.readSome(64), ISO_8859_1)).startsWith("HTTP/1.1 100 ");
      assertThat(client.send("hi").read().status()).isEqualTo(200);
      assertThat(upstream.awaitRequest().bodyText()).isEqualTo("hi");
    }
  }

  @Test
  void keepAlive_twoRequests_useOneConnection() {
    try (FakeUpstream upstream = FakeUpstream.answering(OK);
        RawClient client = RawClient.connect(upstream.port())) {
      client.exchange(RawClient.get("/1"));
      client.exchange(RawClient.get("/2"));
      assertThat(upstream.connectionCount()).isEqualTo(1);
      assertThat(upstream.takeRequests())
          .extracting(RecordedRequest::target)
          .containsExactly("/1", "/2");
    }
  }

  @Test
  void reply_chunkedWithTrailers_keepsWireAndDecodedBytes() {
    Reply reply = Reply.json("abcdefgh").chunked(3).withTrailer("X-End", "yes");
    try (FakeUpstream upstream = FakeUpstream.answering(reply)) {
      RawResponse response = RawClient.once(upstream.port(), RawClient.get("/"));
      assertThat(new String(response.wireBody(), ISO_8859_1))
          .isEqualTo("3\r\nabc\r\n3\r\ndef\r\n2\r\ngh\r\n0\r\nX-End: yes\r\n\r\n");
      assertThat(response.bodyText()).isEqualTo("abcdefgh");
      assertThat(response.trailers().first("x-end")).contains("yes");
      assertThat(response.complete()).isTrue();
    }
  }

  @Test
  void reply_closeDelimitedAndGzipped_isReadToTheEnd() throws IOException {
    Reply reply = OK.gzipped().closeDelimited();
    try (FakeUpstream upstream = FakeUpstream.answering(reply)) {
      RawResponse response = RawClient.once(upstream.port(), RawClient.get("/"));
      assertThat(response.header("content-encoding")).isEqualTo("gzip");
      assertThat(response.headers().has("Content-Length")).isFalse();
      byte[] plain = new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes();
      assertThat(plain).isEqualTo(OK.body());
    }
  }

  @Test
  void reply_toHeadAndNoContent_hasNoBody() {
    try (FakeUpstream upstream =
            FakeUpstream.start(
                Behaviours.sequence(Behaviours.reply(OK), Behaviours.reply(OK.withStatus(204))));
        RawClient client = RawClient.connect(upstream.port())) {
      RawResponse head = client.exchange(RawClient.request("HEAD", "/", null));
      assertThat(head.header("Content-Length")).isEqualTo("16");
      assertThat(head.body()).isEmpty();
      RawResponse noContent = client.exchange(RawClient.get("/"));
      assertThat(noContent.status()).isEqualTo(204);
      assertThat(noContent.headers().has("Content-Length")).isFalse();
    }
  }

  @Test
  void response_halfThenClose_isClosedEarlyWithTheHalf() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.closeEarly(OK))) {
      RawResponse response = RawClient.once(upstream.port(), RawClient.get("/"));
      assertThat(response.end()).isEqualTo(End.CLOSED_EARLY);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).hasSize(OK.body().length / 2);
    }
  }

  @Test
  void response_resetOnRequest_isBroken() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.resetOnRequest())) {
      RawResponse response = RawClient.once(upstream.port(), RawClient.get("/"));
      assertThat(response.end()).isEqualTo(End.BROKEN);
      assertThat(response.statusLine()).isEmpty();
    }
  }

  @Test
  void response_resetMidway_isBrokenAfterItsStatusLine() {
    Behaviour behaviour = Behaviours.resetMidway(OK, Duration.ofMillis(100));
    try (FakeUpstream upstream = FakeUpstream.start(behaviour)) {
      RawResponse response = RawClient.once(upstream.port(), RawClient.get("/"));
      assertThat(response.end()).isEqualTo(End.BROKEN);
      assertThat(response.status()).isEqualTo(200);
    }
  }

  @Test
  void connection_resetOnConnect_bringsNoRequest() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.resetOnConnect())) {
      End end;
      try {
        end = RawClient.once(upstream.port(), RawClient.get("/")).end();
      } catch (UncheckedIOException resetWhileSending) {
        end = End.BROKEN;
      }
      assertThat(end).isEqualTo(End.BROKEN);
      assertThat(upstream.requestCount()).isZero();
    }
  }

  @Test
  void response_garbage_isBroken() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.garbage())) {
      assertThat(RawClient.once(upstream.port(), RawClient.get("/")).complete()).isFalse();
    }
  }

  @Test
  void response_never_timesOutAndTheUpstreamSeesTheClientGo() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.never())) {
      try (RawClient client = RawClient.connect(upstream.port())) {
        client.timeout(Duration.ofMillis(50));
        assertThat(client.exchange(RawClient.get("/")).end()).isEqualTo(End.TIMED_OUT);
      }
      Await.value("a disconnect", upstream::disconnectCount, n -> n == 1);
    }
  }

  @Test
  void response_endlessBody_goesOnUntilTheClientGoes() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.endlessBody())) {
      try (RawClient client = RawClient.connect(upstream.port())) {
        client.send(RawClient.get("/"));
        int seen = 0;
        while (seen < 4 << 20) {
          seen += client.readSome(1 << 16).length;
        }
      }
      Await.value("a disconnect", upstream::disconnectCount, n -> n == 1);
    }
  }

  @Test
  void response_hugeBody_hasItsLength() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.hugeBody(3))) {
      RawResponse response = RawClient.once(upstream.port(), RawClient.get("/"));
      assertThat(response.body()).hasSize(3 << 20);
      assertThat(response.complete()).isTrue();
    }
  }

  @Test
  void response_trickledOrDelayed_isWhole() {
    Behaviour slow =
        Behaviours.sequence(
            Behaviours.trickle(OK, Duration.ofMillis(1)),
            Behaviours.delayed(Duration.ofMillis(20), Behaviours.reply(OK)));
    try (FakeUpstream upstream = FakeUpstream.start(slow);
        RawClient client = RawClient.connect(upstream.port())) {
      assertThat(client.exchange(RawClient.get("/")).body()).isEqualTo(OK.body());
      assertThat(client.exchange(RawClient.get("/")).body()).isEqualTo(OK.body());
    }
  }

  @Test
  void reply_madeFromTheRequest_differsByRequest() {
    try (FakeUpstream upstream =
        FakeUpstream.start(Behaviours.replying(r -> Reply.json(r.target())))) {
      assertThat(RawClient.once(upstream.port(), RawClient.get("/x")).bodyText()).isEqualTo("/x");
      assertThat(RawClient.once(upstream.port(), RawClient.get("/y")).bodyText()).isEqualTo("/y");
    }
  }

  @Test
  void upgrade_thenBytes_comeBack() {
    try (FakeUpstream upstream = FakeUpstream.start(Behaviours.upgradeThenEcho());
        RawClient client = RawClient.connect(upstream.port())) {
      RawResponse switched =
          client.exchange(RawClient.get("/", "Connection: Upgrade", "Upgrade: websocket"));
      assertThat(switched.status()).isEqualTo(101);
      assertThat(new String(client.send("ping").readSome(16), UTF_8)).isEqualTo("ping");
    }
  }

  @Test
  void refusingPort_isRefused() {
    assertThatThrownBy(() -> RawClient.connect(FakeUpstream.refusingPort()))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void client_resetBetweenRequests_isNoDisconnect() {
    try (FakeUpstream upstream = FakeUpstream.answering(OK)) {
      RawClient client = RawClient.connect(upstream.port());
      client.exchange(RawClient.get("/"));
      client.reset();
      Await.until("no connection is open", () -> upstream.openConnections() == 0);
      assertThat(upstream.disconnectCount()).isZero();
    }
  }

  @Test
  void close_withOpenConnections_endsThem() {
    FakeUpstream upstream = FakeUpstream.start(Behaviours.never());
    try (RawClient client = RawClient.connect(upstream.port())) {
      client.send(RawClient.get("/"));
      upstream.awaitRequest();
      upstream.close();
      assertThat(client.read().complete()).isFalse();
      Await.until("no connection is open", () -> upstream.openConnections() == 0);
      assertThat(upstream.disconnectCount()).isZero();
    }
  }
}
