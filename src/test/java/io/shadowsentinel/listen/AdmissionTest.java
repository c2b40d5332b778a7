package io.shadowsentinel.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.proxy.TestLimits;
import io.shadowsentinel.wire.ListenLimits;
import io.shadowsentinel.wire.RequestFault;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final Admission admission =
      new Admission(new TestLimits().connections(2).inFlight(3).make(), registry);

  private double exceeded(String limit) {
    return registry.get("shadow.sentinel.limit.exceeded").tag("limit", limit).counter().count();
  }

  @Test
  void connections_areLetIn_upToTheLimit_andAgainWhenOneIsClosed() {
    assertThat(admission.connect()).isTrue();
    assertThat(admission.connect()).isTrue();
    assertThat(admission.connect()).isFalse();
    assertThat(exceeded("maxConnections")).isEqualTo(1);
    assertThat(registry.get("shadow.sentinel.connections").gauge().value()).isEqualTo(2);

    admission.disconnected();
    assertThat(admission.connect()).isTrue();
    assertThat(exceeded("maxConnections")).isEqualTo(1);
  }

  @Test
  void requests_areLetIn_upToTheLimit_andAgainWhenOneHasEnded() {
    for (int i = 0; i < 3; i++) {
      assertThat(admission.begin()).isTrue();
    }
    assertThat(admission.begin()).isFalse();
    assertThat(admission.begin()).isFalse();
    assertThat(exceeded("maxInFlight")).isEqualTo(2);
    assertThat(registry.get("shadow.sentinel.requests.in.flight").gauge().value()).isEqualTo(3);

    admission.ended();
    assertThat(admission.begin()).isTrue();
  }

  @Test
  void manyUsersWhoDoNotRead_areWaitedForLess() {
    Admission crowded = new Admission(ListenLimits.DEFAULTS, registry, 2);
    for (int i = 0; i < 2; i++) {
      crowded.unread();
    }
    assertThat(crowded.readingPatienceNanos())
        .isEqualTo(ListenLimits.DEFAULTS.writeTimeout().toNanos());
    crowded.slowReader();
    assertThat(exceeded("writeTimeout")).isEqualTo(1);

    crowded.unread();
    assertThat(crowded.readingPatienceNanos()).isEqualTo(500_000_000);
    crowded.slowReader();
    assertThat(exceeded("unread")).isEqualTo(1);

    crowded.read();
    assertThat(crowded.readingPatienceNanos())
        .isEqualTo(ListenLimits.DEFAULTS.writeTimeout().toNanos());
  }

  @Test
  void refusals_areCountedByTheirLimit_orAsMalformed() {
    admission.refused(RequestFault.over(RequestFault.Reason.HEADER_COUNT, "x", 1));
    admission.refused(RequestFault.malformed("y"));
    admission.refused(new RequestFault(RequestFault.Reason.VERSION, "z"));
    admission.http2Fault();

    assertThat(exceeded("maxHeaderCount")).isEqualTo(1);
    for (String reason : new String[] {"malformed", "version", "http2"}) {
      assertThat(
              registry
                  .get("shadow.sentinel.malformed.requests")
                  .tag("reason", reason)
                  .counter()
                  .count())
          .isEqualTo(1);
    }
  }
}
