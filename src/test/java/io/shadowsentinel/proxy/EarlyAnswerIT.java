package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Behaviour;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RecordedRequest;
import io.shadowsentinel.kit.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A champion that answers before the body is through: RFC 9112, sections 9.5 and 9.6. */
class EarlyAnswerIT {
  private static final int TRIES = 20;
  private static final int MEGABYTES = 3 << 20;
  private static final String REFUSAL =
      "HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n%s\r\ntoo large";

  private final FakeUpstream champion = FakeUpstream.start(new AtOnce(REFUSAL.formatted(""), true));
  private final ProxyHarness proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));

  @AfterEach
  void close() {
    proxy.close();
    champion.close();
  }

  /** Answers when the head is there, and may close, with what else came unread. */
  private record AtOnce(String answer, boolean closes) implements Behaviour {
    @Override
    public void connected(Wire wire) throws IOException {
      String head = "";
      while (!head.endsWith("\r\n\r\n")) {
        head += (char) wire.in().read();
      }
      wire.write(answer);
      if (closes) {
        wire.close();
      } else {
        wire.awaitPeerClose();
      }
    }

    @Override
    public void answer(RecordedRequest request, Wire wire) throws IOException {
      throw new IOException("a request was read");
    }
  }

  private static String post(long bytes, String... lines) {
    return "POST /p HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(bytes, String.join("", lines));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: close\r\n"})
  void refusalAndClose_reachUserThatSendsAllFirst_wholeEachTime(String said) {
    champion.behave(new AtOnce(REFUSAL.formatted(said), true));
    byte[] body = new byte[MEGABYTES];
    for (int i = 0; i < TRIES; i++) {
      try (RawClient user = RawClient.connect(proxy.port)) {
        // But for a byte: of a body that was read to its end, nothing is left to be unwanted.
        user.send(post(body.length + 1)).send(body);

        RawResponse answer = user.read();
        assertThat(answer.statusLine()).as("try " + i).isEqualTo("HTTP/1.1 413 Content Too Large");
        assertThat(answer.body()).asString(ISO_8859_1).isEqualTo("too large");
        assertThat(answer.headers().hasToken("Connection", "close")).isTrue();
        assertThat(user.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
      }
    }
  }

  @Test
  void refusalAndClose_reachHttp2UserWhoseBodyGoesOn_wholeEachTime() {
    String part = "x".repeat(16_000);
    for (int i = 0; i < TRIES; i++) {
      try (RawHttp2Client user = RawHttp2Client.connect(proxy.port)) {
        user.headers(1, false, RawHttp2Client.request("POST", "/p"));
        // No more than the window of a stream that nobody widens.
        for (int sent = 0; sent < 4; sent++) {
          user.data(1, false, part);
        }

        RawHttp2Client.Outcome outcome = user.outcome(1);
        assertThat(outcome.status()).as("try " + i).isEqualTo(413);
        assertThat(outcome.bodyText()).isEqualTo("too large");
        assertThat(outcome.end()).isEqualTo(RawHttp2Client.End.COMPLETE);
      }
    }
  }

  @Test
  void championThatClosesWithoutAnswer_isBadGateway() {
    champion.behave(new AtOnce("", true));
    try (RawClient user = RawClient.connect(proxy.port)) {
      byte[] body = new byte[MEGABYTES];
      user.send(post(body.length)).send(body);

      assertThat(user.read().status()).isEqualTo(502);
    }
  }

  /** The user would send its next request, and it would pass for the body. */
  @ParameterizedTest
  @ValueSource(strings = {"200 OK", "417 Expectation Failed"})
  void finalAnswerToExpect_saysClose_andNothingElseIsServed(String status) {
    String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nok";
    champion.behave(new AtOnce(answer, false));
    try (RawClient user = RawClient.connect(proxy.port)) {
      user.send(post(5, "Expect: 100-continue\r\n"));

      RawResponse first = user.read();
      assertThat(first.statusLine()).isEqualTo("HTTP/1.1 " + status);
      assertThat(first.headers().hasToken("Connection", "close")).isTrue();
      List<RawResponse> more = user.send("GET /next HTTP/1.1\r\nHost: test\r\n\r\n").readToEnd();
      assertThat(more).hasSize(1);
      assertThat(more.get(0).end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
    }
  }

  /** The same of an answer that is not the champion's. */
  @Test
  void refusalOfTheProxy_toExpect_saysClose() {
    proxy.swap(Routes.plain("r", "/models/", champion.url()));
    try (RawClient user = RawClient.connect(proxy.port)) {
      user.send(post(5, "Expect: 100-continue\r\n"));

      RawResponse answer = user.read();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.headers().hasToken("Connection", "close")).isTrue();
    }
  }

  @Test
  void goodAnswerBeforeTheBodyIsThrough_leavesTheConnectionToTheNextRequest() {
    champion.behave(new AtOnce("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false));
    try (RawClient user = RawClient.connect(proxy.port)) {
      user.send(post(10)).send("12345");

      RawResponse first = user.read();
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.headers().has("Connection")).isFalse();
      user.send("67890");
      assertThat(user.exchange(RawClient.get("/next")).status()).isEqualTo(200);
    }
  }
}
