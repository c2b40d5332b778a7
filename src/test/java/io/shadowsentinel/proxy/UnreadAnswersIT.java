package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.Behaviours;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.listen.Admission;
import io.shadowsentinel.wire.ListenLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An answer that waits for its user is one of those that do until it ends, in whatever way. */
class UnreadAnswersIT {
  private final FakeUpstream champion = FakeUpstream.start(Behaviours.endlessBody());

  /** For which a single answer that waits is a crowd. */
  private final ProxyHarness proxy =
      new ProxyHarness(
          ProxyHarness.PLAIN,
          registry -> new Admission(ListenLimits.DEFAULTS, registry, 0),
          Routes.plain("r", "/", champion.url()));

  @AfterEach
  void close() {
    proxy.close();
    champion.close();
  }

  private boolean isSomeoneWaiting() {
    return proxy.admission.readingPatienceNanos() < ListenLimits.DEFAULTS.writeTimeout().toNanos();
  }

  private void awaitEnd() {
    Await.until("the answer waits no more", () -> !isSomeoneWaiting());
    assertThat(LimitsIT.gauge(proxy, "shadow.sentinel.requests.in.flight")).isZero();
  }

  @Test
  void userWhoLeaves_isNotWaitedFor() {
    try (RawClient client = RawClient.connect(proxy.port)) {
      client.send(RawClient.get("/endless"));
      Await.until("the answer waits", this::isSomeoneWaiting);
      client.reset();
    }
    awaitEnd();
  }

  @Test
  void userWhoResetsTheStream_isNotWaitedFor() {
    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, true, RawHttp2Client.request("GET", "/endless"));
      Await.until("the answer waits", this::isSomeoneWaiting);
      client.reset(1);
      awaitEnd();
    }
  }
}
