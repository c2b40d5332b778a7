package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.shadowsentinel.alert.ChannelSettings.Type;
import io.shadowsentinel.alert.Receiver.Received;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.route.Match;
import io.shadowsentinel.route.MirrorSettings;
import io.shadowsentinel.route.Model;
import io.shadowsentinel.route.Route;
import io.shadowsentinel.route.RouteSpec;
import io.shadowsentinel.route.RoutingTable;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AlertVerticleIT {

  private static final String PATH = "/services/T000/secret-path?token=secret-token";

  @TempDir Path outbox;
  private final Vertx receivers = Vertx.vertx();
  private final List<Decision> log = new ArrayList<>();
  private final Sentinel.ManualClock clock = new Sentinel.ManualClock();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.shadowsentinel.alert");
  private Receiver receiver;

  @BeforeEach
  void startReceiver() {
    receiver = Receiver.start(receivers);
    logged.list = Collections.synchronizedList(new ArrayList<>());
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopReceiver() {
    logger.detachAppender(logged);
    Waits.get(receivers.close());
  }

  @Test
  void rollback_receiverIsUp_isDeliveredOnce() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      Decision rollback = TestDecisions.rollback(1, "digits");
      sentinel.decide(rollback);
      Received alert = receiver.next();

      assertThat(alert.method()).isEqualTo("POST");
      assertThat(alert.path()).isEqualTo(PATH);
      assertThat(alert.contentType()).isEqualTo("application/json");
      assertThat(alert.id()).isEqualTo(Notice.id(rollback, webhook().id()));
      assertThat(alert.body().get("id").textValue()).isEqualTo(alert.id());
      assertThat(alert.body().get("decision").textValue()).isEqualTo("ROLLBACK");
      sentinel.awaitEmptyOutbox();
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isZero();
      assertThat(sentinel.registry.get("shadow.sentinel.alerts.pending").gauge().value()).isZero();
    }
    assertThat(receiver.rest()).isEmpty();
  }

  @Test
  void rollback_receiverIsDownThenUp_isDelivered() {
    ChannelSettings channel = webhook();
    int port = receiver.port();
    receiver.down();
    try (Sentinel sentinel = sentinel().start(channel)) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 2);
      receiver.listen(port);

      assertThat(receiver.next().body().get("route").textValue()).isEqualTo("digits");
      sentinel.awaitCount("delivered", 1);
    }
  }

  @Test
  void rollback_receiverFailsThenRecovers_isDeliveredUnderTheSameId() {
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) ->
            Receiver.status(calls.getAndIncrement() < 2 ? 500 : 204).accept(request, received));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      Received first = receiver.next();

      assertThat(List.of(receiver.next(), receiver.next())).containsOnly(first);
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isEqualTo(2);
    }
    assertThat(warnings()).as("one line for all the attempts").hasSize(1);
  }

  @Test
  void rollback_receiverNeverAnswers_isTriedAgainAndNoSecretIsLogged() {
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) -> {
          if (calls.getAndIncrement() > 0) {
            request.response().end();
          }
        });
    try (Sentinel sentinel = sentinel().tuned(Duration.ofMillis(150), 100).start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isEqualTo(1);
    }
    assertThat(warnings()).singleElement().asString().contains("no answer in 150 ms");
    assertThat(logged.list).isNotEmpty();
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("secret"));
  }

  @Test
  void rollback_receiverRedirects_isNotFollowed() {
    Receiver elsewhere = Receiver.start(receivers);
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) -> {
          request.response().putHeader("Location", elsewhere.url("/").toString());
          request.response().setStatusCode(calls.getAndIncrement() == 0 ? 307 : 200).end();
        });
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isEqualTo(1);
    }
    assertThat(elsewhere.rest()).isEmpty();
  }

  @Test
  void rollback_receiverAnswersWithAnEndlessBody_isDeliveredAndHungUpOn() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    receiver.behave(
        (request, received) -> {
          request.connection().closeHandler(closed -> hungUp.countDown());
          request.response().setChunked(true);
          receivers.setPeriodic(
              1,
              id ->
                  request
                      .response()
                      .write("x".repeat(16_384))
                      .onFailure(e -> receivers.cancelTimer(id)));
        });
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);

      assertThat(hungUp.await(Waits.BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void url_withAUser_sendsBasicCredentials() {
    List<String> credentials = Collections.synchronizedList(new ArrayList<>());
    receiver.behave(
        (request, received) -> {
          credentials.add(request.getHeader("Authorization"));
          request.response().end();
        });
    URI url = URI.create("http://user:p%40ss@127.0.0.1:" + receiver.port());
    try (Sentinel sentinel = sentinel().start(ChannelSettings.of(Type.WEBHOOK, url))) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      assertThat(receiver.next().path()).isEqualTo("/");
      sentinel.awaitCount("delivered", 1);
    }
    assertThat(credentials).containsExactly("Basic dXNlcjpwQHNz");
  }

  @Test
  void restart_beforeDelivery_delivers() {
    receiver.behave(Receiver.status(503));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 1);
    }
    receiver.rest();
    receiver.behave(Receiver.status(200));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().id())
          .isEqualTo(Notice.id(TestDecisions.rollback(1, "digits"), webhook().id()));
      sentinel.awaitCount("delivered", 1);
      sentinel.awaitEmptyOutbox();
    }
    assertThat(receiver.rest()).isEmpty();
  }

  @Test
  void crash_betweenOutboxAndCursor_deliversAgainUnderTheSameIdAndLosesNothing() throws Exception {
    String cursorBefore;
    try (Sentinel sentinel = sentinel().start(webhook())) {
      cursorBefore = sentinel.cursor();
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitEmptyOutbox();
      sentinel.awaitCount("delivered", 1);
    }
    String id = receiver.next().id();
    Files.writeString(outbox.resolve("cursor.json"), cursorBefore);
    log.add(TestDecisions.rollback(2, "digits"));

    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().id()).isEqualTo(id);
      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(2);
      sentinel.awaitCursor(2);
    }
  }

  @Test
  void decisions_takenWhileAlertsWereStopped_areToldInOrder() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
    }
    receiver.rest();
    log.add(TestDecisions.rollback(2, "digits"));
    log.add(TestDecisions.restart(3, "digits"));
    log.add(TestDecisions.rollback(4, "digits"));

    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(2);
      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(4);
      sentinel.awaitCursor(4);
    }
  }

  @Test
  void history_beforeTheFirstStart_isNotTold() {
    log.add(
        TestDecisions.withTime(
            TestDecisions.rollback(1, "digits"), TestDecisions.NOON.minusSeconds(1)));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(2, "digits"));

      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(2);
      sentinel.awaitCursor(2);
    }
    assertThat(receiver.rest()).isEmpty();
  }

  @Test
  void decision_whileTheLogDoesNotAnswerYet_isToldOnceItDoes() {
    try (Sentinel sentinel = sentinel()) {
      sentinel.startAlerts(webhook());
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.answerQueries();

      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(1);
      sentinel.awaitCursor(1);
    }
  }

  @Test
  void decision_whoseAnnouncementWasMissed_isToldWithTheNext() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCursor(1);
      sentinel.writeDown(TestDecisions.rollback(2, "digits"));
      sentinel.decide(TestDecisions.rollback(3, "digits"));

      assertThat(List.of(receiver.next(), receiver.next(), receiver.next()))
          .extracting(alert -> alert.body().get("seq").intValue())
          .containsExactly(1, 2, 3);
    }
  }

  @Test
  void log_thatWasReplaced_isReadFromItsBeginning() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      log.add(TestDecisions.promote(1, "digits"));
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      sentinel.awaitCount("delivered", 1);
    }
    receiver.rest();
    log.clear();
    log.add(TestDecisions.rollback(1, "other"));

    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().body().get("route").textValue()).isEqualTo("other");
      sentinel.awaitCursor(1);
    }
  }

  @Test
  void resolve_whileItsAlertIsNotDelivered_waitsForIt() {
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) ->
            Receiver.status(calls.getAndIncrement() < 3 ? 503 : 200).accept(request, received));
    ChannelSettings alertmanager = ChannelSettings.of(Type.ALERTMANAGER, receiver.url(""));
    try (Sentinel sentinel = sentinel().start(alertmanager)) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.decide(TestDecisions.restart(2, "digits"));
      sentinel.awaitCount("delivered", 2);
    }
    List<Received> alerts = receiver.rest();
    assertThat(alerts)
        .extracting(alert -> alert.body().at("/0/endsAt").textValue())
        .containsExactly(
            "2026-03-08T12:00:01Z",
            "2026-03-08T12:00:01Z",
            "2026-03-08T12:00:01Z",
            "2026-03-08T12:00:01Z",
            "2026-03-01T12:00:02Z");
    assertThat(alerts.get(4).body().at("/0/labels"))
        .isEqualTo(alerts.get(0).body().at("/0/labels"));
  }

  @Test
  void route_thatCannotBeDelivered_doesNotHoldUpAnother() {
    receiver.behave(
        (request, received) ->
            Receiver.status(received.text().contains("\"route\":\"stuck\"") ? 503 : 200)
                .accept(request, received));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "stuck"));
      sentinel.awaitCount("retried", 1);
      sentinel.decide(TestDecisions.rollback(2, "free"));
      sentinel.awaitCount("delivered", 1);

      assertThat(sentinel.waiting()).isEqualTo(1);
    }
  }

  @Test
  void alert_olderThanADay_isGivenUpAndTheNextIsDelivered() {
    receiver.behave(
        (request, received) ->
            Receiver.status(received.body().get("seq").intValue() == 1 ? 403 : 200)
                .accept(request, received));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 1);
      clock.advance(Duration.ofHours(24));
      sentinel.awaitCount("given_up", 1);
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      sentinel.awaitCount("delivered", 1);
      sentinel.awaitEmptyOutbox();
    }
    assertThat(logged.list)
        .filteredOn(event -> event.getLevel() == Level.ERROR)
        .singleElement()
        .asString()
        .contains("given up", "it answered 403");
  }

  @Test
  void outbox_overItsBound_givesUpTheOldestThatIsNotUnderWay() {
    CountDownLatch release = new CountDownLatch(1);
    List<Runnable> held = Collections.synchronizedList(new ArrayList<>());
    receiver.behave(
        (request, received) -> {
          if (release.getCount() > 0) {
            held.add(() -> request.response().end());
          } else {
            request.response().end();
          }
        });
    try (Sentinel sentinel = sentinel().tuned(Duration.ofSeconds(20), 2).start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      Waits.until("the first is under way", () -> held.size() == 1);
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      sentinel.decide(TestDecisions.rollback(3, "digits"));
      sentinel.awaitCount("given_up", 1);
      release.countDown();
      receivers.runOnContext(x -> held.forEach(Runnable::run));
      sentinel.awaitCount("delivered", 2);
    }
    assertThat(receiver.rest())
        .extracting(alert -> alert.body().get("seq").intValue())
        .containsExactly(1, 3);
  }

  @Test
  void reload_withoutTheChannel_dropsWhatWaitsForItAndTellsTheNewOne() {
    receiver.behave(Receiver.status(503));
    Receiver other = Receiver.start(receivers);
    try (Sentinel sentinel = sentinel().start(webhook())) {
      for (int seq = 1; seq <= 3; seq++) {
        sentinel.decide(TestDecisions.rollback(seq, "digits"));
      }
      sentinel.awaitCursor(3);
      ChannelSettings next =
          new ChannelSettings(
              Type.WEBHOOK,
              other.url("/"),
              EnumSet.of(Decision.Action.PROMOTE, Decision.Action.ROLLBACK),
              null);
      AlertSettings.Applied applied =
          Waits.get(
              AlertSettings.CHANNEL.request(
                  sentinel.vertx.eventBus(),
                  new AlertSettings(List.of(next)),
                  AlertSettings.Applied.class));
      sentinel.awaitCount("dropped", 3);
      sentinel.awaitEmptyOutbox();
      sentinel.decide(TestDecisions.promote(4, "digits"));

      assertThat(applied.dropped()).isBetween(2, 3);
      assertThat(other.next().body().get("decision").textValue()).isEqualTo("PROMOTE");
      assertThat(sentinel.count("dropped")).isEqualTo(3);
    }
  }

  @Test
  void restart_withoutTheChannel_dropsWhatWaitsForIt() {
    receiver.behave(Receiver.status(503));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 1);
    }
    try (Sentinel sentinel = sentinel().start()) {
      sentinel.awaitCount("dropped", 1);
      sentinel.awaitEmptyOutbox();
    }
  }

  @Test
  void outbox_thatCannotBeWritten_isTriedAgainUntilItCan() throws Exception {
    Path away = outbox.resolveSibling(outbox.getFileName() + "-away");
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
      sentinel.awaitEmptyOutbox();
      Files.move(outbox, away);
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      Waits.until(
          "an error", () -> logged.list.stream().anyMatch(e -> e.getLevel() == Level.ERROR));
      Files.move(away, outbox);

      sentinel.awaitCount("delivered", 2);
      sentinel.awaitCursor(2);
    }
    assertThat(receiver.rest())
        .extracting(alert -> alert.body().get("seq").intValue())
        .containsExactly(1, 2);
  }

  @Test
  void metrics_ofKnownRoutes_areThereAtZero() {
    RouteSpec spec =
        new RouteSpec(
            "digits",
            Match.path("/"),
            new Model("digits-v1", List.of(URI.create("http://127.0.0.1:1"))),
            null,
            RouteSpec.DEFAULT_TIMEOUT,
            RouteSpec.DEFAULT_CONNECT_TIMEOUT,
            MirrorSettings.DEFAULTS);
    try (Sentinel sentinel = sentinel().start(webhook())) {
      RoutingTable.CHANNEL.publish(
          sentinel.vertx.eventBus(), new RoutingTable(1, List.of(Route.open(spec, "exp-1"))));
      Waits.until(
          "four series",
          () ->
              sentinel
                      .registry
                      .find("shadow.sentinel.alerts")
                      .tag("route", "digits")
                      .counters()
                      .size()
                  == 4);
      assertThat(sentinel.registry.find("shadow.sentinel.alerts").counters())
          .allMatch(counter -> counter.count() == 0);
    }
  }

  @Test
  void deployment_onAnEventLoop_isRefused() {
    try (Sentinel sentinel = sentinel()) {
      AlertVerticle verticle = new AlertVerticle(List.of(), outbox, clock, sentinel.registry);

      assertThatThrownBy(() -> Waits.get(sentinel.vertx.deployVerticle(verticle)))
          .hasRootCauseInstanceOf(IllegalStateException.class)
          .hasStackTraceContaining("expected a worker");
    }
  }

  private Sentinel sentinel() {
    return new Sentinel(log, outbox, clock);
  }

  private ChannelSettings webhook() {
    return ChannelSettings.of(Type.WEBHOOK, receiver.url(PATH));
  }

  private List<ILoggingEvent> warnings() {
    return logged.list.stream().filter(event -> event.getLevel() == Level.WARN).toList();
  }
}
