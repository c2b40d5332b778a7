package io.shadowsentinel;

import static io.shadowsentinel.kit.RawHttp2Client.END_HEADERS;
import static io.shadowsentinel.kit.RawHttp2Client.END_STREAM;
import static io.shadowsentinel.kit.RawHttp2Client.HEADERS;
import static io.shadowsentinel.kit.RawHttp2Client.block;
import static io.shadowsentinel.kit.RawHttp2Client.frameOf;
import static io.shadowsentinel.kit.RawHttp2Client.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever strangers send, and upstreams answer: no stack is in the log, and few lines. */
@Timeout(300)
class QuietLogIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
  private static final byte[] SETTINGS = frameOf(RawHttp2Client.SETTINGS, 0, 0);

  /** Far fewer than there are connections. */
  private static final int MAX_LINES = 60;

  private static final int MAX_BYTES = 30_000;

  @TempDir Path temp;
  private final Reply good = Reply.json("{}");
  private final FakeUpstream champion = FakeUpstream.answering(good);
  private final FakeUpstream bad = FakeUpstream.answering(good);
  private final Random random = new Random(20_261_130);
  private SentinelProcess sentinel;

  @BeforeEach
  void start() throws IOException {
    Path config = temp.resolve("sentinel.yaml");
    String address = "127.0.0.1:" + bad.port();
    Files.writeString(
        config,
        """
        listen: { host: 127.0.0.1, port: 0 }
        admin: { host: 127.0.0.1, port: 0 }
        state: { directory: %1$s }
        routes:
          - { name: bad, match: { path: /bad }, champion: { name: a, urls: [ "http://%2$s" ] } }
          - { name: h2c, match: { path: /h2c }, champion: { name: b, urls: [ "h2c://%2$s" ] } }
          - { name: tls, match: { path: /tls }, champion: { name: c, urls: [ "https://%2$s" ] } }
          - name: good
            match: { path: / }
            champion: { name: d, urls: [ "%3$s" ] }
            challenger: { name: e, urls: [ "http://%2$s" ] }
        """
            .formatted(temp.resolve("state"), address, champion.url()));
    sentinel = SentinelProcess.run(config);
  }

  @AfterEach
  void close() {
    sentinel.close();
    champion.close();
    bad.close();
  }

  /** Sends, takes what comes at once, and goes away, in order or not. */
  private static void hitAndRun(int port, byte[] bytes) {
    try (RawClient stranger = RawClient.connect(port).timeout(Duration.ofMillis(20))) {
      stranger.send(bytes);
      stranger.readSome(65_536);
      if (bytes.length % 2 == 0) {
        stranger.reset();
      }
    } catch (UncheckedIOException refused) {
      // As it should be.
    }
  }

  private void assertQuiet(int connections) {
    assertThat(RawClient.once(sentinel.port(), RawClient.get("/p")).status()).isEqualTo(200);
    assertQuiet(sentinel, connections);
  }

  private static void assertQuiet(SentinelProcess sentinel, int connections) {
    String log = sentinel.output();
    assertThat(log).doesNotContain("\tat ", " | at ", "\nCaused by");
    assertThat(log.lines().count()).as(connections + " connections:\n" + log).isLessThan(MAX_LINES);
    assertThat(log.length()).as(log).isLessThan(MAX_BYTES);
  }

  // HTTP/2

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] heads(int flags, byte[] block) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 300; i++) {
      all.writeBytes(frameOf(HEADERS, flags, 2 * i + 1, block));
    }
    return all.toByteArray();
  }

  private static String[] but(String name, String... fields) {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < fields.length; i += 2) {
      if (!fields[i].equals(name)) {
        left.add(fields[i]);
        left.add(fields[i + 1]);
      }
    }
    return left.toArray(String[]::new);
  }

  private List<byte[]> http2() {
    List<byte[]> all = new ArrayList<>();
    String[] post = request("POST", "/p");
    List<byte[]> blocks =
        List.of(
            new byte[0],
            block(but(":path", post)),
            block(but(":method", post)),
            block(but(":authority", post)),
            block(request("POST", "/p", "content-length", "5")),
            block(request("POST", "/p", "connection", "close")),
            block(request("POST", "/p", "x", "a\r\nb")),
            block(request("POST", "/p", "X", "a")),
            block(request("POST", "/p", "x", "y".repeat(16_000))),
            block(request("CONNECT", "/p")),
            new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f},
            block(post));
    for (byte[] block : blocks) {
      for (int flags : List.of(END_HEADERS, END_HEADERS | END_STREAM, 0)) {
        all.add(joined(PREFACE, SETTINGS, heads(flags, block)));
        all.add(joined(PREFACE, heads(flags, block)));
      }
    }
    // Every type of frame where it does not belong, and as long as it may not be.
    for (int type = 0; type < 12; type++) {
      for (int stream : List.of(0, 1, 2)) {
        for (int length : List.of(0, 1, 8, 17_000)) {
          byte[] frame = frameOf(type, random.nextInt(256), stream, new byte[length]);
          all.add(joined(PREFACE, SETTINGS, frame, frame));
        }
      }
    }
    byte[] valid =
        joined(
            frameOf(HEADERS, END_HEADERS, 1, block(post)),
            frameOf(RawHttp2Client.DATA, END_STREAM, 1, new byte[20]),
            frameOf(HEADERS, END_HEADERS | END_STREAM, 3, block(request("GET", "/q"))));
    for (int i = 0; i < 200; i++) {
      all.add(joined(PREFACE, SETTINGS, mutated(valid)));
    }
    return all;
  }

  private byte[] mutated(byte[] valid) {
    byte[] bytes = valid.clone();
    for (int i = 0; i <= random.nextInt(4); i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  @Test
  void http2_malformedInEveryWay() {
    List<byte[]> all = http2();
    all.forEach(bytes -> hitAndRun(sentinel.port(), bytes));
    assertQuiet(all.size());
  }

  // HTTP/1, at both ports

  @Test
  void http1_malformedInEveryWay() {
    byte[] valid =
        ("POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nX: y\r\n\r\n12345"
                + "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .getBytes(ISO_8859_1);
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(mutated(valid));
    }
    for (int i = 0; i < 50; i++) {
      byte[] noise = new byte[1 + random.nextInt(2_000)];
      random.nextBytes(noise);
      all.add(noise);
    }
    for (int port : List.of(sentinel.port(), adminPort())) {
      all.forEach(bytes -> hitAndRun(port, bytes));
    }
    assertQuiet(2 * all.size());
  }

  // TLS

  /** The first that a client says, as the JDK's says it. */
  private static byte[] clientHello() throws IOException {
    SSLEngine engine = TestCa.trusting(CA).createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  private void afterTheHandshake(int port, String protocol, byte[] bytes) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) TestCa.trusting(CA).getSocketFactory().createSocket("localhost", port)) {
      socket.setEnabledProtocols(new String[] {protocol});
      SSLParameters wished = socket.getSSLParameters();
      wished.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      socket.setSSLParameters(wished);
      socket.setSoTimeout(20);
      try {
        socket.startHandshake();
        socket.getOutputStream().write(bytes);
        if (socket.getInputStream().read(new byte[65_536]) < 0) {
          return;
        }
      } catch (IOException refused) {
        // As it should be, or nothing came in time.
      }
      socket.setSoLinger(bytes.length % 2 == 0, 0);
    }
  }

  @Test
  void tls_malformedInEveryWay() throws IOException {
    TestCa.Written own = CA.issue().write(temp, "own");
    Path config = temp.resolve("secured.yaml");
    Files.writeString(
        config,
        """
        listen: { host: 127.0.0.1, port: 0, tls: { cert: %s, key: %s } }
        admin: { host: 127.0.0.1, port: 0 }
        state: { directory: %s }
        routes: [ { name: good, champion: { name: d, urls: [ "%s" ] } } ]
        """
            .formatted(own.cert(), own.key(), temp.resolve("secured"), champion.url()));
    byte[] hello = clientHello();
    List<byte[]> raw = new ArrayList<>(List.of(RawClient.get("/p"), PREFACE, hello));
    for (int i = 0; i < 50; i++) {
      raw.add(mutated(hello));
      raw.add(Arrays.copyOf(hello, random.nextInt(hello.length)));
      raw.add(joined(hello, mutated(hello)));
    }
    for (int type = 0x13; type < 0x1a; type++) {
      for (int length : List.of(0, 1, 2, 20_000)) {
        byte[] record = {(byte) type, 3, 3, (byte) (length >> 8), (byte) length};
        raw.add(joined(record, new byte[length]));
        raw.add(joined(hello, record, new byte[length]));
      }
    }
    List<byte[]> inside = http2().subList(0, 20);
    try (SentinelProcess secured = SentinelProcess.run(config)) {
      raw.forEach(bytes -> hitAndRun(secured.port(), bytes));
      for (byte[] bytes : inside) {
        afterTheHandshake(secured.port(), "TLSv1.3", bytes);
        afterTheHandshake(secured.port(), "TLSv1.2", bytes);
      }
      try (SSLSocket user =
          (SSLSocket)
              TestCa.trusting(CA).getSocketFactory().createSocket("localhost", secured.port())) {
        user.getOutputStream().write(RawClient.get("/p"));
        assertThat(new String(user.getInputStream().readNBytes(12), ISO_8859_1))
            .isEqualTo("HTTP/1.1 200");
      }
      assertQuiet(secured, raw.size() + 2 * inside.size());
    }
  }

  private int adminPort() {
    String url = sentinel.adminUrl();
    return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
  }

  // Upstreams

  private Map<String, Behaviour> behaviours() {
    Map<String, Behaviour> all = new LinkedHashMap<>();
    byte[] frame = frameOf(HEADERS, END_HEADERS, 2, new byte[] {(byte) 0xff, 1, 2});
    all.put("garbage", Behaviours.garbage());
    all.put("reset", Behaviours.resetOnRequest());
    all.put("close", Behaviours.closeOnRequest());
    all.put("reset at once", Behaviours.resetOnConnect());
    all.put("half", Behaviours.closeEarly(Reply.json("{\"a\":1234567890}")));
    all.put("half, reset", Behaviours.resetMidway(Reply.json("{\"a\":12345}"), Duration.ZERO));
    all.put("frames at once", atOnce(joined(SETTINGS, frame, frame)));
    all.put(
        "settings, garbage",
        atOnce(joined(SETTINGS, "no frame at all, or is it?".getBytes(ISO_8859_1))));
    all.put("plain text at once", atOnce("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(ISO_8859_1)));
    return all;
  }

  private static Behaviour atOnce(byte[] bytes) {
    return new Behaviour() {
      @Override
      public void connected(Wire wire) throws IOException {
        wire.write(bytes);
        wire.close();
      }

      @Override
      public void answer(RecordedRequest request, Wire wire) {}
    };
  }

  @Test
  void upstreams_badInEveryWay() {
    int connections = 0;
    for (Behaviour behaviour : behaviours().values()) {
      bad.behave(behaviour);
      for (String path : List.of("/bad", "/h2c", "/tls", "/good")) {
        for (int i = 0; i < 10; i++) {
          hitAndRun(sentinel.port(), RawClient.post(path, "{}"));
          connections++;
        }
      }
    }
    assertQuiet(connections);
  }

  /** Its client has left when the champion's answer comes, whole or not. */
  @Test
  void upgradesThatAreDeclined_afterTheirClientLeft() {
    byte[] upgrade =
        RawClient.get("/bad", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x");
    int connections = 0;
    for (Behaviour behaviour :
        List.of(
            Behaviours.delayed(Duration.ofMillis(60), Behaviours.reply(good)),
            Behaviours.delayed(Duration.ofMillis(60), Behaviours.closeEarly(good)),
            Behaviours.streaming(Duration.ofMillis(30), "a", "b", "c"),
            Behaviours.resetMidway(good, Duration.ofMillis(60)))) {
      bad.behave(behaviour);
      for (int i = 0; i < 20; i++) {
        try (RawClient user = RawClient.connect(sentinel.port())) {
          user.send(upgrade);
          bad.awaitRequest();
          user.reset();
        }
        connections++;
      }
    }
    Await.until(
        "nothing is in flight", () -> sentinel.metric("shadow_sentinel_requests_in_flight") == 0);
    assertQuiet(connections);
  }
}
