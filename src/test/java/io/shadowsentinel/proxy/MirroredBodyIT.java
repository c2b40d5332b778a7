package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.ShedReason;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Bodies;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Reply;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A body is mirrored whatever its framing, and the copy always says how long it is. */
class MirroredBodyIT {
  private static final int CAP = 4_096;

  private final FakeUpstream champion = FakeUpstream.answering(Reply.json("{}"));
  private final FakeUpstream challenger = FakeUpstream.answering(Reply.json("{}"));
  private final ProxyHarness proxy =
      new ProxyHarness(
          Routes.shadowing(
              "r",
              "/",
              champion.url(),
              challenger.url(),
              Routes.mirror("100", Duration.ofSeconds(10), 256, CAP)));

  @AfterEach
  void close() {
    proxy.close();
    champion.close();
    challenger.close();
  }

  private static byte[] chunked(String more, String body, String trailers) {
    return ("POST /p HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
            + more
            + "\r\n"
            + body
            + "0\r\n"
            + trailers
            + "\r\n")
        .getBytes(ISO_8859_1);
  }

  private static void assertCopy(RecordedRequest copy, String body) {
    assertThat(copy.bodyText()).isEqualTo(body);
    assertThat(copy.headers().all("Content-Length")).containsExactly(String.valueOf(body.length()));
    assertThat(copy.headers().has("Transfer-Encoding")).isFalse();
    assertThat(copy.headers().has("Trailer")).isFalse();
    assertThat(copy.headers().has("TE")).isFalse();
    assertThat(copy.headers().has("Expect")).isFalse();
    assertThat(copy.trailers().names()).isEmpty();
    assertThat(copy.header("X-Shadow-Request")).isEqualTo("true");
  }

  @Test
  void chunkedBody_isMirroredWithItsLength_andWithoutTrailers() {
    byte[] request =
        chunked(
            "TE: trailers\r\nConnection: TE\r\nTrailer: X-Sum\r\n",
            "5\r\n{\"x\":\r\n2\r\n1}\r\n",
            "X-Sum: 42\r\n");
    try (RawClient client = RawClient.connect(proxy.port)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.exchange(request).status()).isEqualTo(200);
      }
    }
    proxy.awaitSettled("r", Routes.SCOPE, 3);

    assertThat(proxy.exchanges).hasSize(3);
    assertThat(challenger.takeRequests()).hasSize(3).allSatisfy(c -> assertCopy(c, "{\"x\":1}"));
    assertThat(champion.takeRequests())
        .hasSize(3)
        .allSatisfy(r -> assertThat(r.trailers().first("X-Sum")).contains("42"));
  }

  @Test
  void chunkedBody_ofNothing_hasALengthOfZero() {
    RawClient.once(proxy.port, chunked("", "", ""));
    proxy.awaitSettled("r", Routes.SCOPE, 1);

    assertCopy(challenger.awaitRequest(), "");
  }

  @Test
  void chunkedBody_thatWasHeldBackForContinue_isMirroredWithoutTheExpectation() {
    RawClient.once(
        proxy.port, chunked("Expect: 100-continue\r\n", "5\r\n{\"x\":\r\n2\r\n1}\r\n", ""));
    proxy.awaitSettled("r", Routes.SCOPE, 1);

    assertCopy(challenger.awaitRequest(), "{\"x\":1}");
  }

  @Test
  void http2Body_withoutALength_isMirroredWithOne() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client
          .headers(1, false, RawHttp2Client.request("POST", "/p", "te", "trailers"))
          .data(1, false, "{\"x\":")
          .data(1, true, "1}");
      assertThat(client.outcome(1).status()).isEqualTo(200);
    }
    proxy.awaitSettled("r", Routes.SCOPE, 1);

    assertCopy(challenger.awaitRequest(), "{\"x\":1}");
  }

  @Test
  void bodyAtTheCap_isMirrored_andOneOverIt_isShed_withoutALength() {
    for (int length : new int[] {CAP - 1, CAP, CAP + 1}) {
      String body = new String(Bodies.json(length), ISO_8859_1);
      byte[] request = chunked("", Integer.toHexString(length) + "\r\n" + body + "\r\n", "");
      assertThat(RawClient.once(proxy.port, request).status()).isEqualTo(200);
    }
    proxy.awaitSettled("r", Routes.SCOPE, 3);

    assertThat(proxy.shed()).containsOnlyKeys(ShedReason.BODY_TOO_LARGE);
    assertThat(proxy.shedTotal()).isEqualTo(1);
    assertThat(challenger.takeRequests())
        .extracting(r -> r.body().length)
        .containsExactlyInAnyOrder(CAP - 1, CAP);
    assertThat(champion.takeRequests()).extracting(r -> r.body().length).contains(CAP + 1);
  }

  /** Who is long in sending keeps no place from the others, and nothing waits for it. */
  @Test
  void bodyThatIsLongInComing_holdsNoPlace() {
    try (RawClient slow = RawClient.connect(proxy.port)) {
      slow.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"x\r\n");
      Await.until("it is eligible", () -> proxy.eligible.count(Routes.SCOPE) == 1);
      assertThat(proxy.shared.inFlight("r")).isZero();
      RawClient.once(proxy.port, RawClient.post("/", "{}"));
      Await.until("the other one is in", () -> proxy.exchanges.size() == 1);
      assertThat(proxy.exchanges.get(0).number())
          .isEqualTo(proxy.eligible.arrivals(Routes.SCOPE).first());

      slow.send("4\r\n\":1}\r\n0\r\n\r\n");
      assertThat(slow.read().status()).isEqualTo(200);
    }
    proxy.awaitSettled("r", Routes.SCOPE, 2);
    assertThat(proxy.exchanges).hasSize(2);
  }
}
