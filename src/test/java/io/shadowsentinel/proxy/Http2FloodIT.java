package io.shadowsentinel.proxy;

import static io.shadowsentinel.proxy.LimitsIT.gauge;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.wire.ListenLimits;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One HTTP/2 connection against everybody else: it ends, and the others are served. */
@Tag("alone")
class Http2FloodIT {
  private static final int REFUSED_STREAM = 7;

  private final FakeUpstream champion = FakeUpstream.start(Behaviours.never());
  private final ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));

  @AfterEach
  void close() {
    proxy.close();
    champion.close();
  }

  private double faults() {
    return proxy
        .registry
        .get("shadow.sentinel.malformed.requests")
        .tag("reason", "http2")
        .counter()
        .count();
  }

  /** It is closed, nothing of it is left, and somebody else is answered. */
  private void over(RawHttp2Client client) {
    assertThat(client.awaitClose()).isNotEqualTo(-2);
    client.close();
    Await.until("it is let go", () -> gauge(proxy, "shadow.sentinel.connections") == 0);
    Await.until(
        "nothing is in flight", () -> gauge(proxy, "shadow.sentinel.requests.in.flight") == 0);
    champion.behave(Behaviours.reply(Reply.json("{}")));
    assertThat(RawClient.once(proxy.port, RawClient.get("/")).status()).isEqualTo(200);
  }

  private static byte[] repeat(byte[] frame, int times) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  /** CVE-2023-44487. */
  @Test
  void rapidReset_endsTheConnection_andTheChampionHasFewRequestsAtOnce() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      byte[] block = RawHttp2Client.block(RawHttp2Client.request("GET", "/"));
      int headers = RawHttp2Client.END_HEADERS | RawHttp2Client.END_STREAM;
      for (int i = 0; i < 20_000; i++) {
        ByteArrayOutputStream pair = new ByteArrayOutputStream();
        int stream = 2 * i + 1;
        pair.writeBytes(RawHttp2Client.frameOf(RawHttp2Client.HEADERS, headers, stream, block));
        pair.writeBytes(
            RawHttp2Client.frameOf(RawHttp2Client.RST_STREAM, 0, stream, RawHttp2Client.number(8)));
        if (!client.send(pair.toByteArray())) {
          break;
        }
      }
      over(client);
    }
    assertThat(champion.connectionCount()).isLessThan(1_000);
    assertThat(faults()).isEqualTo(1);
  }

  /** CVE-2024-27316. */
  @Test
  void continuationFlood_endsTheConnection() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.frame(RawHttp2Client.HEADERS, 0, 1, RawHttp2Client.block(":method", "GET"));
      byte[] more =
          RawHttp2Client.frameOf(
              RawHttp2Client.CONTINUATION, 0, 1, RawHttp2Client.block("x", "y".repeat(1_000)));
      for (int i = 0; i < 100_000; i++) {
        if (!client.send(more)) {
          break;
        }
      }
      over(client);
    }
    assertThat(champion.requestCount()).isEqualTo(1);
  }

  @Test
  void emptyContinuationFlood_endsTheConnection() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.frame(RawHttp2Client.HEADERS, 0, 1);
      client.send(repeat(RawHttp2Client.frameOf(RawHttp2Client.CONTINUATION, 0, 1), 100_000));
      over(client);
    }
  }

  /** CVE-2019-9512: its answers are not read. */
  @Test
  void pingFlood_endsTheConnection() {
    flood(RawHttp2Client.frameOf(RawHttp2Client.PING, 0, 0, new byte[8]));
  }

  /** CVE-2019-9515. */
  @Test
  void settingsFlood_endsTheConnection() {
    flood(RawHttp2Client.frameOf(RawHttp2Client.SETTINGS, 0, 0));
  }

  private void flood(byte[] frame) {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      byte[] many = repeat(frame, 1_000);
      for (int i = 0; i < 5_000; i++) {
        if (!client.send(many)) {
          break;
        }
      }
      over(client);
    }
  }

  /** CVE-2019-9518. */
  @Test
  void emptyDataFlood_endsTheConnection() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, false, RawHttp2Client.request("POST", "/"));
      client.send(repeat(RawHttp2Client.frameOf(RawHttp2Client.DATA, 0, 1), 10_000));
      over(client);
    }
  }

  /** CVE-2025-8671: it is the server that is made to reset. */
  @Test
  void resetsThatTheServerIsMadeToSend_endTheConnection() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      for (int i = 0; i < 20_000; i++) {
        int stream = 2 * i + 1;
        client.headers(stream, true, RawHttp2Client.request("GET", "/"));
        boolean open =
            client.send(
                RawHttp2Client.frameOf(
                    RawHttp2Client.WINDOW_UPDATE, 0, stream, RawHttp2Client.number(0)));
        if (!open) {
          break;
        }
      }
      over(client);
    }
    assertThat(champion.connectionCount()).isLessThan(1_000);
  }

  @Test
  void headerThatUnpacksToMuch_isRefused() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.writeBytes(RawHttp2Client.block(RawHttp2Client.request("GET", "/")));
      // One field into the dynamic table, and then 10,000 references to it: 40 MB of header.
      byte[] literal = RawHttp2Client.block("x", "y".repeat(4_000));
      literal[0] = 0x40;
      block.writeBytes(literal);
      for (int i = 0; i < 10_000; i++) {
        block.write(0x80 | 62);
      }
      client.frame(
          RawHttp2Client.HEADERS,
          RawHttp2Client.END_HEADERS | RawHttp2Client.END_STREAM,
          1,
          block.toByteArray());

      RawHttp2Client.Outcome outcome = client.outcome(1);
      assertThat(outcome.end()).isNotEqualTo(RawHttp2Client.End.TIMED_OUT);
      assertThat(outcome.status()).isIn(0, 431);
    }
    assertThat(champion.requestCount()).isZero();
  }

  @Test
  void streamsOverTheLimit_reachNoChampion() {
    int limit = ListenLimits.DEFAULTS.maxStreams();
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      // Fewer too many than would end the connection, and with it the requests that are allowed.
      int streams = limit + 50;
      for (int i = 0; i < streams; i++) {
        client.headers(2 * i + 1, true, RawHttp2Client.request("GET", "/" + i));
      }
      for (int i = limit; i < streams; i++) {
        RawHttp2Client.Outcome refused = client.outcome(2 * i + 1);
        assertThat(refused.end()).isEqualTo(RawHttp2Client.End.RESET);
        assertThat(refused.code()).isEqualTo(REFUSED_STREAM);
      }
      champion.awaitRequestCount(limit);
      assertThat(champion.requestCount()).isEqualTo(limit);
    }
    Await.until(
        "nothing is in flight",
        Duration.ofSeconds(10),
        () -> gauge(proxy, "shadow.sentinel.requests.in.flight") == 0);
  }
}
