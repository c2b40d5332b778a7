package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import io.micrometer.core.instrument.Timer;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.exchange.StreamTiming;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.Wire;
import io.shadowsentinel.table.MirrorSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that come part by part, from both models, through a real proxy. */
class StreamIT {
  private static final byte[] POST = RawClient.post("/", "{\"stream\":true}");
  private static final String EVENTS = "text/event-stream; charset=utf-8";
  private static final String DONE = "data: [DONE]\n\n";
  private static final int BODY_CAP = 4_096;

  private final FakeUpstream champion = FakeUpstream.answering(Reply.json("{}"));
  private final FakeUpstream challenger = FakeUpstream.answering(Reply.json("{}"));

  @AfterEach
  void closeUpstreams() {
    champion.close();
    challenger.close();
  }

  @Test
  void streams_ofBothSides_passByteForByte_andAgree() {
    // Cut inside a character, a line end and a field, as a network may.
    byte[] body = (": hi\r\n\r\n" + chunk("Grüße ") + chunk("日本😀") + DONE).getBytes(UTF_8);
    champion.behave(streaming(EVENTS, pieces(body, 7)));
    challenger.behave(streaming(EVENTS, bytes(chunk("Grü")), bytes(chunk("ße 日本😀") + DONE)));
    try (ProxyHarness proxy = proxy()) {
      RawResponse answer = RawClient.once(proxy.port, POST);

      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).isEqualTo(body);
      assertThat(answer.header("Content-Type")).isEqualTo(EVENTS);
      Exchange exchange = onlyExchange(proxy);
      assertThat(exchange.champion().body()).isEqualTo(body);
      assertThat(outcome(exchange)).isEqualTo(Outcome.AGREE);
    }
  }

  @Test
  void chunk_neverWaitsForTheNext() throws InterruptedException {
    Semaphore read = new Semaphore(0);
    List<String> chunks = List.of(chunk("a"), "data", ": x\n", chunk("b"), DONE);
    // The upstream sends a part only when the user has the one before it.
    champion.behave(
        (request, wire) -> {
          head(wire, EVENTS);
          for (String each : chunks) {
            acquire(read);
            write(wire, bytes(each));
          }
          acquire(read);
          wire.write("0\r\n\r\n");
        });
    try (ProxyHarness proxy = proxy();
        RawClient client = RawClient.connect(proxy.port)) {
      client.send(POST);
      assertThat(readUntil(client, "\r\n\r\n")).startsWith("HTTP/1.1 200");
      for (String each : chunks) {
        read.release();
        assertThat(readUntil(client, each + "\r\n")).endsWith(each + "\r\n");
      }
      read.release();
      assertThat(readUntil(client, "0\r\n\r\n")).isEqualTo("0\r\n\r\n");

      proxy.awaitSettled("r", Routes.SCOPE, 1);
      StreamTiming timing = Objects.requireNonNull(onlyExchange(proxy).champion().stream());
      assertThat(timing.chunks()).isEqualTo(chunks.size());
      assertThat(timing.firstChunkNanos()).isPositive();
      assertThat(timing.maxGapNanos()).isGreaterThanOrEqualTo(timing.meanGapNanos()).isPositive();
      assertThat(timer(proxy, "first.chunk", "champion").count()).isEqualTo(1);
      assertThat(timer(proxy, "gap", "champion").count()).isEqualTo(chunks.size() - 1L);
    }
  }

  @Test
  void silentChallenger_holdsNoChunkBack() throws InterruptedException {
    CountDownLatch answered = new CountDownLatch(1);
    champion.behave(streaming(EVENTS, bytes(chunk("a")), bytes(DONE)));
    challenger.behave(
        (request, wire) -> {
          head(wire, EVENTS);
          await(answered);
          write(wire, bytes(chunk("a") + DONE));
          wire.write("0\r\n\r\n");
        });
    try (ProxyHarness proxy = proxy()) {
      RawResponse answer = RawClient.once(proxy.port, POST);
      assertThat(answer.bodyText()).isEqualTo(chunk("a") + DONE);
      answered.countDown();

      assertThat(outcome(onlyExchange(proxy))).isEqualTo(Outcome.AGREE);
    }
  }

  @Test
  void timing_isOfStreamsAlone() {
    challenger.behave(streaming("application/x-ndjson", bytes("{}\n")));
    try (ProxyHarness proxy = proxy()) {
      RawClient.once(proxy.port, POST);

      Exchange exchange = onlyExchange(proxy);
      assertThat(exchange.champion().stream()).isNull();
      assertThat(exchange.challenger().stream()).isNotNull();
      assertThat(proxy.registry.find("shadow.sentinel.stream.gap").tag("role", "champion").meters())
          .isEmpty();
      assertThat(timer(proxy, "first.chunk", "challenger").count()).isEqualTo(1);
    }
  }

  @Test
  void lines_passByteForByte_andAreCompared() {
    byte[] body = bytes("{\"a\":1}\n{\"a\":2}\n");
    champion.behave(streaming("application/x-ndjson", pieces(body, 3)));
    challenger.behave(streaming("application/jsonl", body));
    try (ProxyHarness proxy = proxy()) {
      assertThat(RawClient.once(proxy.port, POST).body()).isEqualTo(body);
      assertThat(Comparator.of(CompareSettings.DEFAULTS).compare(onlyExchange(proxy)).outcome())
          .isEqualTo(Outcome.AGREE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {BODY_CAP - 1, BODY_CAP, BODY_CAP + 1, 20 * BODY_CAP})
  void championOverTheCap_isTooLarge_andTheUserGetsAll(int length) {
    byte[] body = bytes(":" + "x".repeat(length - DONE.length() - 2) + "\n" + DONE);
    champion.behave(streaming(EVENTS, pieces(body, 1_000)));
    challenger.behave(streaming(EVENTS, bytes(chunk("a") + DONE)));
    try (ProxyHarness proxy = proxy()) {
      RawResponse answer = RawClient.once(proxy.port, POST);

      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).isEqualTo(body).hasSize(length);
      Answer captured = onlyExchange(proxy).champion();
      assertThat(captured.fate())
          .isEqualTo(length > BODY_CAP ? Answer.Fate.TOO_LARGE : Answer.Fate.COMPLETE);
      assertThat(captured.body()).hasSize(length > BODY_CAP ? 0 : length);
    }
  }

  @Test
  void challengerOverTheCap_isCutOff_andTheUserGetsAll() {
    byte[] body = bytes(chunk("a") + DONE);
    champion.behave(streaming(EVENTS, body));
    challenger.behave(
        (request, wire) -> {
          head(wire, EVENTS);
          while (true) {
            write(wire, bytes(chunk("more")));
          }
        });
    try (ProxyHarness proxy = proxy()) {
      assertThat(RawClient.once(proxy.port, POST).body()).isEqualTo(body);

      Exchange exchange = onlyExchange(proxy);
      assertThat(exchange.challenger().fate()).isEqualTo(Answer.Fate.TOO_LARGE);
      assertThat(outcome(exchange)).isEqualTo(Outcome.CHALLENGER_ERROR);
      Await.until("the endless stream is dropped", () -> challenger.disconnectCount() == 1);
    }
  }

  @Test
  void userWhoLeavesMidway_isCancelled_onBothSides() {
    Behaviour endless =
        (request, wire) -> {
          head(wire, EVENTS);
          write(wire, bytes(chunk("a")));
          Behaviours.never().answer(request, wire);
        };
    champion.behave(endless);
    challenger.behave(endless);
    try (ProxyHarness proxy = proxy()) {
      try (RawClient client = RawClient.connect(proxy.port)) {
        client.send(POST);
        readUntil(client, chunk("a"));
        challenger.awaitRequestCount(1);
        client.reset();
      }

      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(proxy.shed()).containsOnlyKeys(ShedReason.CANCELLED);
      assertThat(proxy.exchanges).isEmpty();
      Await.until("the champion's stream is cancelled", () -> champion.disconnectCount() == 1);
      Await.until("the challenger's stream is cancelled", () -> challenger.disconnectCount() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"error\":{\"message\":\"out of memory\",\"type\":\"server_error\"}}\n\n",
        "event: error\ndata: {\"message\":\"out of memory\"}\n\n",
        ""
      })
  void errorMidway_isTheFaultOfItsSide(String error) {
    String good = chunk("a") + chunk("b") + DONE;
    String bad = chunk("a") + error;
    try (ProxyHarness proxy = proxy()) {
      champion.behave(streaming(EVENTS, bytes(good)));
      challenger.behave(streaming(EVENTS, bytes(chunk("a")), bytes(error)));
      assertThat(RawClient.once(proxy.port, POST).bodyText()).isEqualTo(good);
      proxy.awaitSettled("r", Routes.SCOPE, 1);
      assertThat(outcome(proxy.exchanges.get(0))).isEqualTo(Outcome.CHALLENGER_ERROR);

      champion.behave(streaming(EVENTS, bytes(chunk("a")), bytes(error)));
      challenger.behave(streaming(EVENTS, bytes(good)));
      assertThat(RawClient.once(proxy.port, POST).bodyText()).isEqualTo(bad);
      proxy.awaitSettled("r", Routes.SCOPE, 2);
      assertThat(outcome(proxy.exchanges.get(1))).isEqualTo(Outcome.INCOMPARABLE);
    }
  }

  @Test
  void challengerThatBreaksMidway_isItsError_andTheUserGetsAll() {
    byte[] body = bytes(chunk("a") + DONE);
    champion.behave(streaming(EVENTS, body));
    challenger.behave(
        (request, wire) -> {
          head(wire, EVENTS);
          write(wire, bytes(chunk("a")));
          wire.reset();
        });
    try (ProxyHarness proxy = proxy()) {
      assertThat(RawClient.once(proxy.port, POST).body()).isEqualTo(body);

      Exchange exchange = onlyExchange(proxy);
      assertThat(exchange.challenger().fate()).isEqualTo(Answer.Fate.BROKEN);
      assertThat(outcome(exchange)).isEqualTo(Outcome.CHALLENGER_ERROR);
    }
  }

  @Test
  void stream_againstAnAnswerAtOnce_agrees() {
    champion.behave(streaming(EVENTS, bytes(chunk("a")), bytes(chunk("b") + DONE)));
    challenger.behave(
        Behaviours.reply(
            Reply.json("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"ab\"}}]}")));
    try (ProxyHarness proxy = proxy()) {
      RawClient.once(proxy.port, POST);
      assertThat(outcome(onlyExchange(proxy))).isEqualTo(Outcome.AGREE);
    }
  }

  private ProxyHarness proxy() {
    MirrorSettings mirror = Routes.mirror("100", Duration.ofSeconds(30), 256, BODY_CAP);
    return new ProxyHarness(Routes.shadowing("r", "/", champion.url(), challenger.url(), mirror));
  }

  private static Exchange onlyExchange(ProxyHarness proxy) {
    proxy.awaitSettled("r", Routes.SCOPE, 1);
    assertThat(proxy.exchanges).hasSize(1);
    return proxy.exchanges.get(0);
  }

  private static Outcome outcome(Exchange exchange) {
    CompareSettings settings =
        new CompareSettings(
            "json", JsonPointer.compile("/choices/0/message/content"), null, List.of(), 0, 0.9);
    return Comparator.of(settings).compare(exchange).outcome();
  }

  private static Timer timer(ProxyHarness proxy, String name, String role) {
    return proxy
        .registry
        .get("shadow.sentinel.stream." + name)
        .tag("route", "r")
        .tag("role", role)
        .timer();
  }

  private static String chunk(String content) {
    return "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":"
        + "{\"content\":\""
        + content
        + "\"}}]}\n\n";
  }

  private static Behaviour streaming(String type, byte[]... parts) {
    return (request, wire) -> {
      head(wire, type);
      for (byte[] part : parts) {
        write(wire, part);
      }
      wire.write("0\r\n\r\n");
    };
  }

  private static void head(Wire wire, String type) throws IOException {
    wire.write(
        "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
  }

  private static void write(Wire wire, byte[] part) throws IOException {
    if (part.length == 0) {
      return; // in HTTP the end of the body
    }
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes(bytes(Integer.toHexString(part.length) + "\r\n"));
    chunk.writeBytes(part);
    chunk.writeBytes(bytes("\r\n"));
    wire.write(chunk.toByteArray());
  }

  private static byte[][] pieces(byte[] bytes, int size) {
    byte[][] pieces = new byte[(bytes.length + size - 1) / size][];
    Arrays.setAll(
        pieces, i -> Arrays.copyOfRange(bytes, i * size, Math.min(bytes.length, (i + 1) * size)));
    return pieces;
  }

  /** Reads no further than up to the text, so that what was read before it is told apart. */
  private static String readUntil(RawClient client, String end) {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!read.toString(UTF_8).endsWith(end)) {
      byte[] next = client.readSome(1);
      assertThat(next).as("after %s", read.toString(UTF_8)).isNotEmpty();
      read.writeBytes(next);
    }
    return read.toString(UTF_8);
  }

  private static void acquire(Semaphore permits) throws IOException {
    try {
      if (!permits.tryAcquire(15, TimeUnit.SECONDS)) {
        throw new SocketException("the user did not get the part before");
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted");
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(15, TimeUnit.SECONDS)) {
        throw new SocketException("the user's answer did not come");
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
