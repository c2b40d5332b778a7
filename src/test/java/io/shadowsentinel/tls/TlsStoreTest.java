package io.shadowsentinel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.tls.TlsUse.Purpose;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsStoreTest {
  private static final TestCa CA = TestCa.create("Test CA");

  @TempDir private Path directory;

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final TlsStore store = new TlsStore(Clock.systemUTC(), registry);

  private Tls server() {
    Written written = CA.issue().write(directory, "server");
    return new Tls(written.cert(), written.key(), null);
  }

  private Tls held() throws TlsFault {
    Tls tls = server();
    store.hold(List.of(new TlsUse(Purpose.LISTEN, tls)));
    return tls;
  }

  private double reloads(String result) {
    return registry
        .get("shadow.sentinel.certificate.reloads")
        .tags("use", "listen", "result", result)
        .counter()
        .count();
  }

  @Test
  void updates_areMadeOneAfterTheOther_alsoAfterOneThatFailed() {
    Promise<String> first = Promise.promise();
    AtomicInteger begun = new AtomicInteger();
    Future<String> one =
        store.inTurn(
            () -> {
              begun.incrementAndGet();
              return first.future();
            });
    Future<String> two =
        store.inTurn(
            () -> {
              begun.incrementAndGet();
              return Future.succeededFuture("second");
            });
    assertThat(begun).hasValue(1);

    first.fail("no good");
    assertThat(begun).hasValue(2);
    assertThat(one.failed()).isTrue();
    assertThat(two.result()).isEqualTo("second");
  }

  @Test
  void unchangedFiles_arePolledForNothing() throws Exception {
    Tls tls = held();
    TlsMaterial before = store.of(tls);

    assertThat(store.poll()).isFalse();
    assertThat(store.poll()).isFalse();
    assertThat(store.of(tls)).isSameAs(before);
    assertThat(reloads("applied")).isZero();
    assertThat(reloads("refused")).isZero();
  }

  @Test
  void changedFiles_areTakenUp_byTheSecondPoll() throws Exception {
    Tls tls = held();
    TlsMaterial before = store.of(tls);
    CA.issue().write(directory, "server");

    assertThat(store.poll()).isFalse();
    assertThat(store.of(tls)).isSameAs(before);
    assertThat(store.poll()).isTrue();
    assertThat(store.of(tls)).isNotSameAs(before);
    assertThat(store.poll()).isFalse();
    assertThat(reloads("applied")).isEqualTo(1);
  }

  @Test
  void certificateBeforeItsKey_isTakenUp_onceTheKeyIsThere() throws Exception {
    Tls tls = held();
    TlsMaterial before = store.of(tls);
    TestCa.Issued next = CA.issue();
    TestCa.put(tls.cert(), next.chainPem());
    store.poll();
    TestCa.put(tls.key(), next.keyPem());
    assertThat(store.poll()).isFalse();

    assertThat(store.poll()).isTrue();
    assertThat(store.of(tls)).isNotSameAs(before);
    assertThat(reloads("refused")).isZero();
  }

  @Test
  void brokenFile_isRefusedOnce_andWhatWasThereStays() throws Exception {
    Tls tls = held();
    TlsMaterial before = store.of(tls);
    TestCa.put(tls.cert(), "broken");

    for (int i = 0; i < 4; i++) {
      assertThat(store.poll()).isFalse();
    }
    assertThat(store.of(tls)).isSameAs(before);
    assertThat(reloads("refused")).isEqualTo(1);
    assertThat(reloads("applied")).isZero();
  }

  @Test
  void brokenFile_thenAGoodOne_isTakenUp() throws Exception {
    Tls tls = held();
    TestCa.put(tls.cert(), "broken");
    store.poll();
    store.poll();
    CA.issue().write(directory, "server");
    store.poll();

    assertThat(store.poll()).isTrue();
    assertThat(reloads("refused")).isEqualTo(1);
    assertThat(reloads("applied")).isEqualTo(1);
  }

  @Test
  void expiredCertificate_isRefused_andWhatWasThereStays() throws Exception {
    Tls tls = held();
    TlsMaterial before = store.of(tls);
    CA.issue(new TestCa.Wanted("localhost").expired()).write(directory, "server");
    store.poll();

    assertThat(store.poll()).isFalse();
    assertThat(store.of(tls)).isSameAs(before);
    assertThat(reloads("refused")).isEqualTo(1);
  }

  @Test
  void missingFile_isNoChange() throws Exception {
    Tls tls = held();
    TlsMaterial before = store.of(tls);
    Files.delete(tls.key());

    for (int i = 0; i < 2 * TlsStore.TOLERATED_MISSES; i++) {
      assertThat(store.poll()).isFalse();
    }
    assertThat(store.of(tls)).isSameAs(before);
    assertThat(reloads("refused")).isZero();
  }

  @Test
  void linkThatIsSwapped_isFollowed() throws Exception {
    Path first = Files.createDirectory(directory.resolve("1"));
    Path second = Files.createDirectory(directory.resolve("2"));
    CA.issue().write(first, "tls");
    CA.issue().write(second, "tls");
    Path data = Files.createSymbolicLink(directory.resolve("data"), first);
    Tls tls = new Tls(data.resolve("tls.pem"), data.resolve("tls.key"), null);
    store.hold(List.of(new TlsUse(Purpose.LISTEN, tls)));
    Path next = Files.createSymbolicLink(directory.resolve("next"), second);
    Files.move(next, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    store.poll();

    assertThat(store.poll()).isTrue();
  }

  @Test
  void hold_withOneThatIsFaulty_holdsNone() {
    Tls tls = server();
    Tls broken = new Tls(tls.cert(), directory.resolve("no.key"), null);

    assertThatThrownBy(
            () ->
                store.hold(
                    List.of(new TlsUse(Purpose.LISTEN, tls), new TlsUse(Purpose.ADMIN, broken))))
        .isInstanceOf(TlsFault.class)
        .hasMessageContaining("no.key, which cannot be read");
    assertThatThrownBy(() -> store.of(tls)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void settingsWithoutFiles_areHeldAlways() {
    assertThat(store.of(ClientTls.DEFAULTS)).isSameAs(TlsMaterial.NONE);
  }

  @Test
  void expiry_isShown_foreachUse_untilItIsForgotten() throws Exception {
    Tls tls = server();
    List<TlsUse> both = List.of(new TlsUse(Purpose.LISTEN, tls), new TlsUse(Purpose.ADMIN, tls));
    store.hold(both);
    double seconds = store.of(tls).expiresAt().getEpochSecond();

    assertThat(expiries()).hasSize(2).allMatch(gauge -> gauge.value() == seconds);
    store.retainOnly(both.subList(0, 1));
    assertThat(expiries())
        .singleElement()
        .satisfies(
            gauge -> {
              assertThat(gauge.getId().getTag("use")).isEqualTo("listen");
              assertThat(gauge.getId().getTag("file")).isEqualTo(tls.cert().toString());
            });
    store.retainOnly(List.of());
    assertThat(expiries()).isEmpty();
    assertThatThrownBy(() -> store.of(tls)).isInstanceOf(IllegalStateException.class);
  }

  private List<Gauge> expiries() {
    return List.copyOf(registry.find("shadow.sentinel.certificate.expiry.timestamp").gauges());
  }

  @Test
  void watch_tellsOfAChange_once() throws Exception {
    held();
    AtomicInteger told = new AtomicInteger();
    try (TlsWatch unused = TlsWatch.start(store, told::incrementAndGet, Duration.ofMillis(5))) {
      CA.issue().write(directory, "server");
      Await.until("the change is told", () -> told.get() > 0);
    }
    assertThat(told.get()).isEqualTo(1);
  }
}
