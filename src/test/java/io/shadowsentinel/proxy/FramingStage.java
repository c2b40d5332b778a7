package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import java.time.Duration;
import java.util.List;

/**
 * A proxy between a client that sends exact bytes and two models that tell what reached them. Kept
 * for many cases: after each, a request on every event loop shows that nothing else was sent on.
 */
final class FramingStage implements AutoCloseable {
  /** What a smuggler wants the champion to see as a request of its own. */
  static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

  /** Without an answer a case fails after this long; the answers themselves come at once. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final FakeUpstream champion = FakeUpstream.answering(Reply.json("{\"ok\":true}"));
  final FakeUpstream challenger = FakeUpstream.answering(Reply.json("{\"ok\":true}"));
  final ProxyHarness proxy;

  FramingStage() {
    this(ProxyHarness.PLAIN);
  }

  FramingStage(ProxySettings settings) {
    proxy =
        new ProxyHarness(
            settings,
            Routes.shadowing(
                "r",
                "/",
                champion.url(),
                challenger.url(),
                Routes.mirror("100", Duration.ofSeconds(10), 256, 1 << 20)));
    settle();
  }

  /** Sends bytes on a connection of their own, and reads all that comes until the proxy closes. */
  List<RawResponse> converse(String bytes) {
    try (RawClient client = RawClient.connect(proxy.port)) {
      return client.timeout(PATIENCE).send(bytes).readToEnd();
    }
  }

  /** The proxy refuses the first request of these, closes, and neither model gets one. */
  void refuses(int status, String bytes) {
    List<RawResponse> answers = converse(bytes);
    List<RecordedRequest> seen = settle();
    List<RecordedRequest> mirrored = challenger.takeRequests();

    assertThat(seen).isEmpty();
    assertThat(mirrored).isEmpty();
    assertThat(answers).extracting(RawResponse::status).containsExactly(status, 0);
    assertThat(answers.get(0).header("Connection")).isEqualTo("close");
    assertThat(answers.get(0).header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answers.get(1).end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
  }

  /**
   * The proxy answers this one request by the champion's answer, and both models get just that.
   *
   * @return what the champion got
   */
  RecordedRequest forwards(String bytes, String method, String target, String body) {
    boolean mirrors = method.equals("POST") || method.equals("GET");
    RawResponse answer;
    try (RawClient client = RawClient.connect(proxy.port)) {
      answer = client.timeout(PATIENCE).exchange(bytes.getBytes(ISO_8859_1));
    }
    List<RecordedRequest> seen = settle();
    RecordedRequest mirrored = mirrors ? challenger.awaitRequest() : null;
    List<RecordedRequest> more = challenger.takeRequests();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.complete()).isTrue();
    assertThat(seen).hasSize(1);
    assertThat(more).isEmpty();
    same(seen.get(0), method, target, body);
    if (mirrored != null) {
      same(mirrored, method, target, body);
      // Whatever the user's framing was: the copy is whole when it goes out.
      assertThat(mirrored.headers().has("Transfer-Encoding")).isFalse();
    }
    return seen.get(0);
  }

  private static void same(RecordedRequest seen, String method, String target, String body) {
    assertThat(seen.method()).isEqualTo(method);
    assertThat(seen.target()).isEqualTo(target);
    assertThat(new String(seen.body(), ISO_8859_1)).isEqualTo(body);
    assertThat(seen.headers().all("Content-Length").size()).isLessThanOrEqualTo(1);
    assertThat(seen.headers().all("Transfer-Encoding").size()).isLessThanOrEqualTo(1);
    assertThat(seen.headers().has("Content-Length") && seen.headers().has("Transfer-Encoding"))
        .isFalse();
    assertThat(seen.headers().all("Host")).hasSize(1);
  }

  /**
   * Takes the requests that the champion got so far. What an event loop sends on it sends at once,
   * over a connection that waits, and so before what it is asked to send next.
   */
  List<RecordedRequest> settle() {
    for (int i = 0; i < ProxyHarness.LOOPS; i++) {
      String mark = "HEAD /mark HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
      assertThat(RawClient.once(proxy.port, mark.getBytes(ISO_8859_1)).status()).isEqualTo(200);
    }
    List<RecordedRequest> seen = champion.takeRequests();
    long marks = seen.stream().filter(request -> request.target().equals("/mark")).count();
    assertThat(marks).isEqualTo(ProxyHarness.LOOPS);
    return seen.stream().filter(request -> !request.target().equals("/mark")).toList();
  }

  /** Waits for the mirrors of earlier requests, and forgets them. */
  void forget() {
    settle();
    Await.until("no mirror under way", () -> proxy.shared.inFlight("r") == 0);
    challenger.takeRequests();
  }

  @Override
  public void close() {
    proxy.close();
    champion.close();
    challenger.close();
  }
}
